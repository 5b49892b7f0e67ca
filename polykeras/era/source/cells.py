"""IPython's cells as files of the program: what ``%load_ext polykeras`` adds to a running IPython."""

from __future__ import annotations

import ast
import os
from types import ModuleType
from typing import Any

from . import loader
from .meaning import Rewriter, Rewriter2
from .names import builtins_for
from .syntax import lines_of
from .translate import Parsed, parsed

_LOCATION = "<cell>"
# Set to 1 in the environment of a kernel whose notebook is known to be in Python 2.
PYTHON_2_VARIABLE = "POLYKERAS_NOTEBOOK_PYTHON_2"


class Cells:
    """Translates the cells of an IPython.

    A notebook is in one Python: from the first cell on that shows a sign of Python 2 all are in it, but for
    those that only Python 3 can read. What ``from __future__`` brings holds for the cells that follow.
    """

    def __init__(self, shell: Any, python_2: bool = False) -> None:
        self.shell = shell
        self.python_2 = False
        self.features: frozenset[str] = frozenset()
        self.floats: frozenset[str] = frozenset()
        self.nones: frozenset[str] = frozenset()
        self.builtins: ModuleType = builtins_for(False)
        self.usual = shell.user_ns.get("__builtins__")
        self.pending: Parsed | None = None
        self._learn(python_2, frozenset())

    def load(self) -> None:
        """Puts the translators in their places."""
        self.shell.input_transformers_post.append(self.transform)
        self.shell.ast_transformers.append(self)
        self.shell.user_ns["__builtins__"] = self.builtins
        loader.install(os.getcwd(), self.python_2)

    def unload(self) -> None:
        """Takes them away; cells mean what they do today again."""
        for entries, own in (
            (self.shell.input_transformers_post, self.transform),
            (self.shell.ast_transformers, self),
        ):
            if own in entries:
                entries.remove(own)
        if self.usual is None:
            self.shell.user_ns.pop("__builtins__", None)
        else:
            self.shell.user_ns["__builtins__"] = self.usual

    def _learn(self, python_2: bool, features: frozenset[str]) -> None:
        """Notes which Python the notebook is in."""
        if features <= self.features and self.python_2 >= python_2:
            return
        self.features |= features
        self.python_2 = self.python_2 or python_2
        if self.python_2:
            vars(self.builtins).update(vars(builtins_for(True, self.features)))
            loader.install(os.getcwd(), True)
            if "print_function" in self.features:
                vars(self.builtins)["print"] = print

    def transform(self, lines: list[str]) -> list[str]:
        """The lines of a cell, in the syntax of Python 3; a cell in neither is left to IPython."""
        text = "".join(lines)
        try:
            found = parsed(text, _LOCATION, python_2=self.python_2, features=self.features)
        except SyntaxError:
            return lines
        self._learn(found.python_2, found.features)
        self.pending = found
        return lines_of(found.text)

    def visit(self, tree: ast.Module) -> ast.AST:
        """The tree of a cell, changed so that it means what it did."""
        found, self.pending = self.pending, None
        python_2 = self.python_2 if found is None else found.python_2
        rewriter = Rewriter2(tree, self.features) if python_2 else Rewriter(tree)
        rewriter.bound |= {name for name in self.shell.user_ns if not name.startswith("_")}
        self.floats |= rewriter.floats
        rewriter.floats = self.floats
        if isinstance(rewriter, Rewriter2):
            self.nones |= rewriter.nones
            rewriter.nones = self.nones
        return ast.fix_missing_locations(rewriter.visit(tree))


_cells: Cells | None = None


def load(shell: Any) -> None:
    """Translates the cells of an IPython from now on."""
    global _cells
    if _cells is None or _cells.shell is not shell:
        _cells = Cells(shell, os.environ.get(PYTHON_2_VARIABLE) == "1")
        _cells.load()


def unload() -> None:
    """Undoes `load`."""
    global _cells
    if _cells is not None:
        _cells.unload()
        _cells = None
