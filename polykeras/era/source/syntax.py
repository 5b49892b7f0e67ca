"""Python 2 syntax written as Python 3 syntax, by fissix and a few fixers of our own.

Only what Python 3 cannot parse is changed here, and comments and layout stay. What it parses but takes for
something else is the matter of `polykeras.era.source.meaning`.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

_FIXERS = ("exec", "except", "raise", "ne", "repr", "numliterals", "throw", "paren")
_FUTURE = re.compile(r"^[ \t]*from[ \t]+__future__[ \t]+import[ \t]*(\([^)]*\)|[^\n;]*)", re.MULTILINE)
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?]|cd |ls\b|pip install)")
_RESERVED = ("async", "await", "nonlocal")


class Syntax(NamedTuple):
    """A text that Python 3 can parse.

    Attributes:
        text: it.
        lines: for each of its lines, from the first on, the number of the line of the original.
        warnings: what could not be changed, with line numbers.
    """

    text: str
    lines: list[int] | None
    warnings: list[str]


class NotPython2(SyntaxError):
    """A text that is not Python 2 either; `lineno` is the line at which its parser stopped."""


def lines_of(text: str) -> list[str]:
    """The lines of a text as Python counts them: form feeds end none."""
    return io.StringIO(text, newline="\n").readlines()


def features(text: str) -> frozenset[str]:
    """The names that a file imports from ``__future__``, wherever the import stands."""
    return frozenset(
        name for found in _FUTURE.finditer(text) for name in re.findall(r"\w+", found[1].split("#")[0])
    )


def without_magics(text: str, line: int) -> str | None:
    """The text with the IPython magic in a line replaced by ``pass``; None if there is none.

    Args:
        text: the program.
        line: number of the line at which a parser stopped, from 1 on.
    """
    lines = lines_of(text)
    if not 0 < line <= len(lines):
        return None
    found = _MAGIC.match(lines[line - 1])
    if found is None:
        return None
    lines[line - 1] = f"{found[1]}pass  # {lines[line - 1].strip()}\n"
    return "".join(lines)


def to_python_3(text: str, filename: str, future: frozenset[str], extra: tuple[str, ...] = ()) -> Syntax:
    """Writes Python 2 syntax as Python 3 syntax.

    Args:
        text: the program.
        filename: its path, for messages.
        future: what it has from ``__future__``.
        extra: names of fixers of fissix to apply beyond those for the syntax.

    Raises:
        NotPython2: it is not Python 2 either.
    """
    if not text.endswith("\n"):
        text += "\n"
    text = _even_indentation(text)
    tree, statements = _parse_either(text, "print_function" in future)
    tool = _tool(statements, extra)
    tool.fixer_log.clear()
    if statements:
        _keep_printed_tuples(tree)
    _fix_strings(tree, "unicode_literals" in future)
    tree.future_features = future
    tool.refactor_tree(tree, filename)
    _rename_reserved(tree)
    for unpack in list(_tuple_parameters(tree)):
        unpack()
    warnings = [
        f"line {message[5:]}" if message.startswith("Line ") else message for message in tool.fixer_log
    ]
    return Syntax(str(tree), _line_numbers(tree), warnings)


def _parse_either(text: str, print_function: bool) -> tuple[Any, bool]:
    """The tree of a text, and whether it has print statements rather than the function."""
    if print_function:
        return _parse(text, False), False
    try:
        return _parse(text, True), True
    except NotPython2 as error:
        first = error
    try:
        return _parse(text, False), False
    except NotPython2 as second:
        raise max(first, second, key=lambda error: error.lineno or 0) from None


@cache
def _fissix(name: str) -> Any:
    return importlib.import_module(f"fissix.{name}" if name else "fissix")


@cache
def _tool(print_statements: bool, extra: tuple[str, ...]) -> Any:
    names = [
        f"fissix.fixes.fix_{name}" for name in (*_FIXERS, *(["print"] if print_statements else []), *extra)
    ]
    return _fissix("refactor").RefactoringTool(names)


def _parse(text: str, print_statements: bool) -> Any:
    """The concrete tree of a Python 2 text; magics of IPython have become ``pass``."""
    pygram, pytree = _fissix("pygram"), _fissix("pytree")
    parse, tokenize = _fissix("pgen2.parse"), _fissix("pgen2.tokenize")
    grammar = pygram.python_grammar if print_statements else pygram.python_grammar_no_print_statement
    driver = _fissix("pgen2.driver").Driver(grammar, convert=pytree.convert)
    while True:
        try:
            return driver.parse_string(text)
        except parse.ParseError as error:
            line = error.context[1][0] if error.context else 0
        except tokenize.TokenError as error:
            line = error.args[1][0]
        except IndentationError as error:
            line = error.lineno or 0
        shorter = without_magics(text, line)
        if shorter is None:
            raise NotPython2("invalid syntax", ("", line, None, None))
        text = shorter


def _even_indentation(text: str) -> str:
    """Tabs in front of lines as blanks up to the next multiple of eight, if the file has both."""
    if not (re.search(r"^ *\t", text, re.MULTILINE) and re.search(r"^\t* ", text, re.MULTILINE)):
        return text
    tokenize, token = _fissix("pgen2.tokenize"), _fissix("pgen2.token")
    lines = lines_of(text)
    within: set[int] = set()
    try:
        reader = iter(lines)
        for kind, _, start, end, _ in tokenize.generate_tokens(lambda: next(reader, "")):
            if kind == token.STRING:
                within.update(range(start[0] + 1, end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        return text
    for number, line in enumerate(lines, 1):
        if number not in within:
            rest = line.lstrip(" \t")
            lines[number - 1] = line[: len(line) - len(rest)].expandtabs(8) + rest
    return "".join(lines)


def _keep_printed_tuples(tree: Any) -> None:
    """Puts a second pair of parentheses around ``print (a, b)``, which prints a tuple."""
    symbols, token = _fissix("pygram").python_symbols, _fissix("pgen2.token")
    pytree = _fissix("pytree")
    for node in tree.pre_order():
        if node.type != symbols.print_stmt or len(node.children) != 2:
            continue
        inner = node.children[1]
        if inner.type != symbols.atom or inner.children[0].value != "(":
            continue
        content = inner.children[1]
        is_tuple = content.type == symbols.testlist_gexp and any(
            child.type == token.COMMA for child in content.children
        )
        if is_tuple or content.type == token.RPAR:
            prefix, inner.prefix = inner.prefix, ""
            inner.remove()
            brackets = [pytree.Leaf(token.LPAR, "("), inner, pytree.Leaf(token.RPAR, ")")]
            node.append_child(pytree.Node(symbols.atom, brackets, prefix=prefix))


def _fix_strings(tree: Any, unicode_literals: bool) -> None:
    """Prefixes and escapes of strings that mean something else in Python 3."""
    token = _fissix("pgen2.token")
    for leaf in tree.leaves():
        if leaf.type != token.STRING:
            continue
        quote = re.search("['\"]", leaf.value)
        prefix = leaf.value[: quote.start()] if quote else ""
        body = leaf.value[len(prefix) :]
        kind = prefix.lower()
        if kind == "ur":
            leaf.value = _raw_unicode(body)
        elif "r" not in kind and "b" not in kind and "u" not in kind and not unicode_literals:
            leaf.value = prefix + re.sub(
                r"(\\[^uUN])|\\(?=[uUN])", lambda m: m[1] or "\\\\", body, flags=re.S
            )


def _raw_unicode(body: str) -> str:
    """``ur'...'`` as a raw string, or as a plain one where it has ``\\u`` escapes: Python 2 resolves them."""
    if not re.search(r"\\[uU]", body):
        return f"r{body}"
    return re.sub(r"\\(?!u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})", r"\\\\", body)


def _rename_reserved(tree: Any) -> None:
    """``async`` and its kin as names get an underscore: they are keywords today."""
    token, symbols = _fissix("pgen2.token"), _fissix("pygram").python_symbols
    statements = {
        getattr(symbols, name) for name in ("async_stmt", "async_funcdef") if hasattr(symbols, name)
    }
    for leaf in tree.leaves():
        if leaf.type == token.NAME and leaf.value in _RESERVED and leaf.parent.type not in statements:
            leaf.value += "_"


def _tuple_parameters(tree: Any) -> Iterator[Any]:
    """For each function with parameters that are tuples, what replaces them; inner functions come first."""
    symbols = _fissix("pygram").python_symbols
    for node in tree.post_order():
        if node.type == symbols.funcdef:
            parameters = node.children[2].children[1:-1]
            found = list(_tuples_among(parameters, symbols))
            if found:
                yield lambda node=node, found=found: _unpack_in_function(node, found)
        elif node.type in (symbols.lambdef, symbols.old_lambdef):
            found = list(_tuples_among(node.children[1:-2], symbols))
            if found:
                yield lambda node=node, found=found: _unpack_in_lambda(node, found)


def _tuples_among(parameters: list[Any], symbols: Any) -> Iterator[Any]:
    kinds = (symbols.typedargslist, symbols.varargslist)
    for node in parameters:
        if node.type in kinds:
            yield from _tuples_among(node.children, symbols)
        elif node.type in (symbols.tfpdef, symbols.vfpdef, symbols.atom) and node.children[0].value == "(":
            previous = node.prev_sibling
            if previous is None or getattr(previous, "value", "") != "=":
                yield node


def _flat_name(node: Any) -> str:
    return "_".join(re.findall(r"\w+", str(node))) + "_tuple"


def _replace_by_name(node: Any) -> tuple[str, str]:
    """Puts a name in the place of a tuple; the name and the tuple's text."""
    name, text = _flat_name(node), str(node).strip()
    leaf = _fissix("pytree").Leaf(_fissix("pgen2.token").NAME, name, prefix=node.prefix)
    node.replace(leaf)
    return name, text


