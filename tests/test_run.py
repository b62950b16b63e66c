"""Plain C{chatd} works for whoever does not know C{twistd}, wherever it is typed."""

import os
import sys
from pathlib import Path
from subprocess import run

ROOT = Path(__file__).parents[1]


def test_help_from_a_directory_with_plugins_of_its_own(tmp_path: Path) -> None:
    """C{chatd --help} tells of the options, also beside somebody else's C{twisted/plugins}."""
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "other_plugin.py").write_text("raise RuntimeError('this was run')")
    command = [sys.executable, "-c", "from chatd.run import main; main()", "--help"]
    told = run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "--listen" in told.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["twisted"]
