"""What the text alone says of values: floats, integers, names that were given None or a float."""

from __future__ import annotations

import ast


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_FLOAT_CALLS = words(
    "float float32 float64 sqrt exp log log2 log10 log1p sin cos tan tanh mean std var average uniform "
    "rand randn normal random_sample random time clock norm linspace pi"
)
_WHOLE_FLOAT_CALLS = words("floor ceil round rint trunc fix around")


def called(node: ast.Call) -> str:
    """The last name of what is called, empty if there is none."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def is_float(node: ast.expr) -> bool:
    """Whether an expression evidently gives a float or an array of floats, whatever its names stand for."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (float, complex))
    if isinstance(node, ast.UnaryOp):
        return is_float(node.operand)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor, ast.MatMult)):
            return False
        if isinstance(node.op, ast.Mod) and isinstance(node.left, (ast.Constant, ast.JoinedStr)):
            return is_float(node.left)
        return is_float(node.left) or is_float(node.right)
    if isinstance(node, ast.Call):
        if called(node) == "astype" and node.args:
            kind = node.args[0]
            return "float" in ast.unparse(kind)
        return called(node) in _FLOAT_CALLS
    return isinstance(node, ast.Attribute) and node.attr == "pi"


def is_int(node: ast.expr) -> bool:
    """Whether an expression evidently gives an integer of Python's."""
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd, ast.Invert)):
        return is_int(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.Div)
    ):
        return is_int(node.left) and is_int(node.right)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("len", "int", "ord")
    )


def may_be_whole_float(node: ast.expr, divides: bool, names: frozenset[str] = frozenset()) -> bool:
    """Whether an index may be a float that stands for a whole number.

    Args:
        node: the index, or the value of a name.
        divides: whether ``/`` of two integers gives a float.
        names: names that have been given such values.
    """
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.UnaryOp):
        return may_be_whole_float(node.operand, divides, names)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Div) and (divides or is_float(node)):
            return True
        return any(may_be_whole_float(part, divides, names) for part in (node.left, node.right))
    if isinstance(node, ast.Call):
        return called(node) in _WHOLE_FLOAT_CALLS or is_float(node)
    return is_float(node)


def names_of_floats(tree: ast.AST, divides: bool) -> frozenset[str]:
    """The names that are given a value which may be a whole float, somewhere in a file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign)) and may_be_whole_float(node.value, divides):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return frozenset(found)


def names_of_none(tree: ast.AST) -> frozenset[str]:
    """The names and attributes that are given None somewhere in a file, also as a parameter's default."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_none(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.add(target.id)
                elif isinstance(target, ast.Attribute):
                    found.add(target.attr)
        elif isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            for argument, default in zip(reversed(positional), reversed(node.defaults), strict=False):
                if _is_none(default):
                    found.add(argument.arg)
    return frozenset(found)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def bound_names(tree: ast.AST) -> frozenset[str]:
    """The names that a file gives a meaning to, anywhere."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(name.asname or name.name.split(".")[0] for name in node.names)
    return frozenset(found)
