"""An encrypted line leads to the server that is meant, or nowhere."""

from pathlib import Path

import pytest

from chatd.client.connection.trust import Trust, fingerprint_of, in_rows, read_fingerprint

SERVER = "tls:chat.example.org:9997"
FIRST, SECOND = fingerprint_of(b"first"), fingerprint_of(b"second")


def test_fingerprints_as_people_write_them() -> None:
    """As openssl and browsers show them, with or without colons, in any case."""
    assert FIRST.startswith("SHA256:")
    assert len(FIRST) == len("SHA256:") + 32 * 3 - 1
    plain = FIRST.removeprefix("SHA256:")
    for typed in (FIRST, plain, plain.replace(":", ""), plain.lower(), f" sha256:{plain} ", FIRST.replace(":", "")):
        assert read_fingerprint(typed) == FIRST
    for typed in ("", "SHA256:AB", plain + ":00", "MD5:" + plain):
        assert read_fingerprint(typed) is None


def test_trust_on_first_use(tmp_path: Path) -> None:
    """A stranger is asked about; once accepted it is known, also the next time, and to nobody else's server."""
    path = tmp_path / "chatd" / "known_servers"
    trust = Trust(path, SERVER)
    assert not trust.judge(FIRST, "its certificate is self-signed")
    stranger = trust.stranger
    assert stranger is not None
    assert stranger.known is None
    assert in_rows(FIRST) in stranger.introduction
    trust.remember(stranger)
    assert trust.judge(FIRST, "")
    assert Trust(path, SERVER).judge(FIRST, "")
    assert not Trust(path, "tls:other.example.org:9997").judge(FIRST, "")
    assert path.stat().st_mode & 0o077 == 0


def test_a_changed_fingerprint_is_refused_loudly(tmp_path: Path) -> None:
    """One reads what it was and what it is, that nothing was sent, and the way out, which works."""
    path = tmp_path / "known_servers"
    path.write_text(f"broken\n{SERVER} {FIRST}\n", encoding="utf-8")
    trust = Trust(path, SERVER)
    assert not trust.judge(SECOND, "")
    assert trust.stranger is not None
    way_out = f"--trust {SECOND.replace(':', '')}"
    for part in ("HAS CHANGED", in_rows(FIRST), in_rows(SECOND), "Nothing was sent", way_out):
        assert part in trust.stranger.alarm
    assert max(len(line) for line in trust.stranger.alarm.split("\n")) <= 90
    assert way_out in trust.stranger.warning
    assert Trust(path, SERVER, SECOND).judge(SECOND, "")
    assert Trust(path, SERVER).judge(SECOND, "")
    assert not Trust(path, SERVER).judge(FIRST, "")


@pytest.mark.parametrize("path", [None, Path("/proc/nothing/known_servers")])
def test_nothing_is_kept(path: Path | None) -> None:
    """Where nothing can be read, nobody is known."""
    assert not Trust(path, SERVER).judge(FIRST, "")