def _unpack_in_function(node: Any, found: list[Any]) -> None:
    pytree, token = _fissix("pytree"), _fissix("pgen2.token")
    symbols = _fissix("pygram").python_symbols
    pairs = [_replace_by_name(part) for part in found]
    text = "; ".join(f"{tuple_text[1:-1].strip()} = {name}" for name, tuple_text in pairs)
    suite = node.children[-1]
    if suite.type != symbols.suite:  # the body stands behind the colon
        suite.prefix = f" {text}; "
        return
    position = next(place for place, child in enumerate(suite.children) if child.type == token.INDENT) + 1
    if _is_docstring(suite.children[position], symbols, token) and len(suite.children) > position + 2:
        position += 1
    indent = next(child for child in suite.children if child.type == token.INDENT)
    first = suite.children[position]
    new = pytree.Leaf(token.NAME, text, prefix=first.prefix)
    first.prefix = ""
    line = pytree.Node(symbols.simple_stmt, [new, pytree.Leaf(token.NEWLINE, "\n" + indent.value)])
    suite.insert_child(position, line)


def _is_docstring(node: Any, symbols: Any, token: Any) -> bool:
    return bool(node.type == symbols.simple_stmt and node.children[0].type == token.STRING)


def _unpack_in_lambda(node: Any, found: list[Any]) -> None:
    pytree, token = _fissix("pytree"), _fissix("pgen2.token")
    pairs = [_replace_by_name(part) for part in found]
    body = node.children[-1]
    text = str(body).strip()
    for name, tuple_text in reversed(pairs):
        names = tuple_text[1:-1].strip().rstrip(",")
        inner = f"lambda {names}: {text}"
        if "(" in names:
            inner = _inner_lambda(inner)
        text = f"({inner})(*{name})"
    body.replace(pytree.Leaf(token.NAME, text, prefix=" "))


def _inner_lambda(text: str) -> str:
    """A lambda whose parameters are tuples again."""
    tree = _parse(f"({text})\n", False)
    for unpack in list(_tuple_parameters(tree)):
        unpack()
    return str(tree).strip()[1:-1]


def _line_numbers(tree: Any) -> list[int] | None:
    """For each line of the text that a tree gives, its number in the original; None if they are the same."""
    numbers: list[int] = []
    current = 0
    pending = 0  # lines already begun within the text so far
    for leaf in tree.leaves():
        pending += leaf.prefix.count("\n")
        while len(numbers) < pending:
            numbers.append(0)
        if len(numbers) == pending and leaf.lineno:
            numbers.append(leaf.lineno)
        pending += str(leaf.value).count("\n")
    while len(numbers) < pending:
        numbers.append(0)
    following = numbers[:]
    for position in range(len(numbers) - 2, -1, -1):
        following[position] = numbers[position] or following[position + 1]
    for position, number in enumerate(numbers):
        current = number or min(current + 1, following[position] or current + 1)
        numbers[position] = current
    return None if numbers == list(range(1, len(numbers) + 1)) else numbers
