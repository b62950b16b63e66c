"""
A stranger finds things where the layout says they are: the rules of the house, checked by reading the source.

Each rule is a function of a source tree that yields its violations in words. Beneath, each is held against the real
tree, and against planted violations that it must catch.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

# What each layer may import of chatd. A module that is in none of them (tap, run, config ...) may import anything.
LAYERS = {
    "core": ("chatd.core",),
    "dialects": ("chatd.core", "chatd.dialects"),
    "faces": ("chatd.core", "chatd.dialects", "chatd.faces"),
    "auth": ("chatd.core", "chatd.auth"),
    "store": ("chatd.core", "chatd.store"),
    "client": (
        "chatd.core.commands",
        "chatd.core.errors",
        "chatd.core.events",
        "chatd.core.names",
        "chatd.dialects",
        "chatd.client",
    ),
}

PURE_LAYERS = ("core", "dialects")
PURE_LIBRARIES = {"msgspec", "precis_i18n"}
# What of the standard library reaches the world, the clock or chance, and so has no place in a pure layer.
IMPURE = set(
    "_thread asyncio builtins concurrent ctypes curses dbm fcntl fileinput ftplib gc getpass glob http imaplib"
    " importlib io locale logging mmap multiprocessing os pathlib pickle platform poplib pty pwd queue random readline"
    " resource sched secrets select selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess"
    " sys syslog tempfile termios threading time tkinter tty urllib uuid webbrowser xmlrpc".split()
)
CLOCK = re.compile(r"(datetime|date)\.(now|utcnow|today)$")

REACTOR = "twisted.internet.reactor"
MAY_IMPORT_THE_REACTOR = {"chatd.tap", "chatd.run", "chatd.client.main", "chatd.client.gui.main"}

BANNED_WORDS = set("handler processor engine manager component util helper common misc base".split())
LONGEST_MODULE = 400
LARGEST_PACKAGE = 10
# A package that may be larger: how large, and why.
LARGER_PACKAGES = {
    "chatd": (16, "the seven layers are packages here, beside the entry points that introduce them to one another"),
    "chatd.store": (11, "what the writer remembers stands beside the writer"),
    "chatd.store.queries": (11, "a module for each kind of row"),
    "chatd.core": (16, "the core's vocabulary is one word per module"),
}

MAY_SPEAK_SQL = ("chatd.store.queries", "chatd.store.schema")
EXECUTES = {"execute", "executemany", "executescript", "runOperation", "runQuery"}
VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|ALTER|DROP)\s", re.IGNORECASE)
STATEMENT = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|(INSERT|REPLACE)\s.*INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
    r"|(CREATE|ALTER|DROP)\s+(\w+\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s)",
    re.DOTALL,
)


class Import(NamedTuple):
    """One name that a module imports; C{level} is not 0 if relatively, C{real} if not only for the type checker."""

    target: str
    level: int
    real: bool


class Module(NamedTuple):
    """One source file."""

    name: str
    path: Path
    text: str
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def layer(self) -> str:
        """The package beneath C{chatd} that it is in, or its own name there."""
        return [*self.name.split("."), ""][1]


Tree = Mapping[str, Module]
Rule = Callable[[Tree], Iterator[str]]


@cache
def read(root: Path) -> Tree:
    """Every module of the package C{chatd} beneath a directory."""
    found = [_read_module(root, path) for path in sorted((root / "chatd").rglob("*.py"))]
    return {module.name: module for module in found}


def _read_module(root: Path, path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, text, tree, tuple(_imports(tree, True)))


def _imports(node: ast.AST, real: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, 0, real) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (Import(f"{node.module or ''}.{alias.name}".strip("."), node.level, real) for alias in node.names)
    elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        for child in node.body:
            yield from _imports(child, False)
        for child in node.orelse:
            yield from _imports(child, real)
    else:
        for each in ast.iter_child_nodes(node):
            yield from _imports(each, real)


def _is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def layers_point_inward(tree: Tree) -> Iterator[str]:
    """No layer imports one that it may not know."""
    for module in tree.values():
        allowed = LAYERS.get(module.layer)
        for target in (each.target for each in module.imports):
            if allowed and _is_in(target, ("chatd",)) and not _is_in(target, allowed):
                yield f"{module.name} imports {target}, which {module.layer} may not"


def pure_layers_are_pure(tree: Tree) -> Iterator[str]:
    """The core and the dialects import neither Twisted, nor the world, nor the clock."""
    for module in tree.values():
        if module.layer in PURE_LAYERS:
            for target in (each.target for each in module.imports if each.level == 0):
                top = target.partition(".")[0]
                if top in IMPURE or top not in {*sys.stdlib_module_names, *PURE_LIBRARIES, "chatd"}:
                    yield f"{module.name} imports {target}, which {module.layer} may not"


def pure_layers_ask_no_clock(tree: Tree) -> Iterator[str]:
    """The core and the dialects are told the time."""
    for module in tree.values():
        for node in ast.walk(module.tree) if module.layer in PURE_LAYERS else ():
            if isinstance(node, ast.Attribute) and CLOCK.search(ast.unparse(node)):
                yield f"{module.name}:{node.lineno} asks a clock: {ast.unparse(node)}"


def the_reactor_is_an_argument(tree: Tree) -> Iterator[str]:
    """Only the entry points import the reactor."""
    for module in tree.values():
        if module.name not in MAY_IMPORT_THE_REACTOR and any(
            _is_in(each.target, (REACTOR,)) for each in module.imports
        ):
            yield f"{module.name} imports the reactor"


def imports_are_absolute(tree: Tree) -> Iterator[str]:
    """No import begins with a dot."""
    for module in tree.values():
        for each in module.imports:
            if each.level:
                yield f"{module.name} imports {'.' * each.level}{each.target}"


def imports_have_no_cycle(tree: Tree) -> Iterator[str]:
    """No module needs, to be imported, one that needs it. What only the type checker sees does not count."""
    graph = {name: {*_needed(module, tree)} - {name} for name, module in tree.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield "a cycle: " + " <- ".join(error.args[1])


def _needed(module: Module, tree: Tree) -> Iterator[str]:
    for target in (each.target for each in module.imports if each.real):
        if target in tree:
            yield target
        elif target.rpartition(".")[0] in tree:
            yield target.rpartition(".")[0]


def packages_have_no_logic(tree: Tree) -> Iterator[str]:
    """An C{__init__.py} is a docstring, imports, and at most a constant such as C{__version__}."""
    for module in tree.values():
        if module.path.name == "__init__.py":
            for node in module.tree.body:
                if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_constant(node):
                    yield f"{module.name}: logic in __init__.py, line {node.lineno}"


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr | ast.Assign) and isinstance(node.value, ast.Constant)


def names_say_something(tree: Tree) -> Iterator[str]:
    """No module, class or function is named with a word that says nothing."""
    for module in tree.values():
        for name in (module.name.rpartition(".")[2], *_definitions(module.tree)):
            words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
            for banned in sorted(word for word in words if {word, word.removesuffix("s")} & BANNED_WORDS):
                yield f"{module.name}: {name} is named with the word {banned}"


def _definitions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def modules_are_short(tree: Tree) -> Iterator[str]:
    """No module is too long to be read at one sitting."""
    for module in tree.values():
        length = len(module.text.splitlines())
        if length > LONGEST_MODULE:
            yield f"{module.name} has {length} lines: more than {LONGEST_MODULE}"


def packages_are_small(tree: Tree) -> Iterator[str]:
    """No package has more modules than a stranger can keep apart; a package in it counts as one."""
    for package, inside in _parts(tree).items():
        most, _why = LARGER_PACKAGES.get(package, (LARGEST_PACKAGE, ""))
        if len(inside) > most:
            yield f"{package} has {len(inside)} modules: more than {most}"


def _parts(tree: Tree) -> Mapping[str, set[str]]:
    parts: dict[str, set[str]] = {}
    for name in tree:
        while "." in name:
            package = name.rpartition(".")[0]
            parts.setdefault(package, set()).add(name)
            name = package
    return parts


def sql_is_in_its_place(tree: Tree) -> Iterator[str]:
    """Every SQL statement is where all the others are."""
    for module in tree.values():
        if not _is_in(module.name, MAY_SPEAK_SQL):
            lines = {node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.expr) and _is_sql(node)}
            yield from (f"{module.name}:{line} speaks SQL" for line in sorted(lines))


def _is_sql(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and STATEMENT.match(node.value) is not None
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EXECUTES):
        return False
    return any(
        VERB.match(ast.unparse(argument).lstrip("fr'\"\\n")) for argument in node.args[:1] if _is_literal(argument)
    )


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr)


RULES: tuple[Rule, ...] = (
    layers_point_inward,
    pure_layers_are_pure,
    pure_layers_ask_no_clock,
    the_reactor_is_an_argument,
    imports_are_absolute,
    imports_have_no_cycle,
    packages_have_no_logic,
    names_say_something,
    modules_are_short,
    packages_are_small,
    sql_is_in_its_place,
)


@pytest.mark.parametrize("rule", RULES)
def test_kept(rule: Rule) -> None:
    """The source keeps the rule."""
    violations = list(rule(read(ROOT)))
    assert not violations, "\n".join(violations)


def test_nothing_was_overlooked() -> None:
    """The rules are held against the source itself, not against an empty directory."""
    assert {"chatd", "chatd.core.session", "chatd.faces.line", "chatd.store.journal"} <= set(read(ROOT))
    assert not list((ROOT / "twisted").rglob("__init__.py"))


def test_larger_packages_are_larger() -> None:
    """A package that may be larger, and is so no more, loses its place in the table."""
    for package in LARGER_PACKAGES:
        assert len(_parts(read(ROOT))[package]) > LARGEST_PACKAGE


LONG = "x = 1\n" * (LONGEST_MODULE + 1)
PLANTED: list[tuple[Rule, dict[str, str], str]] = [
    (layers_point_inward, {"core/room.py": "from chatd.faces import line"}, "chatd.core.room imports chatd.faces.line"),
    (layers_point_inward, {"core/room.py": "from chatd import tap"}, "imports chatd.tap"),
    (layers_point_inward, {"dialects/text/words.py": "import chatd.faces.line"}, "which dialects may not"),
    (layers_point_inward, {"faces/line.py": "from chatd.store.journal import Journal"}, "which faces may not"),
    (layers_point_inward, {"faces/line.py": "from chatd.auth import checker"}, "which faces may not"),
    (layers_point_inward, {"auth/checker.py": "from chatd.store import queries"}, "which auth may not"),
    (layers_point_inward, {"store/journal.py": "from chatd.auth import checker"}, "which store may not"),
    (layers_point_inward, {"store/journal.py": "from chatd.dialects import jsonl"}, "which store may not"),
    (layers_point_inward, {"client/main.py": "from chatd.core.session import VERBS"}, "which client may not"),
    (layers_point_inward, {"client/main.py": "from chatd.core import session"}, "which client may not"),
    (
        layers_point_inward,
        {"core/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from chatd.auth.realm import Gate"},
        "chatd.core.a imports chatd.auth.realm.Gate",
    ),
    (layers_point_inward, {"core/a.py": "def late():\n    from chatd.auth import realm"}, "imports chatd.auth.realm"),
    (pure_layers_are_pure, {"core/a.py": "from twisted.internet.defer import Deferred"}, "imports twisted.internet"),
    (pure_layers_are_pure, {"core/a.py": "import time"}, "chatd.core.a imports time"),
    (pure_layers_are_pure, {"core/a.py": "import os.path"}, "imports os.path"),
    (pure_layers_are_pure, {"core/a.py": "import sqlite3"}, "imports sqlite3"),
    (pure_layers_are_pure, {"core/a.py": "import zope.interface"}, "imports zope.interface"),
    (pure_layers_are_pure, {"dialects/a.py": "from time import monotonic"}, "which dialects may not"),
    (pure_layers_are_pure, {"dialects/text/a.py": "import socket"}, "which dialects may not"),
    (pure_layers_ask_no_clock, {"core/a.py": "import datetime\nx = datetime.datetime.now()"}, "chatd.core.a:2 asks"),
    (pure_layers_ask_no_clock, {"dialects/a.py": "from datetime import date\nx = date.today()"}, "date.today"),
    (the_reactor_is_an_argument, {"faces/a.py": "from twisted.internet import reactor"}, "chatd.faces.a imports the"),
    (the_reactor_is_an_argument, {"service.py": "import twisted.internet.reactor"}, "chatd.service imports the"),
    (the_reactor_is_an_argument, {"auth/a.py": "def f():\n    from twisted.internet import reactor"}, "auth.a imports"),
    (imports_are_absolute, {"core/a.py": "from . import b"}, "chatd.core.a imports .b"),
    (imports_are_absolute, {"core/a.py": "from ..faces.line import c"}, "chatd.core.a imports ..faces.line.c"),
    (
        imports_have_no_cycle,
        {"a.py": "import chatd.b", "b.py": "from chatd import c", "c.py": "from chatd.a import x"},
        "a cycle: ",
    ),
    (packages_have_no_logic, {"__init__.py": '"""Fine."""\nimport os\nx = os.name'}, "logic in __init__.py, line 3"),
    (packages_have_no_logic, {"core/__init__.py": "def f():\n    pass"}, "chatd.core: logic in __init__.py, line 1"),
    (names_say_something, {"core/room_manager.py": ""}, "room_manager is named with the word manager"),
    (names_say_something, {"utils.py": ""}, "utils is named with the word utils"),
    (names_say_something, {"a.py": "class LineHandler: pass"}, "LineHandler is named with the word handler"),
    (names_say_something, {"a.py": "class A:\n    def base_of(self): pass"}, "base_of is named with the word base"),
    (names_say_something, {"a.py": "async def commonRoom(): pass"}, "commonRoom is named with the word common"),
    (modules_are_short, {"a.py": LONG}, "chatd.a has 401 lines"),
    (packages_are_small, {f"faces/a{n}.py": "" for n in range(11)}, "chatd.faces has 11 modules: more than 10"),
    (packages_are_small, {f"auth/a{n}/b.py": "" for n in range(11)}, "chatd.auth has 11 modules"),
    (packages_are_small, {f"core/a{n}.py": "" for n in range(17)}, "chatd.core has 17 modules: more than 16"),
    (sql_is_in_its_place, {"auth/a.py": 'def f(cursor):\n    cursor.execute("select 1")'}, "chatd.auth.a:2 speaks SQL"),
    (sql_is_in_its_place, {"store/journal.py": 'pool.runQuery(f"SELECT {x}")'}, "chatd.store.journal:1 speaks SQL"),
    (sql_is_in_its_place, {"a.py": 'FIND = """\n  SELECT name\n  FROM accounts"""'}, "chatd.a:1 speaks SQL"),
    (sql_is_in_its_place, {"a.py": 'KEEP = "INSERT INTO rooms VALUES (1)"'}, "chatd.a:1 speaks SQL"),
]
ALLOWED: list[tuple[Rule, dict[str, str]]] = [
    (layers_point_inward, {"client/a.py": "from chatd.core import commands\nfrom chatd.dialects.text import words"}),
    (layers_point_inward, {"tap.py": "from chatd.store import journal\nfrom chatd.faces import line"}),
    (layers_point_inward, {"admin/main.py": "from chatd.store import journal\nfrom chatd.auth import checker"}),
    (pure_layers_are_pure, {"core/a.py": "import re, msgspec, precis_i18n\nfrom msgspec.structs import replace"}),
    (pure_layers_ask_no_clock, {"core/a.py": "def f(self):\n    return self.world.now()"}),
    (the_reactor_is_an_argument, {"tap.py": "def f():\n    from twisted.internet import reactor"}),
    (
        imports_have_no_cycle,
        {
            "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from chatd.b import x",
            "b.py": "from chatd.a import y",
        },
    ),
    (packages_have_no_logic, {"__init__.py": '"""Text."""\nfrom chatd import a\n__version__ = "1"'}),
    (names_say_something, {"database.py": "class Process:\n    def dehandle(self): pass"}),
    (sql_is_in_its_place, {"store/queries.py": 'FIND = "SELECT name FROM accounts"'}),
    (sql_is_in_its_place, {"a.py": 'SAID = "Select a room from the list, or update it"\nobject.execute("BEGIN")'}),
]


def plant(root: Path, files: Mapping[str, str]) -> Tree:
    """A source tree that holds these modules of chatd."""
    for name, text in files.items():
        path = root / "chatd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read(root)


@pytest.mark.parametrize(("rule", "files", "said"), PLANTED)
def test_violation_is_caught(rule: Rule, files: dict[str, str], said: str, tmp_path: Path) -> None:
    """A planted violation is found, and named."""
    assert said in "\n".join(rule(plant(tmp_path, files)))


@pytest.mark.parametrize(("rule", "files"), ALLOWED)
def test_good_code_is_left_alone(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    """What only looks like a violation is none."""
    assert not list(rule(plant(tmp_path, files)))


def test_every_rule_has_a_violation_planted() -> None:
    """No rule is trusted unseen."""
    assert {rule for rule, _, _ in PLANTED} == set(RULES)
