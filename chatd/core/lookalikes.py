"""
What names look like: two that a reader would confuse have one skeleton (after UTS 39, section 4).
"""

import unicodedata

# Letters that look alike on a screen, after UTS 39: each group is written as its first member. Names are of one
# script (or that and Latin), so these few cover what can be mistaken.
_LOOK_ALIKE = str.maketrans({
    **dict.fromkeys("1Il|ӏІΙ", "l"), **dict.fromkeys("іıι", "i"),
    **dict.fromkeys("0OОоΟοօ", "o"),
    **dict.fromkeys("АаΑα", "a"), **dict.fromkeys("ВΒ", "b"), **dict.fromkeys("СсϹϲ", "c"),
    **dict.fromkeys("ԁ", "d"), **dict.fromkeys("ЕеΕ", "e"), **dict.fromkeys("НһΗ", "h"),
    **dict.fromkeys("ЈјϳJ", "j"), **dict.fromkeys("КкΚκ", "k"), **dict.fromkeys("МΜ", "m"),
    **dict.fromkeys("ΝN", "n"), **dict.fromkeys("РрΡρ", "p"), **dict.fromkeys("ԛ", "q"),
    **dict.fromkeys("Ѕѕ", "s"), **dict.fromkeys("ТΤ", "t"), **dict.fromkeys("υս", "u"),
    **dict.fromkeys("Ѵѵν", "v"), **dict.fromkeys("ԝ", "w"), **dict.fromkeys("ХхΧχ", "x"),
    **dict.fromkeys("УуΥγ", "y"), **dict.fromkeys("Ζ", "z"),
})  # fmt: skip


def skeleton(name: str) -> str:
    """What a name looks like (after UTS 39, section 4): alike for names that a reader would confuse."""
    # Taken apart, so that a letter with an accent is looked at as the letter; what is changed may come apart again.
    alike = unicodedata.normalize("NFKD", name).translate(_LOOK_ALIKE).lower()
    alike = unicodedata.normalize("NFKD", alike).translate(_LOOK_ALIKE)
    return alike.replace("rn", "m").replace("vv", "w")
