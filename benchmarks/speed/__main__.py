"""
How fast chatd is, beside the servers that one would take instead.

    python -m benchmarks.speed                         (from the checkout; all rows, five rounds: about two hours)
    python -m benchmarks.speed room rate idle          (these rows)
    python -m benchmarks.speed --quick room            (one short round: to see that it works, and roughly how fast)
    python -m benchmarks.speed --servers chatd,ngircd room
    python -m benchmarks.speed --before ../before --servers chatd,before room     (two checkouts of chatd)

The servers take turns, A B A B, so that what else the machine does hits all of them alike; what is printed is the
median of the rounds. C{benchmarks/README.md} says what each row and figure means.
"""

import argparse
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.speed import report
from benchmarks.speed.load import Load
from benchmarks.speed.rows import ROWS, Figures, Trial
from benchmarks.speed.servers import SERVERS, ChatdBefore, NotHere

ROUNDS, SECONDS = 5, 8.0
QUICK_SECONDS, QUICK_SCALE = 3.0, 10


def compare(
    name: str, servers: Sequence[str], load: Load, place: Path, chosen: argparse.Namespace
) -> dict[str, list[Figures]]:
    """Measure one row, the servers taking turns."""
    of: dict[str, list[Figures]] = {server: [] for server in servers}
    for number in range(chosen.rounds):
        for server in tuple(of):
            with tempfile.TemporaryDirectory(prefix=f"{number}-", dir=place) as own:
                Path(own).chmod(0o755)  # ngircd drops its rights before it reads on
                one = SERVERS[server](Path(own))
                trial = Trial(load, one, chosen.seconds, chosen.scale, place)
                try:
                    of[server].append(ROWS[name].measure(trial))
                except NotHere as missing:
                    print(f"{server} is left out: {missing}", flush=True)
                    del of[server]
                except RuntimeError as wrong:
                    print(f"{name}, {server}: {wrong}", flush=True)
                finally:
                    one.stop()
    return of


def main() -> None:
    """Measure, print each row as it is done, and write all of it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round, with a tenth of the people and messages")
    parser.add_argument("--rounds", type=int, help="how many rounds")
    parser.add_argument("--seconds", type=float, help="how long each measurement is")
    parser.add_argument("--scale", type=int, help="divide the numbers of crowd, idle and reads by this")
    parser.add_argument("--servers", default=",".join(SERVERS), help="which ones, with commas between")
    parser.add_argument("--out", type=Path, default=Path("build/speed"), help="where speed.json and speed.png go")
    parser.add_argument("row", nargs="*", help=f"which ones: {', '.join(ROWS)}; all of them by default")
    parser.add_argument("--before", type=Path, help="another checkout, to be measured beside this one")
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (1 if chosen.quick else ROUNDS)
    chosen.seconds = chosen.seconds or (QUICK_SECONDS if chosen.quick else SECONDS)
    chosen.scale = chosen.scale or (QUICK_SCALE if chosen.quick else 1)
    unknown = [*(set(chosen.row) - set(ROWS)), *(set(chosen.servers.split(",")) - set(SERVERS))]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}")
    allow_many_files()
    if chosen.before is not None:
        ChatdBefore.checkout = chosen.before.absolute()
    measured: dict[str, dict[str, list[Figures]]] = {}
    with tempfile.TemporaryDirectory(prefix="speed-") as directory:
        place = Path(directory)
        place.chmod(0o755)
        load = Load(place)
        here = report.machine(place, chosen.rounds, chosen.seconds, chosen.scale)
        print("\n".join(f"{key}: {value}" for key, value in msgspec.to_builtins(here).items()), flush=True)
        for name in chosen.row or ROWS:
            wanted = [each for each in chosen.servers.split(",") if each != ChatdBefore.name or chosen.before]
            servers = [each for each in ROWS[name].servers if each in wanted]
            measured[name] = compare(name, servers, load, place, chosen)
            print(report.written(name, measured[name]), flush=True)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "speed.json").write_bytes(report.as_json(here, measured))
    print(f"\nAll rounds are in {chosen.out / 'speed.json'}. {report.plot(measured, chosen.out / 'speed.png')}")


def allow_many_files() -> None:
    """Let this process and its children have as many open files as the system lets them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
