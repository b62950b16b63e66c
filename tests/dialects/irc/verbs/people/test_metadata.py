"""C{METADATA}: what programs are told of people and channels."""

import pytest

from chatd.core.settings.limits import Limits
from chatd.testing import World
from tests.dialects.irc.clients import IrcClient, Said, account, commands, connected, guest, only, world

CAPS = ("batch", "draft/metadata-2")


@pytest.fixture
def place() -> World:
    """A chatd with guests."""
    return world()


def pair(place: World) -> tuple[IrcClient, IrcClient]:
    """Foo, who made #chan, and bar, who is in it."""
    foo, bar = guest(place, "foo", *CAPS), guest(place, "bar", *CAPS)
    foo.sends("JOIN #chan")
    bar.sends("JOIN #chan")
    foo.reads()
    return foo, bar


def batch(told: list[Said], target: str, kind: str = "metadata") -> list[tuple[str, ...]]:
    """What is inside of the one batch that was told: commands with their parameters but the client's nick."""
    start, *inside, end = told
    reference = start.params[0][1:]
    assert (start.command, start.params) == ("BATCH", (f"+{reference}", kind, target) if target else start.params)
    assert (end.command, end.params) == ("BATCH", (f"-{reference}",))
    assert all(each.tags["batch"] == reference for each in inside)
    return [(each.command, *each.params[1:]) for each in inside]


def test_one_value(place: World) -> None:
    """Set, got, changed, taken away; of oneself by the star or by the name."""
    foo = guest(place, "foo", *CAPS)
    assert batch(foo.sends("METADATA * GET display-name avatar"), "foo") == [
        ("766", "foo", "display-name", "key not set"), ("766", "foo", "avatar", "key not set")
    ]  # fmt: skip
    assert foo.one("METADATA * SET display-name :Foo the First").params == (
        "foo", "foo", "display-name", "*", "Foo the First"
    )  # fmt: skip
    assert batch(foo.sends("METADATA foo GET display-name"), "foo") == [
        ("761", "foo", "display-name", "*", "Foo the First")
    ]  # fmt: skip
    foo.sends("METADATA foo SET display-name :->\N{PURPLE HEART}<-")
    assert batch(foo.sends("METADATA * LIST"), "foo") == [("761", "foo", "display-name", "*", "->\N{PURPLE HEART}<-")]
    assert foo.one("METADATA * SET display-name").params == ("foo", "foo", "display-name", "key not set")
    assert batch(foo.sends("METADATA * LIST"), "foo") == []
    told = foo.one("METADATA * SET display-name")
    assert (told.command, told.params[:4]) == ("FAIL", ("METADATA", "KEY_NOT_SET", "foo", "display-name"))


def test_an_empty_value_is_one(place: World) -> None:
    """Only a value that is not given takes away."""
    foo = guest(place, "foo", *CAPS)
    assert foo.one("METADATA * SET note :").command == "761"
    assert batch(foo.sends("METADATA * LIST"), "foo") == [("761", "foo", "note", "*", "")]


def test_a_label_is_on_the_batch(place: World) -> None:
    """The batch as a whole is the answer."""
    foo = guest(place, "foo", *CAPS, "labeled-response")
    told = foo.sends("@label=x METADATA * LIST")
    assert told[0].tags["label"] == "x"
    assert batch(told, "foo") == []


def test_others_may_read_and_not_write(place: World) -> None:
    """Of somebody else, and of a channel that is not one's own."""
    foo, bar = pair(place)
    foo.sends("METADATA * SET display-name :Foo", "METADATA #chan SET url :example.org")
    assert bar.reads() == []
    assert batch(bar.sends("METADATA FOO GET display-name"), "FOO") == [("761", "FOO", "display-name", "*", "Foo")]
    assert batch(bar.sends("METADATA #chan LIST"), "#chan") == [("761", "#chan", "url", "*", "example.org")]
    for target in ("foo", "#chan"):
        for line, key in (("SET display-name :x", "display-name"), ("CLEAR", "*")):
            told = bar.one(f"METADATA {target} {line}")
            assert (told.command, told.params[:4]) == ("FAIL", ("METADATA", "KEY_NO_PERMISSION", target, key))


@pytest.mark.parametrize("target", ["nobody", "#nowhere", "!!", "#", "x" * 99])
@pytest.mark.parametrize("line", ["GET a", "LIST", "SET a :b", "CLEAR", "SYNC"])
def test_targets_that_there_are_not(place: World, target: str, line: str) -> None:
    """One failure, and no batch."""
    told = guest(place, "foo", *CAPS).one(f"METADATA {target} {line}")
    assert (told.command, told.params[:3]) == ("FAIL", ("METADATA", "INVALID_TARGET", target))


