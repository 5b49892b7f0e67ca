"""Syntax trees of the program's own files, changed so that they mean today what they meant in their time.

What is changed calls helpers by names such as ``__era_divide__``, which the program's builtins hold
(`polykeras.era.source.names`). Positions stay those of the source.
"""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from .evident import bound_names, is_float, may_be_whole_float, names_of_floats, names_of_none, words

_Node = TypeVar("_Node", bound=ast.AST)

_DICT_METHODS = {
    "has_key": "has_key",
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "viewitems": "items",
    "viewkeys": "keys",
    "viewvalues": "values",
}
ATTRIBUTES = {
    "func_name": "__name__",
    "func_code": "__code__",
    "func_defaults": "__defaults__",
    "func_globals": "__globals__",
    "func_doc": "__doc__",
    "func_dict": "__dict__",
    "func_closure": "__closure__",
    "im_func": "__func__",
    "im_self": "__self__",
    "im_class": "__self__.__class__",
}
LOST_METHODS = words("tostring fromstring newbyteorder ptp getchildren getiterator")
_ORDERS: dict[type[ast.cmpop], str] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_SPECIAL = {
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "__idiv__": "__itruediv__",
    "next": "__next__",
    "__unicode__": "__str__",
}
# Arguments of these calls, and what is written to attributes of HDF5 files, are wanted as bytes.
_BYTES_WANTED = words(
    "md5 sha1 sha224 sha256 sha512 update b64encode encodestring urlsafe_b64encode hexlify send sendall "
    "sendto compress crc32 adler32 fromstring frombuffer unpack string_ bytes_ bytes bytearray BytesIO new "
    "array"
)
_BYTES_METHODS = frozenset(["read", "readline", "readlines", "recv"])
_BY_HELPER = {"unicode": "unicode", "str": "str", "long": "int"}


class Rewriter(ast.NodeTransformer):
    """What is done to each of the program's own files, in whichever Python it is written."""

    divides = True  # whether / of two integers gives a float

    def __init__(self, tree: ast.Module) -> None:
        self.bound = bound_names(tree)
        self.floats = names_of_floats(tree, self.divides)

    def helper(self, name: str, at: ast.AST, *arguments: ast.expr) -> ast.Call:
        """A call of a helper, at the place of a node."""
        call = ast.Call(ast.Name(f"__era_{name}__", ast.Load()), list(arguments), [])
        for node in (call, call.func):
            ast.copy_location(node, at)
        return call

    def constant(self, value: Any, at: ast.AST) -> ast.expr:
        """A constant, at the place of a node."""
        return ast.copy_location(ast.Constant(value), at)

    def name(self, name: str, at: ast.AST) -> ast.expr:
        """A name that is read, at the place of a node."""
        return ast.copy_location(ast.Name(name, ast.Load()), at)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """``from __future__`` is accepted anywhere; it has had its effect on the translation already."""
        start = True
        for place, part in enumerate(node.body):
            future = isinstance(part, ast.ImportFrom) and part.module == "__future__"
            docstring = place == 0 and isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            if future and not start:
                node.body[place] = ast.copy_location(ast.Pass(), part)
            start = start and (future or docstring)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        plain = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
        if isinstance(node.func, ast.Name):
            if plain and node.func.id in ("int", "float") and node.func.id not in self.bound:
                return self.helper(node.func.id, node, *node.args)
        elif isinstance(node.func, ast.Attribute) and not node.keywords:
            owner, method = node.func.value, node.func.attr
            if method in _DICT_METHODS and len(node.args) == (method == "has_key"):
                return self.helper("dict_method", node, owner, self.constant(method, node), *node.args)
            if method == "next" and not node.args:
                return self.helper("next", node, owner)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and node.attr in ATTRIBUTES:
            return self.helper("old_attribute", node, node.value, self.constant(node.attr, node))
        if isinstance(node.ctx, ast.Load) and node.attr in LOST_METHODS:
            return self.helper("lost_method", node, node.value, self.constant(node.attr, node))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        maybe = self._may_have_float(node.slice)
        self.generic_visit(node)
        if maybe:
            node.value = self.helper("items", node.value, node.value)
        return node

    def _may_have_float(self, index: ast.expr) -> bool:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        for part in parts:
            ends = (part.lower, part.upper, part.step) if isinstance(part, ast.Slice) else (part,)
            if any(end is not None and may_be_whole_float(end, self.divides, self.floats) for end in ends):
                return True
        return False

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        if isinstance(node.op, ast.Mod) and (text or isinstance(node.right, ast.Tuple)):
            return self.helper("percent", node, node.left, node.right)
        return node


