"""How large modules, functions and folders may be, so that a stranger finds a rule in one sitting; that nothing in them
goes in a circle, and that nothing lies about unused.

Which way dependencies point is the import-linter's (`script/check`). What is still too crowded is listed here with how
many modules it holds; a number may only go down.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = [
    "common", "accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports", "duty", "desk", "jinshi_zf",
]  # fmt: skip
LINES, FUNCTION, VIEW, MODULES = 300, 40, 25, 15
CROWDED: dict[str, int] = {}


def modules() -> Iterator[Path]:
    for app in OURS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_no_module_is_too_long():
    long = {name(path): n for path in modules() if (n := len(path.read_text().splitlines())) > LINES}
    assert long == {}


def test_no_function_is_too_long_and_no_view_does_more_than_call():
    long = {}
    for path in modules():
        most = VIEW if "views" in (path.stem, *path.parts) else FUNCTION
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and (n := node.end_lineno - node.lineno + 1) > most:
                long[f"{name(path)}:{node.name}"] = n
    assert long == {}


def test_no_folder_holds_more_than_one_can_look_over():
    held: dict[str, int] = {}
    for path in modules():
        if path.stem != "__init__":
            held[name(path.parent)] = held.get(name(path.parent), 0) + 1
    crowded = {folder: n for folder, n in held.items() if n > MODULES}
    assert crowded == CROWDED


def test_no_module_imports_itself_by_way_of_others():
    """Whatever the import stands under: the top of the module, a function, TYPE_CHECKING."""
    paths = {dotted(path): path for path in modules()}
    graph = {one: set(imports_of(path, paths)) - {one} for one, path in paths.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' ← '.join(error.args[1])}")


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (one if one in known else node.module for one in inside)


def test_no_name_is_dead():
    """Every function, class and constant at the top of a module is used somewhere else than in its own definition and
    in tests. What a decorator hands over is used, and what Django, Celery and gunicorn read by its name."""
    trees = {path: tree_of(path) for path in modules()}
    used = set(WORD.findall(" ".join(path.read_text() for path in (ROOT / "templates").rglob("*.*"))))
    migrations = (path for app in OURS for path in (ROOT / app / "migrations").glob("*.py"))
    for path in [*trees, *migrations, *(ROOT / "script").glob("*.py")]:
        used |= set(names_from_elsewhere(tree_of(path), path))
    dead = {
        f"{name(path)}:{one}"
        for path, tree in trees.items() if path.name not in READ_BY_NAME and path.parent.name != "commands"
        for node in tree.body for one in defined(node)
        if one not in used and not one.startswith("__") and not is_used_beside(tree, node, one)
    }  # fmt: skip
    assert dead == set()


WORD = re.compile(r"[A-Za-z_]\w*")
READ_BY_NAME = {"settings.py", "settings_test.py", "urls.py", "web.py", "formats.py", "apps.py"}
HANDS_OVER_NOTHING = {"dataclass", "contextmanager", "cache", "lru_cache", "transaction.atomic"}


def defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        if all(ast.unparse(one).partition("(")[0] in HANDS_OVER_NOTHING for one in node.decorator_list):
            yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def names_from_elsewhere(tree: ast.Module, path: Path) -> Iterator[str]:
    """What a module imports to use it (a package that only hands it on doesn't), asks of a module, or has in a text."""
    holders = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    told = {id(first) for node in holders for first in node.body[:1]}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and id(node) in told]
    texts += [node for node in tree.body if isinstance(node, ast.Assign) and "__all__" in defined(node)]
    passed = {id(inner) for node in texts for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and path.name != "__init__.py":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield from WORD.findall(node.value)


def is_used_beside(tree: ast.Module, definition: ast.stmt, one: str) -> bool:
    """Whether the rest of the module uses it."""
    rest = (node for part in tree.body if part is not definition for node in ast.walk(part))
    return any(isinstance(node, ast.Name) and node.id == one and isinstance(node.ctx, ast.Load) for node in rest)


@pytest.mark.parametrize("app", ["reports", "desk"])
def test_no_two_folders_import_each_other(app):
    """Modules of one folder may; folders, which are rooms, may not, at any depth below the app."""
    imported = {(name(path.parent), room) for path in modules() if path.parts[len(ROOT.parts)] == app
                for room in rooms_imported(path, app)}  # fmt: skip
    both = {pair for pair in imported if (pair[1], pair[0]) in imported and pair[0] != pair[1]}
    assert {frozenset(pair) for pair in both if not is_within(*pair)} == set()


def is_within(one: str, other: str) -> bool:
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def rooms_imported(path: Path, app: str) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == app:
            target = ROOT.joinpath(*node.module.split("."))
            yield name(target if target.is_dir() else target.parent)
