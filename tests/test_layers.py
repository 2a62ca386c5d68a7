"""The house's plan holds: who may import whom, who may use which library, and how long things get."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import corridor_sim

PACKAGE = Path(corridor_sim.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# A module imports only from smaller rows; `a < b` in one row: b may import a.
ROWS = (
    "errors units outage_plan start_plan pool_plan origins",
    "plan scenario < records streams single_track",
    "loading network < demand < weather outages < build < choice",
    "engine",
    "facts statistics < study < metrics < bottlenecks < assumptions explain < summary impact",
    "store executors",
    "warm_up settle < experiment < cases < disturbed credibility sensitivity < calibrate",
    "figures < dashboard",
    "cli",
)
RANK = {
    module: (row, step)
    for row, line in enumerate(ROWS)
    for step, group in enumerate(line.split("<"))
    for module in group.split()
}
NEVER_THE_ENGINE = {4, 5, 7}  # stored results can be drawn without a run
ONLY_HERE = {
    "simpy": {"engine"},
    "pydantic": {"scenario", "loading"},
    "ruamel": {"loading"},
    "networkx": {"network", "engine"},  # itineraries; the audit's minimum cut
    "scipy": {"statistics", "streams", "calibrate"},
    "pyarrow": {"store"},
    "SALib": {"sensitivity"},
    "dask": {"executors"},
    "distributed": {"executors"},
    "matplotlib": {"figures"},
    "jinja2": {"dashboard", "loading"},
    "typer": {"cli"},
    "rich": {"cli"},
}


def name_of(file: Path) -> str:
    """Return the dotted name of a file below the package, without the package: `engine.rail`, or `` for its root."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def top_of(module: str) -> str:
    """Return the part of a dotted name that stands in the table of rows."""
    return module.partition(".")[0]


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path, running: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Yield (module, names) for every import statement of a file; running: leave out those for type checkers only."""
    package = ["corridor_sim", *name_of(file).split(".")] if name_of(file) else ["corridor_sim"]
    if file.name != "__init__.py":
        package.pop()
    typing_only = {
        inner
        for node in ast.walk(tree_of(file))
        if running and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree_of(file)):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            yield ".".join([*above, *filter(None, [node.module])]), [alias.name for alias in node.names]


def own_imports(file: Path, running: bool = False) -> set[str]:
    """Return the modules of this package that a file imports, as dotted names without the package."""
    found = set()
    for module, names in imports(file, running):
        if module == "corridor_sim":
            found.update(names)
        elif module.startswith("corridor_sim."):
            inside = module.removeprefix("corridor_sim.")
            found.update(f"{inside}.{name}" if is_module(f"{inside}.{name}") else inside for name in names or [""])
    return found - {"__version__"}


def is_module(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


MODULES = [file for file in FILES if top_of(name_of(file)) not in ("", "__main__")]


def test_every_module_has_a_row() -> None:
    assert {top_of(name_of(file)) for file in MODULES} <= set(RANK)


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_a_module_imports_only_from_smaller_rows(file: Path) -> None:
    me = top_of(name_of(file))
    others = {top_of(other) for other in own_imports(file)} - {me}
    assert [other for other in sorted(others) if RANK[other] >= RANK[me]] == []


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_stored_results_need_no_engine(file: Path) -> None:
    if RANK[top_of(name_of(file))][0] in NEVER_THE_ENGINE:
        assert "engine" not in {top_of(other) for other in own_imports(file)}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_library_is_used_only_in_its_row(file: Path) -> None:
    me = top_of(name_of(file))
    used = {top_of(module) for module, _ in imports(file)}
    assert [library for library in sorted(used & set(ONLY_HERE)) if me not in ONLY_HERE[library]] == []


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_names_are_imported_never_the_package_itself(file: Path) -> None:
    assert not any(module == "corridor_sim" and not names for module, names in imports(file))


def test_no_import_goes_round_in_a_circle() -> None:
    graph = {name_of(file): own_imports(file, running=True) - {name_of(file)} for file in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(MODULES)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_files_and_functions_stay_short(file: Path) -> None:
    functions = (n for n in ast.walk(tree_of(file)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
    assert long == []
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_the_commands_print_or_exit() -> None:
    loud = [
        f"{name_of(file)}:{node.lineno}"
        for file in FILES
        if top_of(name_of(file)) not in ("cli", "__main__")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "exit", "sys.exit", "os._exit"}
    ]
    assert loud == []


def test_the_gate_sees_an_import_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "errors.py").write_text("def late():\n    from corridor_sim.engine import simulate\n    return simulate\n")
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    assert RANK[top_of(next(iter(own_imports(tmp_path / "errors.py"))))] > RANK["errors"]