class Rewriter2(Rewriter):
    """What is done beyond that to a file in Python 2."""

    def __init__(self, tree: ast.Module, features: frozenset[str]) -> None:
        self.divides = "division" in features
        super().__init__(tree)
        self.nones = names_of_none(tree)
        self.temporary = 0

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        evident = is_float(node.left) or is_float(node.right)
        result = super().visit_BinOp(node)
        if not isinstance(result, ast.BinOp):
            return result
        if isinstance(node.op, ast.Div) and not self.divides and not evident:
            return self.helper("divide", node, node.left, node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        evident = is_float(node.value)
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or self.divides or evident:
            return node
        before, target = self._evaluated_once(node.target, node)
        value = self.helper("divide_in_place", node, _as(target, ast.Load()), node.value)
        return [*before, ast.copy_location(ast.Assign([_as(target, ast.Store())], value), node)]

    def _evaluated_once(self, target: ast.expr, at: ast.AST) -> tuple[list[ast.stmt], ast.expr]:
        """A target whose parts are names, and the statements that give these their values."""
        before: list[ast.stmt] = []

        def kept(part: ast.expr) -> ast.expr:
            if isinstance(part, (ast.Name, ast.Constant)):
                return part
            if isinstance(part, ast.Slice):
                ends = [part.lower, part.upper, part.step]
                return ast.copy_location(ast.Slice(*(end and kept(end) for end in ends)), part)
            if isinstance(part, ast.Tuple):
                return ast.copy_location(ast.Tuple([kept(one) for one in part.elts], ast.Load()), part)
            self.temporary += 1
            name = f"__era_value_{self.temporary}__"
            store = ast.copy_location(ast.Name(name, ast.Store()), part)
            before.append(ast.copy_location(ast.Assign([store], part), at))
            return self.name(name, part)

        if isinstance(target, ast.Attribute):
            target.value = kept(target.value)
        elif isinstance(target, ast.Subscript):
            target.value, target.slice = kept(target.value), kept(target.slice)
        return before, target

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1 or type(node.ops[0]) not in _ORDERS:
            return node
        right = node.comparators[0]
        if any(self._may_be_none(part) for part in (node.left, right)):
            return self.helper(_ORDERS[type(node.ops[0])], node, node.left, right)
        return node

    def _may_be_none(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return node.value is None
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        return name in self.nones

    def visit_For(self, node: ast.For) -> ast.AST:
        """Loops over a range need no list of it."""
        call: Any = node.iter
        named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
        if named and "range" not in self.bound:
            call.func = self.name("__era_xrange__", call.func)
        return self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """The exception's name stays after the handler, as it did."""
        self.generic_visit(node)
        if node.name:
            name, node.name = node.name, "__era_error__"
            store = ast.copy_location(ast.Name(name, ast.Store()), node.body[0])
            value = self.name("__era_error__", node.body[0])
            node.body.insert(0, ast.copy_location(ast.Assign([store], value), node.body[0]))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        if not isinstance(node.ctx, ast.Load) and not own and node.attr in ATTRIBUTES:
            node.attr = ATTRIBUTES[node.attr].split(".")[0]
        return super().visit_Attribute(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """The special methods of Python 2 get their names of today beside the old ones."""
        self.generic_visit(node)
        defined = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        for part in node.body:
            if isinstance(part, ast.Assign):
                defined.update(target.id for target in part.targets if isinstance(target, ast.Name))
                if isinstance(part.targets[0], ast.Name) and part.targets[0].id == "__metaclass__":
                    node.keywords.append(ast.copy_location(ast.keyword("metaclass", part.value), part))
        last = node.body[-1]
        for old, new in _SPECIAL.items():
            if old in defined and new not in defined:
                self._append(node, new, self.name(old, last))
        if "__cmp__" in defined:
            for order in ("lt", "le", "gt", "ge", "eq", "ne"):
                if f"__{order}__" not in defined:
                    self._append(node, f"__{order}__", self.name(f"__era_cmp_{order}__", last))
        no_bases = all(isinstance(base, ast.Name) and base.id == "object" for base in node.bases)
        if defined & {"__eq__", "__cmp__"} and "__hash__" not in defined and no_bases:
            self._append(node, "__hash__", self.name("__era_hash__", last))
        return node

    def _append(self, node: ast.ClassDef, name: str, value: ast.expr) -> None:
        last = node.body[-1]
        store = ast.copy_location(ast.Name(name, ast.Store()), last)
        node.body.append(ast.copy_location(ast.Assign([store], value), last))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self._mark_wanted_bytes(node)
        encoded_for_bytes = getattr(node, "bytes_wanted", False)
        result = super().visit_Call(node)
        if result is not node:
            return result
        if isinstance(node.func, ast.Name) and node.func.id not in self.bound:
            return self._builtin(node, node.func.id)
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, encoded_for_bytes)
        return node

    def _mark_wanted_bytes(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _BYTES_WANTED:
            for argument in node.args:
                for part in ast.walk(argument):
                    vars(part)["bytes_wanted"] = True

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if any(isinstance(part, ast.Attribute) and part.attr == "attrs" for part in _targets(node)):
            for part in ast.walk(node.value):
                vars(part)["bytes_wanted"] = True
        return self.generic_visit(node)

    def _builtin(self, node: ast.Call, name: str) -> ast.AST:
        if name in _BY_HELPER:
            node.func = self.name(f"__era_{_BY_HELPER[name]}__", node.func)
        elif name in ("exec", "eval") and node.args:
            node.args[0] = self.helper("source", node.args[0], node.args[0])
        return node

    def _method(self, node: ast.Call, function: ast.Attribute, bytes_wanted: bool) -> ast.AST:
        method, owner = function.attr, function.value
        if method in ("keys", "values", "items") and not node.args and not node.keywords:
            return self.helper("dict_list", node, owner, self.constant(method, node))
        if method == "sort":
            node.func = self.helper("sort", function, owner)
        elif method in ("encode", "decode") and not (bytes_wanted and method == "encode"):
            node.func = self.helper(method, function, owner)
        elif method == "join" and len(node.args) == 1 and isinstance(owner, ast.Constant):
            return self.helper("join", node, owner, node.args[0])
        elif method in _BYTES_METHODS:
            return self.helper("bytes", node, node)
        return node


def _targets(node: ast.Assign) -> list[ast.AST]:
    return [part for target in node.targets for part in ast.walk(target)]


def _as(target: ast.expr, context: ast.expr_context) -> ast.expr:
    """A copy of a target, to be read or to be written."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, context), target)
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, context), target)
    assert isinstance(target, ast.Subscript)
    return ast.copy_location(ast.Subscript(target.value, target.slice, context), target)
