"""Answers in words: what a person at a terminal reads when a command was obeyed."""

from chatd.core.events import Answer
from chatd.dialects.text.answers import account, door, orders, places, site, talk
from chatd.dialects.text.answers.help import explained as explained
from chatd.dialects.text.answers.help import summary as summary
from chatd.dialects.text.scene import Scene

_SUBJECTS = (talk.words, places.words, door.words, account.words, orders.words, site.words)


def words(answer: Answer, scene: Scene) -> bytes:
    """
    An answer as lines; nothing where what is seen anyway says it. Where an answer is a page, the scene is told
    where the next one begins.
    """
    for subject in _SUBJECTS:
        told = subject(answer, scene)
        if told is not None:
            return told
    return b""
