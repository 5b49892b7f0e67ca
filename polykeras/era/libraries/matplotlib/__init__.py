"""Matplotlib as releases 1.4 to 2.1 had it."""

from __future__ import annotations

import functools
import importlib
import operator
from types import ModuleType
from typing import Any

from ... import views
from ...callers import from_program
from ...homes import gone, moved
from ...imports import ImportHooks
from ...patches import Patches

_OWN = __name__


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what Matplotlib lacks today."""
    moved(
        hooks,
        {
            "mpl_toolkits.axes_grid": "mpl_toolkits.axes_grid1",
            "mpl_toolkits.axes_grid.axes_grid": "mpl_toolkits.axes_grid1.axes_grid",
            "mpl_toolkits.axes_grid.inset_locator": "mpl_toolkits.axes_grid1.inset_locator",
        },
        packages=("mpl_toolkits.axes_grid",),
    )
    gone(
        hooks,
        {
            "matplotlib.finance": "use the package mplfinance, or yfinance for the prices",
            "matplotlib.delaunay": "use scipy.spatial.Delaunay or matplotlib.tri",
            "matplotlib.nxutils": "use matplotlib.path.Path(corners).contains_points(points)",
            "mpl_toolkits.basemap": "the package basemap must be installed: pip install basemap",
        },
    )
    hooks.watch("matplotlib", _supply_settings)
    hooks.watch("matplotlib.cm", _supply_colour_maps)
    hooks.watch("matplotlib.mlab", _supply_mathematics)
    hooks.watch("matplotlib.pyplot", _supply_drawing)
    hooks.watch("mpl_toolkits.mplot3d.axes3d", _supply_volumes)
    hooks.watch("mpl_toolkits.axes_grid1.axes_grid", _widen_grids)
    views.override("matplotlib", lambda module: {"use": _arguments().use(module.use)})
    views.override("matplotlib.style", lambda module: {"use": _arguments().style(module.use)})
    for name in ("matplotlib.pyplot", "pylab", "matplotlib.pylab"):
        views.override(name, _functions)


def _arguments() -> Any:
    return importlib.import_module(f"{_OWN}.arguments")


def _names() -> Any:
    return importlib.import_module(f"{_OWN}.names")


def _functions(module: Any) -> dict[str, Any]:
    """The functions of pyplot as the program's own files see them."""
    own = _arguments()
    found = {
        name: own.adapting(getattr(module, name), adapt)
        for name, adapt in own.PYPLOT.items()
        if hasattr(module, name)
    }
    found["switch_backend"] = own.use(module.switch_backend)
    return found


def _supply_settings(module: Any, patches: Patches) -> None:
    """Settings that go by another name, and those without effect; colour maps."""
    names = _names()

    def put(function: Any) -> Any:
        @functools.wraps(function)
        def __setitem__(self: Any, key: Any, value: Any) -> None:
            if key in names.SETTINGS_GONE and key not in module.rcParamsDefault:
                return
            if key == names.COLOURS:
                colours = (
                    [part.strip() for part in value.split(",")] if isinstance(value, str) else list(value)
                )
                key, value = "axes.prop_cycle", module.cycler("color", colours)
            function(self, key, value)

        return __setitem__

    def get(function: Any) -> Any:
        @functools.wraps(function)
        def __getitem__(self: Any, key: Any) -> Any:
            if key == names.COLOURS:
                return function(self, "axes.prop_cycle").by_key().get("color", [])
            return function(self, key)

        return __getitem__

    patches.widen(module.RcParams, "__setitem__", put)
    patches.widen(module.RcParams, "__getitem__", get)


def _supply_colour_maps(module: Any, patches: Patches) -> None:
    maps = module._colormaps
    for old, today in _names().COLOUR_MAPS.items():
        for end in ("", "_r"):
            name = f"{old}{end}"
            if name not in maps and f"{today}{end}" in maps:
                maps.register(maps[f"{today}{end}"], name=name)
                patches.when_undone(functools.partial(maps.unregister, name))
            patches.supply(module, name, maps[name])

    def get_cmap(name: Any = None, lut: int | None = None) -> Any:
        """A colour map by its name."""
        found = maps.get_cmap(name)
        return found if lut is None else found.resampled(lut)

    def register_cmap(name: str | None = None, cmap: Any = None, **options: Any) -> None:
        """Makes a colour map known by a name."""
        maps.register(cmap, name=name, force=True)

    patches.supply_all(module, {"get_cmap": get_cmap, "register_cmap": register_cmap, "cmap_d": maps})


def _supply_mathematics(module: ModuleType, patches: Patches) -> None:
    patches.supply_all(module, _names().MLAB)


def _supply_drawing(module: Any, patches: Patches) -> None:
    """Supplies methods of axes, figures and canvases, and functions of pyplot."""
    names, own = _names(), _arguments()
    figure = importlib.import_module("matplotlib.figure")
    axes = importlib.import_module("matplotlib.axes").Axes
    bases = importlib.import_module("matplotlib.backend_bases")
    agg = importlib.import_module("matplotlib.backends.backend_agg")
    patches.supply_all(axes, names.AXES)
    patches.supply(bases.FigureCanvasBase, "set_window_title", names.set_window_title)
    patches.supply(agg.FigureCanvasAgg, "tostring_rgb", names.tostring_rgb)
    for name, adapt in own.DRAWING.items():
        patches.widen(axes, name, functools.partial(own.adapting, adapt=adapt, method=True))
    for name, adapt in own.FIGURE.items():
        patches.widen(figure.Figure, name, functools.partial(own.adapting, adapt=adapt, method=True))
    patches.widen(figure.Figure, "gca", _gca)
    patches.supply_all(
        module,
        {
            "hold": lambda b=None: names.hold(None, b),
            "ishold": names.ishold,
            "plot_date": lambda *args, **kwargs: module.gca().plot_date(*args, **kwargs),
            "spectral": lambda: module.set_cmap("spectral"),
        },
    )


def _gca(function: Any) -> Any:
    @functools.wraps(function)
    def gca(self: Any, **options: Any) -> Any:
        return self.add_subplot(**options) if options else function(self)

    return gca


def _supply_volumes(module: Any, patches: Patches) -> None:
    """``Axes3D(figure)`` put itself into the figure."""

    def wrap(function: Any) -> Any:
        @functools.wraps(function)
        def __init__(self: Any, fig: Any, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("auto_add_to_figure", None)
            function(self, fig, *args, **kwargs)
            if from_program():
                fig.add_axes(self)

        return __init__

    patches.widen(module.Axes3D, "__init__", wrap)
    for axis in ("xaxis", "yaxis", "zaxis"):
        patches.supply(module.Axes3D, f"w_{axis}", property(operator.attrgetter(axis)))


def _widen_grids(module: Any, patches: Patches) -> None:
    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        kwargs.pop("add_all", None)

    patches.widen(
        module.ImageGrid, "__init__", functools.partial(_arguments().adapting, adapt=adapt, method=True)
    )
