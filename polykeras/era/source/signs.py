"""Whether a file that Python 3 can parse was written for Python 2 all the same.

Signs are what Python 3 would stop at or silently take for something else: names that are builtin in Python 2
only and that the file does not define, modules that have vanished, statements such as a bare ``print``, lists
asked of ``map`` or ``dict.keys``, special methods that Python 3 does not call. What stands
under ``try: ... except NameError`` (or ImportError, AttributeError) or under a test of the version is written
for both and is no sign. A division of integers is none either: both languages have it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .evident import bound_names, words

_BUILTINS = words(
    "xrange raw_input unicode basestring unichr long execfile StandardError reload reduce apply cmp coerce "
    "intern file buffer"
)
# Names that a star import may well bring.
_WEAK_BUILTINS = words("reload reduce apply cmp coerce intern file buffer")
MODULES = words(
    "cPickle cStringIO StringIO Queue thread urllib2 urlparse ConfigParser Tkinter tkMessageBox tkFileDialog "
    "HTMLParser httplib cookielib SocketServer BaseHTTPServer SimpleHTTPServer xmlrpclib copy_reg "
    "__builtin__ anydbm dummy_thread UserDict htmlentitydefs"
)
_MEMBERS = {
    "itertools": words("izip imap ifilter izip_longest ifilterfalse"),
    "string": words(
        "letters lowercase uppercase maketrans join joinfields split replace atoi atof lower upper strip"
    ),
    "sys": words("maxint setdefaultencoding exc_clear exc_type exc_value"),
    "os": frozenset(["getcwdu"]),
    "urllib": words("urlopen urlretrieve urlencode quote unquote quote_plus"),
    "types": words("ListType StringType IntType DictType FloatType TupleType"),
}
_VIEWS = frozenset(["keys", "values", "items"])
_DICT_METHODS = words("has_key iteritems iterkeys itervalues viewkeys viewvalues viewitems")
_GUARDS = words("NameError ImportError ModuleNotFoundError AttributeError Exception")
_VERSION = re.compile(r"version_info|PY2|PY3|hexversion|python_version|\bversion\b")
_SHEBANG = re.compile(r"#!.*\bpython2")


def shows_python_2(tree: ast.Module, text: str) -> bool:
    """Whether a parsed file has a sign of Python 2.

    Args:
        tree: what Python 3 parses it to.
        text: the file.
    """
    if _SHEBANG.match(text):
        return True
    nodes = list(_unguarded(tree))
    bound = _bound_names(tree)
    star = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)
    pandas = any(
        (isinstance(node, ast.Import) and any(name.name.startswith("pandas") for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pandas"))
        for node in nodes
    )
    missing = _BUILTINS - bound - (_WEAK_BUILTINS if star else frozenset())
    modules = MODULES - bound
    prints = "print" not in bound and not _prints_by_function(text)
    lists = _names_of_lists(nodes)
    return any(
        (isinstance(node, ast.Name) and node.id in missing)
        or _is_old_import(node, modules)
        or (isinstance(node, ast.Attribute) and _is_old_attribute(node, pandas))
        or (isinstance(node, ast.Expr) and prints and _is_print_statement(node.value))
        or (isinstance(node, ast.ClassDef) and _is_old_class(node))
        or _wants_list(node, lists, pandas)
        for node in nodes
    )


def shows_python_3(tree: ast.AST) -> bool:
    """Whether a parsed file has something that Python 2 cannot read."""
    for node in ast.walk(tree):
        if isinstance(
            node, (ast.JoinedStr, ast.Nonlocal, ast.AsyncFunctionDef, ast.YieldFrom, ast.AnnAssign)
        ):
            return True
        if isinstance(node, ast.Raise) and node.cause is not None:
            return True
        if isinstance(node, ast.arguments) and node.kwonlyargs:
            return True
        if isinstance(node, ast.arg) and node.annotation is not None:
            return True
    return False


def _prints_by_function(text: str) -> bool:
    return "print_function" in text


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes, but for those that are written for either version."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try) and any(_is_guard(handler) for handler in child.handlers):
            continue
        if isinstance(child, (ast.If, ast.IfExp)) and _VERSION.search(ast.unparse(child.test)):
            continue
        yield child
        yield from _unguarded(child)


def _is_guard(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is for a name, a module or an attribute that may be missing."""
    if len(handler.body) > 3:
        return False
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in _GUARDS for node in ast.walk(handler.type))


