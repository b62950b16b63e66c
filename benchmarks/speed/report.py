"""What the measurements came to: medians, ratios, one table, one file of JSON, one plot."""

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.speed.rows import ROWS, Figures

OURS = "chatd"
FSYNCS = 50

Measured = Mapping[str, Mapping[str, Sequence[Figures]]]


class Machine(msgspec.Struct, frozen=True):
    """
    Where, when and how it was measured.

    @ivar scale: By what the numbers of people and messages in C{crowd}, C{idle} and C{reads} were divided.
    """

    when: str
    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    twisted: str
    others: tuple[str, ...]
    fsync_ms: float
    load_average: float
    rounds: int
    seconds: float
    scale: int


def machine(place: Path, rounds: int, seconds: float, scale: int) -> Machine:
    """This machine, and how long its disk takes to sync 4 KiB."""
    import twisted

    lines = Path("/proc/cpuinfo").read_text().split("\n")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
    return Machine(
        when=time.strftime("%Y-%m-%d %H:%M"),
        processor=next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown"),
        cores=os.cpu_count() or 0,
        memory_gib=round(pages / 2**30, 1),
        system=platform.platform(),
        python=platform.python_version(),
        twisted=str(twisted.__version__),
        others=tuple(filter(None, map(_version, ("inspircd", "ngircd")))),
        fsync_ms=fsync_ms(place),
        load_average=os.getloadavg()[0],
        rounds=rounds,
        seconds=seconds,
        scale=scale,
    )


def fsync_ms(place: Path) -> float:
    """How long the disk takes to sync 4 KiB that were appended to a file; the median of some."""
    taken = []
    with open(place / "fsync", "wb", buffering=0) as file:
        for _ in range(FSYNCS):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def _version(package: str) -> str:
    try:
        told = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${Version}", package], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return told.stdout.strip()


def medians(rounds: Sequence[Figures]) -> dict[str, float]:
    """Of each figure the median of the rounds."""
    keys = rounds[0].values
    return {key: statistics.median(each.values[key] for each in rounds) for key in keys}


def written(name: str, of: Mapping[str, Sequence[Figures]]) -> str:
    """One row of the table: a line for each server, and how chatd compares with it."""
    row = ROWS[name]
    found = {server: medians(rounds) for server, rounds in of.items() if rounds}
    columns = list(dict.fromkeys(key for values in found.values() for key in values))
    lines = [f"\n{name}: {row.what}", _line("", [*columns, "chatd is"])]
    for server, values in found.items():
        cells = [_number(values.get(key)) for key in columns]
        lines.append(_line(server, [*cells, _ratio(row.key, found, server)], columns))
        mistakes = {each.mistakes for each in of[server] if each.mistakes}
        lines += [f"    {server}: {each}" for each in sorted(mistakes)]
    return "\n".join(lines)


def _ratio(key: str, found: Mapping[str, Mapping[str, float]], server: str) -> str:
    """chatd's key figure over this server's."""
    if OURS not in found or server == OURS or not found[server].get(key):
        return "-"
    return f"{found[OURS][key] / found[server][key]:.2f} x"


def _line(name: str, cells: Sequence[str], columns: Sequence[str] = ()) -> str:
    widths = [max(10, len(column)) for column in (columns or cells)] + [8]
    return f"{name:<14}" + "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=False))


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def as_json(here: Machine, measured: Measured) -> bytes:
    """Everything that was measured, each round by itself."""
    rows: dict[str, Any] = {
        name: {
            "what": ROWS[name].what,
            "key": ROWS[name].key,
            "servers": {
                server: {
                    "medians": medians(rounds),
                    "rounds": [each.values for each in rounds],
                    "mistakes": [each.mistakes for each in rounds if each.mistakes],
                }
                for server, rounds in of.items()
                if rounds
            },
        }
        for name, of in measured.items()
    }
    return msgspec.json.format(msgspec.json.encode({"machine": here, "rows": rows}), indent=1)


def plot(measured: Measured, path: Path) -> str:
    """Draw the compared figure of each row, if matplotlib is there. What came of it, in a sentence."""
    try:
        import matplotlib  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return "There is no plot, since matplotlib is not installed: pip install matplotlib"
    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name, of in measured.items() if sum(map(bool, of.values())) > 1]
    if not names:
        return "There is no plot, since nothing was compared."
    figure, axes = pyplot.subplots(len(names), 1, figsize=(8, 2.4 * len(names)), squeeze=False)
    for name, (axis,) in zip(names, axes, strict=True):
        row = ROWS[name]
        values = {server: medians(rounds)[row.key] for server, rounds in measured[name].items() if rounds}
        bars = axis.barh(list(values), list(values.values()), color=["C1" if each == OURS else "C0" for each in values])
        axis.bar_label(bars, [_number(each) for each in values.values()], padding=3)
        axis.invert_yaxis()
        axis.margins(x=0.15)
        axis.set_title(f"{row.what}: {row.key} ({'more' if row.more_is_better else 'less'} is better)", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    return f"The plot is {path}."
