"""Writes ``polykeras/backend/__init__.pyi``: the façade ``K`` as type checkers and editors see it.

The names of ``K`` are bound when an engine is loaded; this lists them from the abstract interface, with their
signatures and docstrings. Run it after a change of the interface::

    python tools/make_backend_stub.py
"""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
THEMES = ("variables", "math", "shape", "conv", "nn", "random", "control", "recurrent", "ctc", "graph")
TARGET = ROOT / "polykeras" / "backend" / "__init__.pyi"

HEADER = '''\
"""The façade `K`. Made by tools/make_backend_stub.py from the abstract interface: do not edit."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..backends.interface import Backend
from ..backends.interface import Function as Function
from ..backends.interface.conv import Sizes
from ..backends.interface.math import Axis
from ..backends.interface.recurrent import Body
from ..config import cast_to_floatx as cast_to_floatx
from ..config import epsilon as epsilon
from ..config import floatx as floatx
from ..config import image_dim_ordering as image_dim_ordering
from ..config import legacy_weight_ordering as legacy_weight_ordering
from ..config import set_epsilon as set_epsilon
from ..config import set_floatx as set_floatx
from ..config import set_image_dim_ordering as set_image_dim_ordering
from ..config import set_legacy_weight_ordering as set_legacy_weight_ordering
from .binding import py_all as py_all

_BACKEND: str

def use(name: str, source: str = ...) -> Backend: ...
def adapter() -> Backend: ...
def backend() -> str: ...
'''


def stubs(theme: str) -> list[str]:
    """A stub for each public method of a theme's class."""
    path = ROOT / "backends" / "interface" / f"{theme}.py"
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for method in node.body:
            if not isinstance(method, ast.FunctionDef) or method.name.startswith("_"):
                continue
            documentation = ast.get_docstring(method)
            method.args.args = method.args.args[1:]
            method.decorator_list = []
            method.body = [ast.Expr(ast.Constant(...))]
            text = ast.unparse(method)
            if documentation:
                first = textwrap.shorten(documentation.split("\n\n")[0], 96, placeholder=" ...")
                text = text.replace("\n    ...", f'\n    """{first}"""')
            found.append(text)
    return found


def stub() -> str:
    """The whole stub file."""
    parts = [HEADER]
    for theme in THEMES:
        parts.append(f"# {theme}\n" + "\n".join(stubs(theme)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(stub(), encoding="utf-8")