def _bound_names(tree: ast.Module) -> frozenset[str]:
    """The names that a file gives a meaning to; ``import cPickle``, which is itself a sign, is none."""
    plain = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
        if name.asname is None
    }
    return bound_names(tree) - (plain & MODULES)


def _is_old_import(node: ast.AST, modules: frozenset[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(name.name in modules for name in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level:
        if node.module in MODULES:
            return True
        return any(name.name in _MEMBERS.get(node.module or "", ()) for name in node.names)
    return False


def _is_old_attribute(node: ast.Attribute, pandas: bool) -> bool:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if node.attr in _DICT_METHODS:
        return owner not in ("six", "utils", "future") and not (pandas and node.attr.startswith("iter"))
    return node.attr in _MEMBERS.get(owner, ())


def _is_print_statement(value: ast.expr) -> bool:
    """Whether an expression that is a statement is what Python 3 makes of a print statement."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Attribute) and _starts_with_print(value.func.value)
    return _starts_with_print(value)


def _starts_with_print(value: ast.expr) -> bool:
    while True:
        if isinstance(value, ast.Name):
            return value.id == "print"
        if isinstance(value, ast.Tuple) and value.elts:
            value = value.elts[0]
        elif isinstance(value, ast.BinOp):
            value = value.left
        elif isinstance(value, (ast.Attribute, ast.Subscript)):
            value = value.value
        elif isinstance(value, ast.Call):
            value = value.func
        elif isinstance(value, (ast.Compare, ast.IfExp)):
            value = value.left if isinstance(value, ast.Compare) else value.body
        else:
            return False


def _is_old_class(node: ast.ClassDef) -> bool:
    names = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    for part in node.body:
        if isinstance(part, ast.Assign):
            names.update(target.id for target in part.targets if isinstance(target, ast.Name))
    return (
        "__metaclass__" in names
        or ("__nonzero__" in names and "__bool__" not in names)
        or ("__div__" in names and "__truediv__" not in names)
        or ("next" in names and "__iter__" in names and "__next__" not in names)
    )


def _is_list_call(node: ast.AST, pandas: bool = False) -> bool:
    """Whether a call gives a list in Python 2 and something else today."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in ("map", "filter", "zip") and len(node.args) > 1
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr in _VIEWS
        and not node.args
        and not (pandas and node.func.attr == "keys")
    )


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _names_of_lists(nodes: list[ast.AST]) -> dict[str, str]:
    """Names that only ever stand for a ``range`` or for the result of ``map`` and its kin."""
    kinds: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            kind = "range" if _is_range(node.value) else "list" if _is_list_call(node.value) else ""
            for target in node.targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                        kinds.setdefault(part.id, set()).add(kind if part is target else "")
        elif isinstance(node, ast.arg):
            kinds.setdefault(node.arg, set()).add("")
        elif isinstance(node, (ast.For, ast.comprehension)):
            for part in ast.walk(node.target):
                if isinstance(part, ast.Name):
                    kinds.setdefault(part.id, set()).add("")
    return {name: next(iter(found)) for name, found in kinds.items() if len(found) == 1 and "" not in found}


def _wants_list(node: ast.AST, lists: dict[str, str], pandas: bool) -> bool:
    """Whether something is done that only the lists of Python 2 can do."""
    if isinstance(node, ast.Subscript):
        if _is_list_call(node.value, pandas):
            return True
        if isinstance(node.value, ast.Name) and node.value.id in lists:
            return lists[node.value.id] == "list" or not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return any(_is_range(part) or _is_list_call(part, pandas) for part in (node.left, node.right))
    if not isinstance(node, ast.Call):
        return False
    if any(keyword.arg == "cmp" for keyword in node.keywords):
        return _called(node) in ("sort", "sorted")
    if _called(node) == "sort" and isinstance(node.func, ast.Attribute):
        return _is_list_call(node.func.value)
    if _called(node) in ("append", "extend", "remove", "insert", "pop") and isinstance(
        node.func, ast.Attribute
    ):
        owner = node.func.value
        return isinstance(owner, ast.Name) and owner.id in lists
    if len(node.args) == 1 and _called(node) == "shuffle":
        return _is_range(node.args[0]) or (isinstance(node.args[0], ast.Name) and node.args[0].id in lists)
    return (
        _called(node) == "len"
        and isinstance(node.args[0] if node.args else None, ast.Call)
        and (
            isinstance(node.args[0], ast.Call)
            and isinstance(node.args[0].func, ast.Name)
            and node.args[0].func.id in ("map", "filter", "zip")
        )
    )


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""
