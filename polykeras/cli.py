"""The command ``polykeras``, which is also ``python -m polykeras``."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType, TracebackType
from typing import Any

from . import alias, polykeras_version
from .era.source import loader, tracebacks
from .era.source.names import builtins_for
from .era.source.translate import code_of, parsed

_RUN_HELP = """\
Runs a Python script as `python script.py ARGS` does, except that `import keras` yields polykeras, and that
TensorFlow has the names of TensorFlow 1 which Keras 1 scripts call. The script may be in Python 2, and so may
the modules of its folder. A notebook (NAME.ipynb) is run cell by cell and written as NAME.executed.ipynb.
"""

_PORT_HELP = """\
Writes a script in Python 2 as Python 3, with its comments and layout, and tells what it could not translate
or what should be looked at. The script itself is left alone.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carries out a command line.

    Args:
        arguments: the words behind the program's name; those of this process by default.

    Returns:
        The exit status: 0, 1 if the doctor found that the backend does not work or a script to port is in no
        Python, 2 for a wrong command line.
        What the script of ``run`` raises, SystemExit too, passes through.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    own = _own_words(words)
    try:
        options = _parser().parse_args(words[:own])
    except SystemExit as stop:
        return int(stop.code or 0)
    if options.command == "doctor":
        return _doctor()
    if options.command == "port":
        return port(options.script, options.output)
    return run(options.script, words[own:], options.backend)


def _own_words(words: Sequence[str]) -> int:
    """How many words are ours: all up to the script of ``run``. What follows is the script's, untouched."""
    if not words or words[0] != "run":
        return len(words)
    position = 1
    while position < len(words) and words[position].startswith("-"):
        position += 2 if words[position] == "--backend" else 1
    return position + 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="polykeras", description="Keras 1 programs, unmodified, on TensorFlow 2 and PyTensor."
    )
    parser.add_argument("--version", action="version", version=f"polykeras {polykeras_version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run_parser = commands.add_parser(
        "run",
        help="run a Keras 1 script",
        description=_RUN_HELP,
        usage="polykeras run [-h] [-v] [--backend NAME] script [ARGS ...]",
    )
    run_parser.add_argument(
        "--backend", metavar="NAME", help="tensorflow, pytensor (= theano), or another installed backend"
    )
    _add_verbose(run_parser)
    run_parser.add_argument("script", help="path of the script")
    port_parser = commands.add_parser(
        "port", help="write a script in Python 2 as Python 3", description=_PORT_HELP
    )
    port_parser.add_argument("script", help="path of the script")
    port_parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to write; by default beside it, as NAME_py3.py"
    )
    commands.add_parser("doctor", help="show versions, the backend chosen and why, and what is missing")
    return parser


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    """Adds ``-v``, which leaves TensorFlow the lines that it writes when it starts."""

    class Loud(argparse.Action):
        def __call__(self, *given: Any) -> None:
            importlib.import_module(f"{__package__}.era.quiet").off()

    parser.add_argument(
        "-v", "--verbose", action=Loud, nargs=0, help="show what TensorFlow writes at its start"
    )


def _doctor() -> int:
    try:
        doctor = importlib.import_module(f"{__package__}.doctor")
    except ValueError as error:  # keras.json cannot be read: nothing else of the library can be imported
        print(error, file=sys.stderr)
        return 1
    return int(doctor.main())


def _refuse_backend(name: str) -> str | None:
    """Why a backend cannot be used; None if it can. Imports no engine."""
    registry = importlib.import_module(f"{__package__}.backends.registry")
    if name not in registry.names():
        return f"unknown backend {name!r}; known: {', '.join(registry.names())}"
    if not registry.engine_installed(name):
        engine = registry.ENGINE_OF[name]
        return f"the backend {name!r} needs {engine}. Run: pip install 'polykeras[{engine}]'"
    reason: str | None = registry.refusal(name)
    return reason


