"""How large modules, functions and folders may be, so that a stranger finds a rule in one sitting.

Which way dependencies point is the import-linter's (`script/check`). What is still too crowded is listed here with how
many modules it holds; a number may only go down.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ["common", "accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports", "desk", "jinshi_zf"]
LINES, FUNCTION, VIEW, MODULES = 300, 40, 25, 15
CROWDED = {
    "accounts": 22,
    "common": 31,
    "ledger/forms": 21,
    "ledger/models": 20,
    "ledger/selectors": 16,
    "ledger/views": 17,
}


def modules() -> Iterator[Path]:
    for app in OURS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_module_is_too_long():
    long = {name(path): n for path in modules() if (n := len(path.read_text().splitlines())) > LINES}
    assert long == {}


def test_no_function_is_too_long_and_no_view_does_more_than_call():
    long = {}
    for path in modules():
        most = VIEW if "views" in (path.stem, path.parent.name) else FUNCTION
        for node in ast.walk(ast.parse(path.read_text())):
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
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == app:
            target = ROOT.joinpath(*node.module.split("."))
            yield name(target if target.is_dir() else target.parent)
