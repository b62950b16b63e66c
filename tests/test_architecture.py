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
    "_thread asyncio builtins concurrent ctypes curses dbm fcntl fileinput ftplib gc getpass glob http imaplib importlib"
    " io locale logging mmap multiprocessing os pathlib pickle platform poplib pty pwd queue random readline resource"
    " sched secrets select selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys syslog"
    " tempfile termios threading time tkinter tty urllib uuid webbrowser xmlrpc".split()
)
CLOCKS = {"now", "utcnow", "today"}

REACTOR = "twisted.internet.reactor"
MAY_IMPORT_THE_REACTOR = {"chatd.tap", "chatd.run", "chatd.client.main"}

BANNED_WORDS = set("handler processor engine manager component util helper common misc base".split())
LONGEST_MODULE = 400
LARGEST_PACKAGE = 10
# A package that may be larger: how large, and why.
LARGER_PACKAGES = {
    "chatd": (14, "the seven layers are packages here, beside the entry points that introduce them to one another"),
    "chatd.core": (14, "the core's vocabulary is one word per module"),
}

MAY_SPEAK_SQL = {"chatd.store.queries", "chatd.store.schema"}
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
        return (self.name.split(".") + [""])[1]


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
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS and ast.unparse(node.value).endswith("date", 0, 4):
                yield f"{module.name}:{node.lineno} asks a clock: {ast.unparse(node)}"


def the_reactor_is_an_argument(tree: Tree) -> Iterator[str]:
    """Only the entry points import the reactor."""
    for module in tree.values():
        if module.name not in MAY_IMPORT_THE_REACTOR and any(_is_in(each.target, (REACTOR,)) for each in module.imports):
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
    """An C{__init__.py} is a docstring and imports."""
    for module in tree.values():
        if module.path.name == "__init__.py":
            for node in module.tree.body:
                if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_text(node):
                    yield f"{module.name}: logic in __init__.py, line {node.lineno}"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


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
    parts: dict[str, set[str]] = {}
    for module in tree.values():
        name = module.name
        while "." in name:
            package = name.rpartition(".")[0]
            parts.setdefault(package, set()).add(name)
            name = package
    for package, inside in parts.items():
        most, _why = LARGER_PACKAGES.get(package, (LARGEST_PACKAGE, ""))
        if len(inside) > most:
            yield f"{package} has {len(inside)} modules: more than {most}"


def sql_is_in_its_place(tree: Tree) -> Iterator[str]:
    """Every SQL statement is where all the others are."""
    for module in tree.values():
        if module.name not in MAY_SPEAK_SQL:
            lines = {node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.expr) and _is_sql(node)}
            yield from (f"{module.name}:{line} speaks SQL" for line in sorted(lines))


def _is_sql(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and STATEMENT.match(node.value) is not None
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EXECUTES):
        return False
    return any(VERB.match(ast.unparse(argument).lstrip("fr'\"\\n")) for argument in node.args[:1] if _is_literal(argument))


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
    assert not list(rule(read(ROOT)))
