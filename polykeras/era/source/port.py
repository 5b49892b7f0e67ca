"""A program in Python 2 written as Python 3 for good, as the command ``polykeras port`` does it.

fissix does what can be seen from the syntax; the rest is done here. Where only the run could tell, as for the
division of two names, the new program imports a function of `polykeras.era.python2`.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from .edits import Edits
from .evident import bound_names, called, is_float, is_int, words
from .syntax import features, lines_of, to_python_3
from .translate import decoded, parsed

# Fixers of fissix beyond those that make the syntax Python 3's.
_FIXERS = words(
    "apply basestring dict execfile exitfunc filter funcattrs future getcwdu has_key import imports input "
    "intern isinstance itertools itertools_imports long map metaclass methodattrs next nonzero operator "
    "raw_input reduce reload renames standarderror sys_exc types unicode urllib xrange zip"
)
_METHODS = {"__div__": "__truediv__", "__rdiv__": "__rtruediv__", "__idiv__": "__itruediv__"}
_NAMES = {"unichr": "chr", "file": "open", "buffer": "memoryview"}
_STRING_NAMES = {
    "letters": "string.ascii_letters",
    "lowercase": "string.ascii_lowercase",
    "uppercase": "string.ascii_uppercase",
    "maketrans": "str.maketrans",
}
_NOTES = {
    "__cmp__": "Python 3 does not call __cmp__: write __eq__ and __lt__ (see functools.total_ordering)",
    "__getslice__": "Python 3 does not call __getslice__: let __getitem__ take slices",
    "__unicode__": "Python 3 does not call __unicode__: name it __str__",
}
_COOKIE = re.compile(r"^(?:.*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+).*\n")


class Ported(NamedTuple):
    """A program in Python 3.

    Attributes:
        text: the program.
        changed: whether it was in Python 2.
        notes: what could not be translated, or should be looked at: line numbers of the new text, and what.
    """

    text: str
    changed: bool
    notes: list[tuple[int, str]]


def ported(source: bytes | str, filename: str) -> Ported:
    """Writes a program in Python 2 as Python 3.

    Args:
        source: the program.
        filename: its path; where it lies in a package, modules beside it are imported as such.

    Raises:
        SyntaxError: it is in neither Python; the line is that of the program.
    """
    text = decoded(source, filename)
    if not parsed(text, filename).python_2:
        return Ported(text, False, [])
    future = features(text)
    new = to_python_3(text, filename, future, extra=tuple(sorted(_FIXERS)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(new.text, filename)
    writer = _Writer(tree, new.text, "division" in future)
    writer.visit(tree)
    written = _with_imports(writer.edits.result(), writer.imports, writer.helpers)
    cookie = _COOKIE.match(written)
    if cookie is not None and cookie[1].lower() not in ("utf-8", "utf8"):
        written = written.replace(cookie[1], "utf-8", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(written, filename, "exec", dont_inherit=True)
    added = written.count("\n") - new.text.count("\n")
    notes = sorted({(line + added, note) for line, note in writer.notes})
    return Ported(written, True, [*((0, warning) for warning in new.warnings), *notes])


def _with_imports(text: str, imports: set[str], helpers: set[str]) -> str:
    """The text with import statements behind its docstring and its imports from ``__future__``."""
    lines = [f"import {name}" for name in sorted(imports)]
    if helpers:
        lines.append(f"from polykeras.era.python2 import {', '.join(sorted(helpers))}")
    if not lines:
        return text
    body = ast.parse(text).body
    first = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        first = 1
    rows = lines_of(text)
    row = body[first].lineno - 1 if first < len(body) else len(rows)
    if first == 0:
        row = min(row, next((n for n, line in enumerate(rows) if not line.startswith("#")), row))
    return "".join([*rows[:row], *(f"{line}\n" for line in lines), *rows[row:]])


class _Writer(ast.NodeVisitor):
    """Notes the changes of a text by its tree, from the outside to the inside."""

    def __init__(self, tree: ast.Module, text: str, divides: bool) -> None:
        self.edits = Edits(text)
        self.divides = divides
        self.bound = bound_names(tree)
        self.ints, self.floats = _kinds(tree)
        self.imports: set[str] = set()
        self.helpers: set[str] = set()
        self.notes: list[tuple[int, str]] = []

    def _note(self, node: ast.expr | ast.stmt, text: str) -> None:
        self.notes.append((node.lineno, text))

    def _is_int(self, node: ast.expr) -> bool:
        return _whole(node, self.ints)

    def _is_float(self, node: ast.expr) -> bool:
        return is_float(node) or any(
            isinstance(part, ast.Name) and part.id in self.floats for part in _terms(node)
        )

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div) and not self.divides:
            place = self.edits.find("/", self.edits.end(node.left), self.edits.start(node.right))
            if self._is_float(node.left) or self._is_float(node.right):
                pass
            elif self._is_int(node.left) and self._is_int(node.right):
                self.edits.replace(place, place + 1, "//")
            else:
                self._divide(node, place)
        self.generic_visit(node)

    def _divide(self, node: ast.BinOp, place: int) -> None:
        self.helpers.add("divide")
        self._note(node, "divide(a, b) is // for integers: write / or // if you know which they are")
        before = place - 1 if self.edits.text[place - 1] == " " else place
        self.edits.replace(before, place + 1, ",")
        self.edits.wrap(node, "divide(", ")")

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Div) and not self.divides and not self._is_float(node.value):
            place = self.edits.find("/=", self.edits.end(node.target), self.edits.start(node.value))
            if self._is_int(node.target) and self._is_int(node.value):
                self.edits.replace(place, place + 2, "//=")
            elif not (isinstance(node.target, ast.Name) and node.target.id in self.floats):
                self._divide_in_place(node, place)
        self.generic_visit(node)

    def _divide_in_place(self, node: ast.AugAssign, place: int) -> None:
        target = ast.unparse(node.target)
        if any(isinstance(part, ast.Call) for part in ast.walk(node.target)):
            self._note(node, f"{target} /= ...: write //= if both are integers")
            return
        self.helpers.add("divide_in_place")
        self._note(node, "divide_in_place(a, b) is //= for integers: write /= or //= if you know them")
        self.edits.replace(place, place + 2, f"= divide_in_place({target},")
        self.edits.replace(self.edits.end(node), self.edits.end(node), ")")

    def visit_Module(self, node: ast.Module) -> None:
        """Names of exceptions that are used behind their handlers are gone there."""
        inside: dict[str, set[int]] = {}
        for handler in ast.walk(node):
            if isinstance(handler, ast.ExceptHandler) and handler.name:
                inside.setdefault(handler.name, set()).update(id(part) for part in ast.walk(handler))
        for part in (part for part in ast.walk(node) if isinstance(part, ast.Name)):
            loose = part.id in inside and part.id not in self.bound
            if loose and id(part) not in inside[part.id]:
                self._note(part, f"{part.id}: the exception has this name within its handler only")
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in _NAMES and node.id not in self.bound and isinstance(node.ctx, ast.Load):
            self.edits.rename(node, _NAMES[node.id])
        elif node.id == "cmp" and "cmp" not in self.bound:
            self.helpers.add("cmp")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "string" and node.attr in _STRING_NAMES:
            self.edits.rename(node, _STRING_NAMES[node.attr])
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in _METHODS:
            start = self.edits.find(node.name, self.edits.start(node), self.edits.end(node))
            self.edits.replace(start, start + len(node.name), _METHODS[node.name])
        if node.name in _NOTES:
            self._note(node, _NOTES[node.name])
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            ends = (part.lower, part.upper, part.step) if isinstance(part, ast.Slice) else (part,)
            for end in ends:
                if end is not None and self._is_float(end) and not _is_int_call(end):
                    self.edits.wrap(end, "int(", ")")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and called(node.value) == "setdefaultencoding":
            self.edits.replace(self.edits.start(node), self.edits.end(node), "pass")
            self._note(node, "sys.setdefaultencoding is gone, and not needed: text is Unicode")
            return
        if isinstance(node.value, ast.Call) and ast.unparse(node.value).endswith("reload(sys)"):
            self.edits.replace(self.edits.start(node), self.edits.end(node), "pass")
            return
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if isinstance(node.func, ast.Name) and name == "round" and "round" not in self.bound:
            self.helpers.add("round_half_away")
            self.edits.rename(node.func, "round_half_away")
        if name in ("sort", "sorted"):
            self._order(node, name)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and "pickle" in owner.id.lower() and name in ("load", "loads"):
            if not node.keywords and node.args:
                place = self.edits.end(node.args[-1])
                self.edits.replace(place, place, ', encoding="latin1"')
        elif name == "open" and "csv" in self.bound and _is_binary(node):
            self._note(node, "open: csv wants a file in text mode today, opened with newline=''")
        elif owner is not None and name == "decode":
            self._note(node, "decode: text has no such method in Python 3; bytes have")
        elif name in ("exec", "eval") and owner is None:
            self._note(node, f"{name}: the text that is run must be Python 3, too")
        self.generic_visit(node)

    def _order(self, node: ast.Call, name: str) -> None:
        """``cmp`` of a sort as the key that is made of it."""
        place = 0 if name == "sort" else 1
        named = [keyword for keyword in node.keywords if keyword.arg == "cmp"]
        orders = [keyword.value for keyword in named] or node.args[place : place + 1]
        if not orders:
            return
        if any(keyword.arg == "key" for keyword in node.keywords) or len(node.args) > place + 1:
            self._note(node, f"{name}: takes one of cmp and key only; write a key")
            return
        for keyword in named:
            self.edits.replace(self.edits.start(keyword), self.edits.start(keyword.value), "")
        self.imports.add("functools")
        self.edits.wrap(orders[0], "key=functools.cmp_to_key(", ")")


def _is_binary(node: ast.Call) -> bool:
    """Whether a file is opened in binary mode."""
    mode = node.args[1] if len(node.args) > 1 else None
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" in mode.value


def _is_int_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called(node) == "int"


def _terms(node: ast.expr) -> list[ast.expr]:
    """The operands of an arithmetic expression."""
    if isinstance(node, ast.BinOp):
        return [*_terms(node.left), *_terms(node.right)]
    return _terms(node.operand) if isinstance(node, ast.UnaryOp) else [node]


def _whole(node: ast.expr, names: set[str]) -> bool:
    """Whether all operands of an expression are integers: evidently, by name, or as sizes of arrays."""
    for term in _terms(node):
        size = (
            isinstance(term, ast.Subscript)
            and isinstance(term.value, ast.Attribute)
            and term.value.attr == "shape"
            and not isinstance(term.slice, (ast.Slice, ast.Tuple))
        )
        if not (size or is_int(term) or (isinstance(term, ast.Name) and term.id in names)):
            return False
    return True


def _kinds(tree: ast.Module) -> tuple[set[str], set[str]]:
    """The names that only ever stand for integers, and those that only ever stand for floats."""
    values: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            counts = isinstance(node.iter, ast.Call) and called(node.iter) == "range"
            values.setdefault(node.target.id, []).append(ast.Constant(0) if counts else None)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            values.setdefault(node.target.id, []).append(node.value)
    simple = {name: [value for value in found if value is not None] for name, found in values.items()}
    complete = {name for name, found in values.items() if None not in found}
    others = _names_of_other_kinds(tree)
    ints: set[str] = set()
    floats: set[str] = set()
    for _ in range(3):  # names that stand for expressions of names
        for name in complete - others:
            if all(_whole(value, ints) for value in simple[name]):
                ints.add(name)
            if all(is_float(value) for value in simple[name]):
                floats.add(name)
    return ints, floats


def _names_of_other_kinds(tree: ast.Module) -> set[str]:
    """Names that are parameters, imported, or bound in another way than by a plain assignment or loop."""
    plain = set()
    bound = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            plain.add(id(node.targets[0]))
        elif isinstance(node, (ast.For, ast.AugAssign)):
            plain.add(id(node.target))
        elif isinstance(node, ast.arg):
            bound.append(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.extend(name.asname or name.name for name in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in plain:
            bound.append(node.id)
    return set(bound)
