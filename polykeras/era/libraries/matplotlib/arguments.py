"""How Matplotlib's functions were called in releases 1.4 to 2.1."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from ...callers import from_program

Arguments = tuple[list[Any], dict[str, Any]]
Adapter = Callable[[list[Any], dict[str, Any]], None]

_SWITCHES = {"on": True, "off": False}


def _renamed(**names: str) -> Adapter:
    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        for old, today in names.items():
            if old in kwargs and today not in kwargs:
                kwargs[today] = kwargs.pop(old)

    return adapt


def _dropped(*names: str) -> Adapter:
    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        for name in names:
            kwargs.pop(name, None)

    return adapt


def _named(*names: str) -> Adapter:
    """Positional arguments by their names, those at the places of None aside."""

    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        for place in range(len(args) - 1, -1, -1):
            if place < len(names) and names[place]:
                kwargs[names[place]] = args.pop()

    return adapt


def _switches(args: list[Any], kwargs: dict[str, Any]) -> None:
    for name, value in kwargs.items():
        if isinstance(value, str) and value in _SWITCHES and name not in ("axis", "which"):
            kwargs[name] = _SWITCHES[value]
    args[:] = [_SWITCHES.get(value, value) if isinstance(value, str) else value for value in args]


def _no_colour(args: list[Any], kwargs: dict[str, Any]) -> None:
    for name in ("edgecolor", "edgecolors", "facecolors"):
        if isinstance(kwargs.get(name), str) and kwargs[name] == "":
            kwargs[name] = "none"


def _bars(place: str, axis: str) -> Adapter:
    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        if not args and place in kwargs and axis not in kwargs:
            kwargs[axis] = kwargs.pop(place)
        _no_colour(args, kwargs)

    return adapt


def _scale(args: list[Any], kwargs: dict[str, Any]) -> None:
    names = {
        "base": "base",
        "nonpos": "nonpositive",
        "subs": "subs",
        "linthresh": "linthresh",
        "linscale": "linscale",
    }
    for old, today in names.items():
        for axis in "xy":
            if f"{old}{axis}" in kwargs:
                kwargs[today] = kwargs.pop(f"{old}{axis}")


def _saving(args: list[Any], kwargs: dict[str, Any]) -> None:
    kwargs.pop("papertype", None)
    if kwargs.pop("frameon", True) is False:
        kwargs["facecolor"] = "none"
    options = {name: kwargs.pop(name) for name in ("quality", "optimize", "progressive") if name in kwargs}
    if options:
        kwargs["pil_kwargs"] = {**options, **kwargs.get("pil_kwargs", {})}


def _aspect(args: list[Any], kwargs: dict[str, Any]) -> None:
    if kwargs.get("adjustable") == "box-forced":
        kwargs["adjustable"] = "box"


def _place(args: list[Any], kwargs: dict[str, Any]) -> None:
    """Numbers of a subplot that are texts or floats."""
    if len(args) == 1 and isinstance(args[0], str) and args[0].isdigit():
        args[0] = int(args[0])
    args[:] = [int(value) if isinstance(value, float) and value == int(value) else value for value in args]
    _renamed(axisbg="facecolor")(args, kwargs)


def _both(*adapters: Adapter) -> Adapter:
    def adapt(args: list[Any], kwargs: dict[str, Any]) -> None:
        for one in adapters:
            one(args, kwargs)

    return adapt


_HOLD = _dropped("hold")
_DENSITY = _both(_HOLD, _renamed(normed="density"))
_HISTOGRAM = _both(_DENSITY, _named("", "bins", "range", "density", "weights"))

# Methods of axes, and functions of pyplot by the same names.
DRAWING: dict[str, Adapter] = {
    **dict.fromkeys(
        ("axhline", "axvline", "contour", "contourf", "errorbar", "fill", "fill_between", "loglog", "pcolor"),
        _HOLD,
    ),
    **dict.fromkeys(("pcolormesh", "quiver", "step", "pie", "specgram"), _HOLD),
    "annotate": _renamed(s="text"),
    "bar": _both(_HOLD, _bars("left", "x")),
    "barh": _both(_HOLD, _bars("bottom", "y")),
    "boxplot": _both(_HOLD, _renamed(labels="tick_labels")),
    "grid": _both(_renamed(b="visible"), _switches),
    "hist": _HISTOGRAM,
    "hist2d": _DENSITY,
    "imshow": _dropped("hold", "shape", "imlim"),
    "plot": _dropped("hold", "axes"),
    "scatter": _both(_HOLD, _no_colour),
    "semilogx": _both(_HOLD, _scale),
    "semilogy": _both(_HOLD, _scale),
    "set_aspect": _aspect,
    "set_xscale": _scale,
    "set_yscale": _scale,
    "stem": _dropped("hold", "use_line_collection"),
    "tick_params": _switches,
    "set_title": _renamed(s="label"),
    "set_xlabel": _renamed(s="xlabel"),
    "set_ylabel": _renamed(s="ylabel"),
}
FIGURE: dict[str, Adapter] = {
    "add_axes": _renamed(axisbg="facecolor"),
    "add_subplot": _place,
    "savefig": _saving,
    "subplots": _named("", "", "sharex", "sharey", "squeeze"),
    "tight_layout": _named("pad", "h_pad", "w_pad", "rect"),
}
PYPLOT: dict[str, Adapter] = {
    **DRAWING,
    **FIGURE,
    "axes": _renamed(axisbg="facecolor"),
    "subplot": _place,
    "title": _renamed(s="label"),
    "xlabel": _renamed(s="xlabel"),
    "ylabel": _renamed(s="ylabel"),
    "xscale": _scale,
    "yscale": _scale,
    "xticks": _named("", "", "rotation"),
    "yticks": _named("", "", "rotation"),
}


def adapting(function: Any, adapt: Adapter, method: bool = False) -> Any:
    """A function that the program's own files may call as then.

    Args:
        function: today's.
        adapt: changes the list of positional and the dictionary of keyword arguments.
        method: whether the first argument is ``self``.
    """
    own = 1 if method else 0

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not from_program():
            return function(*args, **kwargs)
        values = list(args[own:])
        adapt(values, kwargs)
        return function(*args[:own], *values, **kwargs)

    return call


def use(function: Any) -> Any:
    """`matplotlib.use`, which told of windows that cannot be opened no sooner than one was drawn."""

    @functools.wraps(function)
    def choose(backend: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("warn", None)
        try:
            return function(backend, *args, **kwargs)
        except ImportError as error:
            from ...callers import warn_once

            warn_once(f"figures are drawn without a window: {error}")
            return function("Agg")

    return choose


def style(function: Any) -> Any:
    """`matplotlib.style.use`, with the names of the styles of seaborn."""

    def today(name: Any) -> Any:
        if isinstance(name, (list, tuple)):
            return [today(one) for one in name]
        available = importlib.import_module("matplotlib.style").available
        if isinstance(name, str) and name.startswith("seaborn") and name not in available:
            return name.replace("seaborn", "seaborn-v0_8", 1)
        return name

    @functools.wraps(function)
    def apply(name: Any) -> Any:
        return function(today(name))

    return apply
