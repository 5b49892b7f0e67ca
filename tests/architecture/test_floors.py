"""Imports go down only, engines stay in their adapters, setup.cfg names the packages that are on disk."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each floor may import from the floors above it in this list (which lie below it in the building) and, if
# marked "peers", from its own.
FLOORS: list[tuple[str, ...]] = [
    ("polykeras.errors",),
    ("polykeras.hdf5",),
    ("polykeras.config",),
    ("polykeras.backends.interface",),
    ("polykeras.backends.engines",),
    ("polykeras.backends.registry",),
    ("polykeras.backends.tensorflow", "polykeras.backends.pytensor"),
    ("polykeras.backend",),
    ("polykeras.utils",),
    ("polykeras.activations", "polykeras.initializations", "polykeras.regularizers", "polykeras.constraints"),
    ("polykeras.objectives",),
    ("polykeras.metrics",),
    ("polykeras.optimizers",),
    ("polykeras.callbacks",),
    ("polykeras.engine",),
    ("polykeras.layers",),
    ("polykeras.sequential_training",),
    ("polykeras.sequential",),
    ("polykeras.saving",),
    ("polykeras.loading",),
    ("polykeras.models",),
    ("polykeras.applications",),
    ("polykeras.era",),
    ("polykeras.star_names",),
    ("polykeras.datasets", "polykeras.preprocessing", "polykeras.testing", "polykeras.alias"),
    ("polykeras.wrappers", "polykeras.utils.test_utils", "polykeras.utils.visualize_util"),
    ("polykeras.doctor",),
    ("polykeras.cli",),
    ("polykeras.__main__",),
]
FLOOR_OF = {unit: level for level, units in enumerate(FLOORS) for unit in units}
# Doors that hold no code of their own: a package's __init__ which loads its parts when they are touched.
DOORS = {"polykeras", "polykeras.backends"}
ENGINES = {"tensorflow": "polykeras.backends.tensorflow", "pytensor": "polykeras.backends.pytensor"}


def modules() -> dict[str, Path]:
    """Every module of the package, by its installed name."""
    found = {}
    for folder, package in ((ROOT / "polykeras", "polykeras"), (ROOT / "backends", "polykeras.backends")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join((package, *parts))
            found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imported(module: str, path: Path) -> Iterator[tuple[str, int]]:
    """The absolute names that a module imports, anywhere in its code, with line numbers."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, node.module] if node.module else parent)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield (full if full in MODULES else base), node.lineno


def unit(name: str) -> str | None:
    """The entry of `FLOORS` that a module belongs to."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        candidate = ".".join(parts[:length])
        if candidate in FLOOR_OF:
            return candidate
    return None


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_floor(module: str) -> None:
    assert module in DOORS or unit(module) is not None, f"{module} is on no floor: add it to FLOORS"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_only(module: str) -> None:
    own = unit(module)
    if own is None:
        return
    breaches = []
    for name, line in imported(module, MODULES[module]):
        other = unit(name)
        if other is None or other == own:
            continue
        if FLOOR_OF[other] >= FLOOR_OF[own]:
            breaches.append(f"line {line}: {own} imports {name}, which does not lie below it")
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("module", MODULES)
def test_engines_are_imported_by_their_adapters_only(module: str) -> None:
    for name, line in imported(module, MODULES[module]):
        home = ENGINES.get(name.split(".")[0])
        if home is not None:
            assert module.startswith(home), f"{module}, line {line}, imports {name}; only {home} may"


@pytest.mark.parametrize(
    "module",
    [name for name in MODULES if (FLOOR_OF.get(unit(name) or "", 0)) > FLOOR_OF["polykeras.backend"]],
)
def test_nothing_above_k_asks_for_the_engine(module: str) -> None:
    """No comparison with a backend's name above K; the doctor and the command line only report it."""
    if module in ("polykeras.doctor", "polykeras.cli", "polykeras.alias") or module.startswith(
        "polykeras.testing"
    ):
        return
    names = {"tensorflow", "theano", "pytensor"}
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            for part in ast.walk(node):
                assert not (isinstance(part, ast.Constant) and part.value in names), (
                    f"{module}, line {node.lineno}, branches on an engine's name"
                )


def test_no_import_cycles() -> None:
    graph = {
        module: {
            name
            for name, _ in imported(module, path)
            if name in MODULES and name != module and name not in DOORS
        }
        for module, path in MODULES.items()
        if module not in DOORS
    }
    # A module of a package counts as depending on the package's __init__ only where it imports it by name.
    state: dict[str, int] = {}

    def visit(module: str, trail: list[str]) -> None:
        state[module] = 1
        for other in sorted(graph.get(module, ())):
            if state.get(other) == 1:
                start = trail.index(other) if other in trail else 0
                raise AssertionError("import cycle: " + " -> ".join([*trail[start:], other]))
            if other not in state:
                visit(other, [*trail, other])
        state[module] = 2

    for module in sorted(graph):
        if module not in state:
            visit(module, [module])


def test_setup_cfg_lists_the_packages_on_disk() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = {line.strip() for line in parser["options"]["packages"].splitlines() if line.strip()}
    on_disk = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    assert listed == on_disk


@pytest.mark.parametrize("module", MODULES)
def test_no_star_imports(module: str) -> None:
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert all(alias.name != "*" for alias in node.names), f"{module}, line {node.lineno}: import *"


@pytest.mark.parametrize("module", MODULES)
def test_files_stay_small(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= 600, f"{module} has {lines} lines: it wants a second room"
