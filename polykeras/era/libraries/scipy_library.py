"""SciPy: names that it has lost, homes of its functions that are gone, and what has changed its ways.

The names are in `scipy_names`, the views for the program's own files in `scipy_views`.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from .. import views
from ..imports import ImportHooks
from ..patches import Patches

_NAMES = (
    "scipy",
    "scipy.constants",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.misc",
    "scipy.ndimage",
    "scipy.signal",
    "scipy.signal.windows",
    "scipy.sparse",
    "scipy.sparse.linalg.dsolve",
    "scipy.sparse.linalg.eigen",
    "scipy.sparse.linalg.isolve",
    "scipy.spatial.distance",
    "scipy.special",
    "scipy.stats",
    "scipy.stats.mstats",
)
_VIEWS = (
    "scipy",
    "scipy.fft",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.signal",
    "scipy.sparse",
    "scipy.sparse.linalg",
    "scipy.stats",
)
# Package -> its modules which were homes of functions; today the package itself has these.
_HOMES: dict[str, tuple[str, ...]] = {
    "scipy.constants": ("codata", "constants"),
    "scipy.fftpack": ("basic", "helper", "pseudo_diffs", "realtransforms"),
    "scipy.integrate": ("odepack", "quadpack", "quadrature"),
    "scipy.interpolate": ("fitpack", "fitpack2", "interpolate", "ndgriddata", "polyint", "rbf"),
    "scipy.io": ("mmio", "netcdf"),
    "scipy.io.matlab": ("byteordercodes", "mio", "mio4", "mio5", "miobase", "streams"),
    "scipy.linalg": (
        *("basic", "decomp", "decomp_cholesky", "decomp_lu", "decomp_qr", "decomp_schur", "decomp_svd"),
        *("matfuncs", "misc", "special_matrices"),
    ),
    "scipy.misc": ("common", "pilutil"),
    "scipy.ndimage": ("filters", "fourier", "interpolation", "io", "measurements", "morphology"),
    "scipy.optimize": (
        *("cobyla", "lbfgsb", "linesearch", "minpack", "nnls", "nonlin", "optimize", "slsqp", "tnc"),
        "zeros",
    ),
    "scipy.signal": (
        *("bsplines", "filter_design", "fir_filter_design", "lti_conversion", "ltisys", "signaltools"),
        *("spectral", "waveforms", "wavelets"),
    ),
    "scipy.sparse": (
        *("base", "bsr", "compressed", "construct", "coo", "csc", "csr", "data", "dia", "dok", "extract"),
        *("lil", "sputils"),
    ),
    "scipy.sparse.linalg": ("dsolve", "eigen", "interface", "isolve", "matfuncs"),
    "scipy.sparse.linalg.dsolve": ("linsolve",),
    "scipy.sparse.linalg.eigen": ("arpack", "lobpcg"),
    "scipy.sparse.linalg.isolve": ("iterative", "lgmres", "lsmr", "lsqr", "minres"),
    "scipy.spatial": ("ckdtree", "kdtree", "qhull"),
    "scipy.special": ("basic", "orthogonal", "spfun_stats"),
    "scipy.stats": (
        *("contingency", "distributions", "kde", "morestats", "mstats_basic", "mstats_extras", "stats"),
        "vonmises",
    ),
}
_OF_HOME = {f"{package}.{module}": package for package, modules in _HOMES.items() for module in modules}
_PACKAGES = ("scipy.misc", *(home for home in _OF_HOME if home in _HOMES))


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what to supply when SciPy is imported."""
    for name in _NAMES:
        hooks.watch(name, _supply)
    for name in _OF_HOME:
        hooks.provide(name, _home, package=name in _PACKAGES)
        views.override(name, _direct)
    for name in ("scipy.misc", "scipy.misc.doccer", "scipy.weave"):
        hooks.provide(name, _made, package=name in _PACKAGES)
    for name in _VIEWS:
        views.override(name, _override)


def _supply(module: ModuleType, patches: Patches) -> None:
    if module.__name__ in _PACKAGES:
        patches.supply(module, "__path__", [])  # it was a package, and programs import its modules
    names: dict[str, Any] = importlib.import_module(f"{__package__}.scipy_names").names(module)
    patches.supply_all(module, names)
    if module.__name__ == "scipy.sparse":
        whole, turned = (lambda self: self.toarray()), (lambda self: self.conj().T)
        patches.supply_all(vars(module)["spmatrix"], {"A": property(whole), "H": property(turned)})


def _home(name: str) -> ModuleType:
    made: ModuleType = importlib.import_module(f"{__package__}.stand_ins").StandIn(name, (_package_of(name),))
    if name in _PACKAGES:
        vars(made)["__path__"] = []
    return made


def _package_of(name: str) -> str:
    """The package that has the names of a home today."""
    while name in _OF_HOME:
        name = _OF_HOME[name]
    return name


def _made(name: str) -> ModuleType:
    made: ModuleType = importlib.import_module(f"{__package__}.scipy_names").module(name)
    return made


def _direct(module: ModuleType) -> dict[str, Any]:
    """The names of a home that is there still, from its package, without a warning of each."""
    package = views.view_of(importlib.import_module(_package_of(module.__name__)))
    names = [name for name in getattr(module, "__all__", ()) if not name.startswith("_")]
    return {name: getattr(package, name) for name in names if hasattr(package, name)}


def _override(module: ModuleType) -> dict[str, Any]:
    made: dict[str, Any] = importlib.import_module(f"{__package__}.scipy_views").override(module)
    return made
