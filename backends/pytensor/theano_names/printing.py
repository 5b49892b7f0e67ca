"""`theano.printing`: functions of ours are shown by their graphs."""

from __future__ import annotations

from typing import Any

from pytensor import printing

from .function import Function


def _shown(obj: Any) -> Any:
    return obj.maker.fgraph if isinstance(obj, Function) else obj


def debugprint(obj: Any, depth: int = -1, print_type: bool = False, file: Any = None, **options: Any) -> Any:
    """Prints an expression, or what a function computes, as a tree."""
    kept = {name: options[name] for name in ("ids", "stop_on_name", "done") if name in options}
    shown = [_shown(each) for each in obj] if isinstance(obj, (list, tuple)) else _shown(obj)
    return printing.debugprint(shown, depth=depth, print_type=print_type, file=file, **kept)


def pp(obj: Any) -> str:
    """An expression as a line of text."""
    shown = _shown(obj)
    shown = shown.outputs[0] if hasattr(shown, "outputs") else shown
    return str(printing.pp(shown))


def pydotprint(fct: Any, outfile: Any = None, **options: Any) -> Any:
    """Draws what a function computes; it needs pydot."""
    return printing.pydotprint(_shown(fct), outfile=outfile, **options)


class Print(printing.Print):
    """Prints a tensor's value as it is computed: ``Print('message')(x)``."""

    def __init__(self, message: str = "", attrs: Any = ("__str__",), global_fn: Any = None) -> None:
        options = {} if global_fn is None else {"global_fn": global_fn}
        super().__init__(message, tuple(attrs), **options)


NAMES: dict[str, Any] = {
    "debugprint": debugprint,
    "dprint": debugprint,
    "pp": pp,
    "pydotprint": pydotprint,
    "Print": Print,
}
