"""A file of the program, or a text that it runs, on its way to code."""

from __future__ import annotations
import __future__

import ast
import io
import warnings
from types import CodeType
from typing import Any, NamedTuple

from .signs import shows_python_2, shows_python_3


class Compiled(NamedTuple):
    """What became of a text.

    Attributes:
        code: to be run.
        python_2: whether the text is in Python 2.
        features: what it imports from ``__future__``.
        warnings: what could not be translated.
    """

    code: Any
    python_2: bool
    features: frozenset[str]
    warnings: list[str]


class Parsed(NamedTuple):
    """A text that Python 3 can parse, and where it came from.

    Attributes:
        text: the text; its syntax is that of Python 3.
        tree: its syntax tree.
        python_2: whether it was in Python 2.
        features: what it imports from ``__future__``.
        lines: for each of its lines the number of the original's; None if they are the same.
        warnings: what could not be translated.
    """

    text: str
    tree: Any
    python_2: bool
    features: frozenset[str]
    lines: list[int] | None
    warnings: list[str]


def read_source(path: str) -> bytes:
    """The bytes of a file of the program."""
    with io.open_code(path) as stream:
        return stream.read()


def decoded(source: bytes | str, filename: str) -> str:
    """The text of a file, by its byte order mark or coding line; UTF-8 otherwise.

    Raises:
        SyntaxError: that of Python, where it cannot be decoded.
    """
    if isinstance(source, str):
        return source
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        compile(source, filename, "exec", dont_inherit=True)
        raise
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text)


def parsed(
    source: bytes | str,
    filename: str,
    mode: str = "exec",
    python_2: bool = False,
    features: frozenset[str] = frozenset(),
) -> Parsed:
    """Parses a file of the program, in whichever Python it is written.

    Args:
        source: the file.
        filename: its path.
        mode: ``"exec"``, or ``"eval"`` for an expression.
        python_2: True if the program is in Python 2: then a file that has nothing of Python 3 alone is, too.
            By default its own signs decide.
        features: what it has from ``__future__`` without importing it itself, as a cell has from others.

    Raises:
        SyntaxError: it is in neither; the line is that of the file.
    """
    text = decoded(source, filename)
    try:
        tree = _parse(text, filename, mode)
    except SyntaxError as error:
        return _parsed_2(text, filename, error, mode, features)
    known = python_2 and not shows_python_3(tree)
    if known or (mode == "exec" and shows_python_2(tree, text)):
        return _parsed_2(text, filename, None, mode, features)
    return Parsed(text, tree, False, _features(text), None, [])


def _features(text: str) -> frozenset[str]:
    if "__future__" not in text:
        return frozenset()
    from .syntax import features

    return features(text)


def _parse(text: str, filename: str, mode: str = "exec") -> Any:
    with warnings.catch_warnings():  # of escapes such as \d, which were no fault
        warnings.simplefilter("ignore")
        return compile(text, filename, mode, ast.PyCF_ONLY_AST, dont_inherit=True)


def _parsed_2(
    text: str, filename: str, error: SyntaxError | None, mode: str, known: frozenset[str]
) -> Parsed:
    """A text that shows signs of Python 2, or that Python 3 stops at with `error`."""
    from . import syntax

    found = syntax.features(text) | known
    plain = _without_magics(text, filename, error)
    if plain is not None:
        tree = _parse(plain, filename)
        if not shows_python_2(tree, plain):
            return Parsed(plain, tree, False, found, None, [])
        text = plain
    new = None
    try:
        new = syntax.to_python_3(text, filename, found)
        tree = _parse(new.text, filename, mode)
    except SyntaxError as second:
        if plain is not None or error is None:
            return Parsed(text, _parse(text, filename, mode), True, found, None, [])
        if new is not None and new.lines is not None and second.lineno:
            second.lineno = new.lines[min(second.lineno, len(new.lines)) - 1]
        raise _syntax_error(error, second, text, filename) from None
    return Parsed(new.text, tree, True, found, new.lines, new.warnings)


def _without_magics(text: str, filename: str, error: SyntaxError | None) -> str | None:
    """The text without IPython's magics, if Python 3 can parse it then."""
    from .syntax import without_magics

    while error is not None:
        shorter = without_magics(text, error.lineno or 0)
        if shorter is None:
            return None
        text = shorter
        try:
            _parse(text, filename)
        except SyntaxError as following:
            error = following
        else:
            return text
    return None


def _syntax_error(error: SyntaxError, second: SyntaxError, text: str, filename: str) -> SyntaxError:
    """The error of Python 3, unless Python 2 would have come further: then that at its line."""
    line = second.lineno or 0
    if line <= (error.lineno or 0):
        return error
    lines = text.split("\n")
    if line > len(lines) or not any(lines[line - 1 :]):
        last = len(text.rstrip().split("\n"))
        return SyntaxError("unexpected end of the file", (filename, last, None, lines[last - 1]))
    return SyntaxError(second.msg, (filename, line, None, lines[line - 1]))


def compiled(
    source: bytes | str,
    filename: str,
    mode: str = "exec",
    features: frozenset[str] = frozenset(),
    python_2: bool = False,
) -> Compiled:
    """Compiles a file of the program, or a text that it runs.

    Args:
        source: the file's bytes, or a text.
        filename: its path.
        mode: ``"exec"``, or ``"eval"`` for an expression.
        features: of a text that a program runs: what that program imports from ``__future__``.
        python_2: whether the program is in Python 2.
    """
    return code_of(parsed(source, filename, mode, python_2, features), filename, mode, features)


def code_of(
    found: Parsed, filename: str, mode: str = "exec", features: frozenset[str] = frozenset()
) -> Compiled:
    """Compiles what was parsed; the arguments are those of `compiled`."""
    known = found.features | features
    tree = rewritten(found.tree, found.python_2, known)
    if found.python_2:
        _place(tree, found.lines)
    flags = sum(getattr(__future__, name).compiler_flag for name in known & {"annotations"})
    with warnings.catch_warnings():  # of comparisons such as `x is "a"`
        warnings.simplefilter("ignore")
        code: CodeType = compile(tree, filename, mode, flags, dont_inherit=True)
    return Compiled(code, found.python_2, known, found.warnings)


def rewritten(tree: Any, python_2: bool, features: frozenset[str]) -> Any:
    """A tree changed so that it means what it did; see `meaning`."""
    from .meaning import Rewriter, Rewriter2

    rewriter = Rewriter2(tree, features) if python_2 else Rewriter(tree)
    return ast.fix_missing_locations(rewriter.visit(tree))


def _place(tree: ast.AST, lines: list[int] | None) -> None:
    """Gives nodes the lines of the original text; the columns are not those of the original any more."""
    for node in ast.walk(tree):
        if not hasattr(node, "lineno"):
            continue
        if lines is not None:
            node.lineno = lines[min(node.lineno, len(lines)) - 1]
        vars(node).update(end_lineno=node.lineno, col_offset=-1, end_col_offset=-1)
