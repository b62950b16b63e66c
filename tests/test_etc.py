"""An operator can install the samples in etc/ as they are: they load, they say the truth, and they are tight."""

import re
import sys
import tomllib
from pathlib import Path
from subprocess import STDOUT, check_output, run
from typing import Any

import msgspec
import pytest

from chatd import config
from chatd.core.settings.limits import Limits

ETC = Path(__file__).parents[1] / "etc"
WORST_EXPOSURE = 2.0


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The paths of copies whose ExecStart names a program that is here."""
    for unit in ETC.glob("chatd.*"):
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("=/opt/chatd/bin/twistd ", f"={sys.executable} "))
    return [str(tmp_path / "chatd.service"), str(tmp_path / "chatd.socket")]


@pytest.mark.needs_program("systemd-analyze")
def test_units_verify(units: list[str]) -> None:
    """systemd finds nothing to remark. It only warns of a key that it does not know, so that its silence counts."""
    checked = run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    assert (checked.stdout + checked.stderr, checked.returncode) == ("", 0)


@pytest.mark.needs_program("systemd-analyze")
def test_service_is_tight(units: list[str]) -> None:
    """systemd's own measure of what a conquered daemon could do is low."""
    told = check_output(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", units[0]], text=True, stderr=STDOUT
    )
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert exposure is not None, told
    assert float(exposure[1]) <= WORST_EXPOSURE, told


def test_sample_loads() -> None:
    """The sample as it is changes nothing."""
    assert config.load(ETC / "chatd.toml", {}) == config.Settings()


def test_sample_tells_the_defaults() -> None:
    """Every default that stands behind a C{#} in the sample is the default, and every limit is there."""
    told = _uncommented()
    assert told["limits"] == msgspec.to_builtins(Limits())
    assert msgspec.convert(told, config.Settings) == config.Settings()


def test_sample_names_every_key() -> None:
    """No key is left for the operator to find out."""
    text = (ETC / "chatd.toml").read_text(encoding="utf-8")
    keys = {field.encode_name for field in msgspec.structs.fields(config.Settings)}
    told = set(re.findall(r"^# ?([a-z-]+) = ", text, re.MULTILINE))
    assert keys - told == {"limits", "sts"}, "what has no default is explained only"


def _uncommented() -> dict[str, Any]:
    text = (ETC / "chatd.toml").read_text(encoding="utf-8")
    return tomllib.loads(re.sub(r"^#(?=[a-z-]+ = )", "", text, flags=re.MULTILINE))