def port(script: str, output: str | None = None) -> int:
    """Writes a script in Python 2 as Python 3.

    Args:
        script: path of the script.
        output: where to write; by default ``NAME_py3.py`` beside it, where nothing may be yet.

    Returns:
        0; 1 if it is in neither Python; 2 if a file cannot be read or written. Nothing is written then.
    """
    porting = importlib.import_module(f"{__package__}.era.source.port")
    target = output or f"{os.path.splitext(script)[0]}_py3.py"
    reason = ""
    if os.path.exists(target) and os.path.exists(script) and os.path.samefile(script, target):
        reason = f"{target} is the script itself. Name another file by -o"
    elif output is None and os.path.exists(target):
        reason = f"{target} exists. Name it, or another file, by -o"
    if reason:
        print(f"polykeras port: {reason}", file=sys.stderr)
        return 2
    try:
        with io.open_code(os.path.abspath(script)) as stream:
            ported = porting.ported(stream.read(), script)
        with open(target, "w", encoding="utf-8", newline="") as written:
            written.write(ported.text)
    except OSError as error:
        print(f"polykeras port: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except SyntaxError as error:
        shown = f"\n    {error.text.strip()}" if error.text else ""
        print(f"polykeras port: {script}:{error.lineno}: {error.msg}{shown}", file=sys.stderr)
        return 1
    for line, note in ported.notes:
        print(f"{target}:{line}: {note}" if line else f"{target}: {note}", file=sys.stderr)
    print(f"{target}: written{'' if ported.changed else ' unchanged: no sign of Python 2'}")
    return 0


def run(script: str, arguments: Sequence[str] = (), backend: str | None = None) -> int:
    """Runs a script in this process, as `__main__`, with the alias ``keras`` installed; or a notebook.

    `sys.argv`, `sys.path`, `__main__` and a traceback look as if Python had been given the script.

    Args:
        script: path of the script.
        arguments: what the script finds in ``sys.argv[1:]``.
        backend: name of the backend; by default the environment, ``keras.json`` or what is installed decides.

    Returns:
        0 after the script's end; 2 if the script cannot be opened or `backend` cannot be used. An exception
        of the script passes through.
    """
    if backend is not None:
        reason = _refuse_backend(backend.lower())
        if reason is not None:
            print(f"polykeras run: {reason}", file=sys.stderr)
            return 2
        os.environ["POLYKERAS_BACKEND"] = backend.lower()
    path = os.path.abspath(script)
    if path.endswith(".ipynb"):
        if arguments:
            print(f"polykeras run: a notebook takes no arguments: {' '.join(arguments)}", file=sys.stderr)
            return 2
        return int(importlib.import_module(f"{__package__}.era.notebooks").run(script))
    try:
        with io.open_code(path) as stream:
            source = stream.read()
    except OSError as error:
        print(
            f"polykeras run: can't open file {path!r}: [Errno {error.errno}] {error.strerror}",
            file=sys.stderr,
        )
        return 2
    alias.install(era=True)
    main_module = _become(script, path, arguments)
    code: CodeType | None = None
    try:
        found = parsed(source, path)
        folder = os.path.dirname(os.path.realpath(path))
        python_2 = found.python_2 or loader.imports_python_2(found.tree, folder)
        if python_2 and not found.python_2:
            found = parsed(source, path, python_2=True)
        loader.install(folder, python_2)
        program = code_of(found, path)
        code = program.code
        vars(main_module)["__builtins__"] = builtins_for(program.python_2, program.features)
        for warning in program.warnings:
            print(f"polykeras run: {path}: {warning}", file=sys.stderr)
        exec(code, main_module.__dict__)
    except BaseException as error:
        _hide_runner(error, code)
        raise
    return 0


def _become(script: str, path: str, arguments: Sequence[str]) -> ModuleType:
    """Makes this process look as if it had been started with the script; the new `__main__`."""
    names: dict[str, Any] = {
        "__file__": path,
        "__cached__": None,
        "__builtins__": sys.modules["builtins"],
        "__loader__": SourceFileLoader("__main__", path),
        "__annotations__": {},
    }
    usual = vars(sys.modules["__main__"])  # what Python gives a main module differs between its versions
    module = ModuleType("__main__")
    module.__dict__.update({name: value for name, value in names.items() if name in usual})
    sys.modules["__main__"] = module
    sys.argv[:] = [script, *arguments]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    return module


def _hide_runner(error: BaseException, code: CodeType | None) -> None:
    """Lets the traceback that Python prints for `error` begin with the script's frame.

    The exception goes on through the frames of this module, which adds them again, so they are taken off at
    the last moment: when `sys.excepthook`, the script's own one too, is called. So are the frames of the
    helpers between the program's own.
    """
    report = sys.excepthook

    def excepthook(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> Any:
        if value is error:
            while trace is not None and trace.tb_frame.f_code is not code:
                trace = trace.tb_next
            value.__traceback__ = trace
        trace = tracebacks.without_helpers(value)
        return report(kind, value, trace)

    sys.excepthook = excepthook