def test_channels_that_are_not_for_everyone(place: World) -> None:
    """Nothing of them is told to who is not in them."""
    foo, bar = guest(place, "foo", *CAPS), guest(place, "bar", *CAPS)
    foo.sends("JOIN #chan", "METADATA #chan SET url :hidden", "MODE #chan +i")
    bar.sends("METADATA * SUB url")
    for line in ("GET url", "LIST", "SYNC"):
        assert bar.one(f"METADATA #chan {line}").params[1] == "INVALID_TARGET"


def test_bad_keys_and_values(place: World) -> None:
    """Each has its code."""
    foo = guest(place, "foo", *CAPS)
    for key in ("Upper", "a!b", "\N{SNOWMAN}", "x" * 65):
        told = foo.one(f"METADATA * SET {key} :x")
        assert (told.command, told.params[:3]) == ("FAIL", ("METADATA", "KEY_INVALID", key))
    assert batch(foo.sends("METADATA * GET ok A!"), "foo")[1][:3] == ("FAIL", "KEY_INVALID", "A!")
    for value in ("abcd" * 120, "\N{PURPLE HEART}" * 100, "\x1b[2J"):
        told = foo.one(f"METADATA * SET key :{value}")
        assert (told.command, told.params[:2], len(told.params)) == ("FAIL", ("METADATA", "VALUE_INVALID"), 3)
    told = foo.one(b"METADATA * SET key :\xc3<-")
    assert (told.command, told.params[:2], len(told.params)) == ("FAIL", ("METADATA", "INVALID_UTF8"), 3)


def test_as_many_as_the_capability_says() -> None:
    """The limits are told, and kept."""
    foo = guest(world(limits=Limits(line_burst=1000, lines_per_second=1000.0)), "foo", *CAPS)
    (offered,) = [word for each in foo.sends("CAP LS 302") for word in each.params[-1].split() if "metadata" in word]
    limits = dict(each.split("=") for each in offered.partition("=")[2].split(",") if "=" in each)
    for number in range(int(limits["max-keys"])):
        assert foo.one(f"METADATA * SET key{number} :x").command == "761"
    assert foo.one("METADATA * SET more :x").params[:3] == ("METADATA", "LIMIT_REACHED", "foo")
    assert foo.one("METADATA * SET key1 :y").command == "761"
    assert foo.one(f"METADATA * SET key1 :{'x' * int(limits['max-value-bytes'])}").command == "761"
    assert foo.one(f"METADATA * SET key1 :{'x' * (int(limits['max-value-bytes']) + 1)}").command == "FAIL"
    keys = [f"k{number}" for number in range(int(limits["max-subs"]))]
    told = foo.sends(f"METADATA * SUB {' '.join(keys)} over more")
    assert [key for each in only(told, "770") for key in each.params[1:]] == keys
    assert only(told, "FAIL")[0].params[:3] == ("METADATA", "TOO_MANY_SUBS", "over")
    assert len(only(told, "FAIL")) == 1


def test_clearing(place: World) -> None:
    """Each key that was there is told to be there no more."""
    foo, _ = pair(place)
    foo.sends("METADATA #chan SET b :1", "METADATA #chan SET a :2")
    assert batch(foo.sends("METADATA #chan CLEAR"), "#chan") == [
        ("766", "#chan", "a", "key not set"), ("766", "#chan", "b", "key not set")
    ]  # fmt: skip
    assert batch(foo.sends("METADATA #chan CLEAR"), "#chan") == []


def test_subscriptions(place: World) -> None:
    """Taken in their order, each once; a bad key does not stop the others."""
    foo = guest(place, "foo", *CAPS)
    assert foo.one("METADATA * SUB avatar website").params == ("foo", "avatar", "website")
    told = foo.sends("METADATA * SUB website A! foo")
    assert (told[0].command, told[0].params[1:]) == ("770", ("website", "foo"))
    assert told[1].params[:3] == ("METADATA", "KEY_INVALID", "A!")
    assert batch(foo.sends("METADATA * SUBS"), "", "metadata-subs") == [("772", "avatar", "website", "foo")]
    assert foo.one("METADATA * UNSUB foo nothing").params == ("foo", "foo", "nothing")
    assert batch(foo.sends("METADATA * SUBS"), "", "metadata-subs") == [("772", "avatar", "website")]


def test_whoever_subscribed_hears(place: World) -> None:
    """Of people and of channels: each value once, and that it is no more; but for who has changed it."""
    foo, bar = pair(place)
    foo.sends("METADATA * SUB display-name")
    bar.sends("METADATA * SUB avatar display-name")
    assert commands(foo.sends("METADATA * SET display-name :Foo")) == ["761"]
    assert [(each.command, each.params) for each in bar.reads()] == [("METADATA", ("foo", "display-name", "*", "Foo"))]
    foo.sends("METADATA * SET display-name :Foo", "METADATA * SET color :red")
    assert bar.reads() == []
    foo.sends("METADATA * SET display-name")
    assert [each.params for each in bar.reads()] == [("foo", "display-name", "*")]
    foo.sends("METADATA #chan SET display-name :Hash")
    assert [each.params for each in bar.reads()] == [("#chan", "display-name", "*", "Hash")]
    bar.sends("METADATA * UNSUB display-name")
    foo.sends("METADATA #chan SET display-name :Harsh")
    assert bar.reads() == []


