"""One's own account."""

import re

import msgspec

from chatd.core import events
from chatd.core.events import Answer, SessionShown, TokenShown
from chatd.dialects.text.answers.note import note, notes
from chatd.dialects.text.answers.places import settings
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.talking import AWAY
from chatd.dialects.text.view import END, count, day, day_and_time

# JSON may hold these as they are, a terminal may not.
_UNFIT = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def words(answer: Answer, scene: Scene) -> bytes | None:
    """Such an answer, or C{None} if it is of another kind."""
    match answer:
        case events.PasswdDone():
            return note("Your password is changed.")
        case events.SetDone():
            return note(f"Settings: {settings(answer.settings)}")
        case events.SessionsDone():
            return notes(_session(each, answer.at, scene) for each in answer.sessions)
        case events.LogoutDone():
            return note(f"{_ended(answer.sessions, 'session')} ended, {_ended(answer.tokens, 'token')} revoked.")
        case events.AwayDone():
            return _away(answer.text)
        case events.IgnoreDone() | events.UnignoreDone():
            whom = ", ".join(answer.names)
            return note(f"You ignore {whom}. /unignore NAME hears somebody again." if whom else "You ignore nobody.")
        case events.Claimed():
            return note(f"You are {answer.role} of this server now.")
        case events.ExportDone():
            return _export(answer)
        case events.Erased():
            return note(f"The account {answer.name} is no more. Good-bye.")
        case _:
            return _persona(answer) or _tokens(answer, scene)


def _persona(answer: Answer) -> bytes | None:
    match answer:
        case events.ProfileDone():
            return note(f"IRC shows you as {answer.user}, {answer.real}{', a program' if answer.bot else ''}.")
        case events.OperateDone():
            return note(f"On this connection you have the powers of {answer.name}, {answer.role} of this server, too.")
        case events.DeposeDone():
            return note("You have your own powers, and no others.")
        case _:
            return None


def _tokens(answer: Answer, scene: Scene) -> bytes | None:
    match answer:
        case events.TokenMade():
            until = day(answer.expires_at, scene.view)
            said = f'Token {answer.number}, "{answer.label}", stands for your password until {until}.'
            return notes((f"{said} Nobody shows it again:", answer.token))
        case events.CertificateAdded():
            until = day(answer.expires_at, scene.view)
            said = f'Certificate {answer.number}, "{answer.label}", stands for your password. Unused, until {until}:'
            return notes((said, answer.fingerprint))
        case events.TokensDone():
            listed = notes(_token(each, answer.at, scene) for each in answer.tokens)
            return listed or note("You have no tokens. /token new LABEL makes one.")
        case events.RevokeTokenDone():
            return note(f'Token {answer.number}, "{answer.label}", is worth nothing now.')
        case _:
            return None


def _session(session: SessionShown, now: int, scene: Scene) -> str:
    since, active = (day_and_time(at, now, scene.view) for at in (session.since, session.active_at))
    mine = " (this one)" if session.mine else ""
    return f"[{session.number}] {session.face} from {session.address} since {since}, last active {active}{mine}"


def _token(token: TokenShown, now: int, scene: Scene) -> str:
    used, until = (day_and_time(at, now, scene.view) for at in (token.used_at, token.expires_at))
    return f'[{token.number}] {token.kind} "{token.label}" used {used} from {token.used_from}, good until {until}'


def _ended(number: int, what: str) -> str:
    return count(number, what) if number else f"no {what}"


def _away(text: str | None) -> bytes:
    if text is None:
        return note("You are back.")
    why = "" if text in ("", AWAY) else f": {text}"
    return note(f"You are away{why}. /back says that you are here again.")


def _export(answer: events.ExportDone) -> bytes:
    records = "".join(msgspec.json.encode(record).decode() + END for record in answer.records)
    last = "That is all." if answer.next is None else f"/export {answer.next} goes on."
    return _UNFIT.sub(lambda unfit: f"\\u{ord(unfit[0]):04x}", records).encode() + note(last)
