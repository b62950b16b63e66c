"""One's own account: what proves it, what it has set, what is kept of it."""

from chatd.core import commands
from chatd.core.commands import Command
from chatd.dialects.text.questions import change_password, erase
from chatd.dialects.text.scene import Scene
from chatd.dialects.text.usages.arguments import LONGEST_WORD, first, is_word, number
from chatd.dialects.text.usages.reading import a_number, nothing, one_of
from chatd.dialects.text.usages.usage import Meant, Usage


def _passwd(rest: str, scene: Scene) -> Meant:
    return None if rest else change_password()


def _set(rest: str, scene: Scene) -> Meant:
    name, value = first(rest)
    if not name:
        return commands.Set()
    if not is_word(name) or len(value) > LONGEST_WORD or (not value and name.lower() != "zone"):
        return None
    return commands.Set(name=name, value=value)


def _logout(rest: str, scene: Scene) -> Meant:
    if not rest:
        return commands.Logout()
    if rest.lower() == "all":
        return commands.Logout(which="all")
    which = number(rest)
    return commands.Logout(which=which) if which else None


def _token(rest: str, scene: Scene) -> Command | None:
    return commands.MakeToken(label=rest) if 0 < len(rest) <= LONGEST_WORD else None


def _cert(rest: str, scene: Scene) -> Command | None:
    return commands.AddCertificate(label=rest) if 0 < len(rest) <= LONGEST_WORD else None


def _claim(rest: str, scene: Scene) -> Command | None:
    return commands.Claim(code=rest) if is_word(rest) else None


def _export(rest: str, scene: Scene) -> Command | None:
    after = number(rest) if rest else 0
    return None if after is None else commands.Export(after=after)


def _erase(rest: str, scene: Scene) -> Meant:
    return erase(scene.me) if rest.lower() == "me" else None


ACCOUNT: tuple[Usage, ...] = (
    Usage(("passwd",), "", "change your password", "/passwd", commands.Passwd, _passwd,
          "It is asked for and does not show. Your other sessions end, and your other tokens are revoked."),
    Usage(("set",), "[NAME VALUE]", "your settings, or change one", "/set time on", commands.Set, _set,
          "There are time, zone, hold, colour, bell, joins and numbers."),
    Usage(("sessions",), "", "where you are logged in", "/sessions", commands.Sessions,
          nothing(commands.Sessions)),
    Usage(("logout",), "[N or all]", "end this session, session N, or all others", "/logout all",
          commands.Logout, _logout, "Their tokens are revoked; with all, every token of yours."),
    Usage(("token",), "new LABEL|list|revoke N", "what stands for your password", "/token new laptop",
          commands.MakeToken,
          one_of(new=_token, list=nothing(commands.Tokens), revoke=a_number(commands.RevokeToken)),
          "A program logs in with a token as with your password. It is shown once, when it is made.",
          (commands.Tokens, commands.RevokeToken)),
    Usage(("cert",), "LABEL", "let this line's certificate log you in", "/cert laptop", commands.AddCertificate, _cert,
          "The TLS certificate that you came with is a token then; an IRC client says SASL EXTERNAL."),
    Usage(("claim",), "CODE", "become the owner of this server", "/claim c055-v3me-n47q-6sav", commands.Claim, _claim,
          "The code is in the server's log as long as there is no owner."),
    Usage(("export",), "[N]", "all that is kept of you, as JSON lines", "/export", commands.Export, _export,
          "A part at a time; each part says how to get the next."),
    Usage(("erase",), "me", "give up your account for good", "/erase me", commands.Erase, _erase,
          "What will happen is said first, and your password is asked."),
)  # fmt: skip