def test_coming_into_a_channel(place: World) -> None:
    """What was set before is told to who comes, and to who is there of who comes."""
    foo, bar = guest(place, "foo", *CAPS), guest(place, "bar", *CAPS)
    for client in (foo, bar):
        client.sends("METADATA * SUB display-name avatar")
    foo.sends("METADATA * SET display-name :Foo", "METADATA * SET color :red", "JOIN #chan")
    foo.sends("METADATA #chan SET avatar :pic")
    bar.sends("METADATA * SET avatar :mine")
    foo.reads()
    told = only(bar.sends("JOIN #chan"), "METADATA")
    assert [each.params for each in told] == [
        ("#chan", "avatar", "*", "pic"), ("bar", "avatar", "*", "mine"), ("foo", "display-name", "*", "Foo"),
    ]  # fmt: skip
    assert [each.params for each in only(foo.reads(), "METADATA")] == [("bar", "avatar", "*", "mine")]


def test_subscribing_in_a_channel(place: World) -> None:
    """The values of new keys are told at once; of old ones, with SYNC."""
    foo, bar = pair(place)
    foo.sends("METADATA * SET avatar :pic", "METADATA #chan SET url :x")
    assert commands(bar.sends("METADATA * SUB avatar")) == ["770", "METADATA"]
    assert commands(bar.sends("METADATA * SUB avatar")) == ["770"]
    assert batch(bar.sends("METADATA #chan SYNC"), "#chan") == [("METADATA", "avatar", "*", "pic")]
    assert batch(bar.sends("METADATA foo SYNC"), "foo") == [("METADATA", "avatar", "*", "pic")]


def test_who_is_watched(place: World) -> None:
    """With extended-monitor, changes are heard without a channel."""
    foo, bar = guest(place, "foo", *CAPS), guest(place, "bar", *CAPS, "extended-monitor")
    bar.sends("METADATA * SUB avatar", "MONITOR + foo")
    foo.sends("METADATA * SET avatar :pic")
    assert [each.params for each in bar.reads()] == [("foo", "avatar", "*", "pic")]


def test_before_the_welcome(place: World) -> None:
    """One's own values and subscriptions; what is set is there from the welcome on, and told in a batch."""
    foo = connected(place)
    assert foo.one("METADATA * SET display-name :Foo").command == "451"
    foo.sends("CAP LS 302", f"CAP REQ :{' '.join(CAPS)}")
    assert foo.one("METADATA * SET display-name :Foo").params == ("*", "*", "display-name", "*", "Foo")
    assert foo.one("METADATA * SET avatar :pic").command == "761"
    assert foo.one("METADATA * SET avatar").command == "766"
    assert foo.one("METADATA * SET avatar").params[1] == "KEY_NOT_SET"
    assert foo.one("METADATA * SUB avatar").command == "770"
    assert batch(foo.sends("METADATA * LIST"), "*") == [("761", "*", "display-name", "*", "Foo")]
    assert foo.one("METADATA bar LIST").params[1] == "INVALID_TARGET"
    assert foo.one("METADATA * SET x :" + "x" * 400).params[1] == "VALUE_INVALID"
    told = foo.sends("NICK foo", "USER foo 0 * :foo", "CAP END")
    start = commands(told).index("BATCH")
    assert batch(told[start : start + 3], "foo") == [("METADATA", "display-name", "*", "Foo")]
    assert batch(foo.sends("METADATA * GET display-name"), "foo") == [("761", "foo", "display-name", "*", "Foo")]


def test_an_accounts_values_stay(place: World) -> None:
    """They are told at the next welcome; and to who asks for the capability after it."""
    foo = account(place, "foo", *CAPS)
    foo.sends("METADATA * SET avatar :pic", "QUIT")
    again = account(place, "foo")
    told = again.sends(f"CAP REQ :{' '.join(CAPS)}")
    assert commands(told) == ["CAP", "BATCH", "METADATA", "BATCH"]


def test_words_that_are_lacking_or_unknown(place: World) -> None:
    """Each is answered once."""
    foo = guest(place, "foo", *CAPS)
    for line in ("METADATA", "METADATA *", "METADATA * GET", "METADATA * SET", "METADATA * SUB", "METADATA * UNSUB"):
        assert foo.one(line).command == "461", line
    told = foo.one("METADATA * destr0y")
    assert (told.command, told.params[:3]) == ("FAIL", ("METADATA", "SUBCOMMAND_INVALID", "destr0y"))
    assert commands(foo.sends("metadata * list")) == ["BATCH", "BATCH"]
