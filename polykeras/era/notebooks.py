"""Notebooks run cell by cell, by this Python and without a browser: ``polykeras run notebook.ipynb``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import warnings
from typing import Any

from tqdm import tqdm

from .source.cells import PYTHON_2_VARIABLE
from .source.translate import parsed

_MISSING = "a notebook needs {name}. Run: pip install 'polykeras[notebook]'"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run(path: str) -> int:
    """Runs a notebook and writes it with what its cells have put out as ``NAME.executed.ipynb`` beside it.

    Args:
        path: the notebook, in any format since 3. It is left alone.

    Returns:
        0; 1 if a cell failed, and what came before it is written; 2 if the notebook cannot be run at all.
    """
    for name in ("nbformat", "nbclient", "ipykernel"):
        if importlib.util.find_spec(name) is None:
            return _refuse(_MISSING.format(name=name))
    nbformat = importlib.import_module("nbformat")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        return _refuse(f"can't open file {path!r}: [Errno {error.errno}] {error.strerror}")
    except Exception as error:
        return _refuse(f"{path} is no notebook: {error}")
    language = _language(notebook)
    if language != "python":
        return _refuse(f"{path} is a notebook in {language}; only Python can be run")
    failure = _execute(notebook, path)
    target = f"{os.path.splitext(path)[0]}.executed.ipynb"
    nbformat.write(notebook, target)
    if failure is not None:
        print(failure if sys.stderr.isatty() else _COLOURS.sub("", failure), file=sys.stderr)
    print(f"polykeras run: {target}: written", file=sys.stderr)
    return 0 if failure is None else 1


def _refuse(reason: str) -> int:
    print(f"polykeras run: {reason}", file=sys.stderr)
    return 2


def _language(notebook: Any) -> str:
    """The language that a notebook says it is in, in lower case; Python if it says nothing."""
    kernel = notebook.metadata.get("kernelspec", {})
    info = notebook.metadata.get("language_info", {})
    return str(info.get("name") or kernel.get("language") or "python").lower()


def in_python_2(notebook: Any) -> bool:
    """Whether a notebook is in Python 2: it says so, or says nothing and a cell shows signs of it."""
    version = str(notebook.metadata.get("language_info", {}).get("version", ""))
    name = str(notebook.metadata.get("kernelspec", {}).get("name", ""))
    if version or name in ("python2", "python3"):
        return version.startswith("2") or (not version and name == "python2")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                if parsed(cell.source + "\n", "<cell>").python_2:
                    return True
            except SyntaxError:  # magics of a whole cell, or an error of its own
                continue
    return False


def _execute(notebook: Any, path: str) -> str | None:
    """Runs the cells one after the other; the error of the one that failed, as the kernel shows it."""
    nbclient = importlib.import_module("nbclient")
    manager = _kernel_manager()
    folder = os.path.dirname(os.path.abspath(path))
    resources = {"metadata": {"path": folder}}
    client = nbclient.NotebookClient(notebook, km=manager, timeout=None, resources=resources)
    client.reset_execution_trackers()
    environment = {**os.environ, PYTHON_2_VARIABLE: "1" if in_python_2(notebook) else "0"}
    cells = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for _, cell in cells:
        cell.update(outputs=[], execution_count=None)
    with client.setup_kernel(env=environment):
        for place, cell in tqdm(cells, desc=os.path.basename(path), unit="cell"):
            try:
                client.execute_cell(cell, place)
            except nbclient.exceptions.CellExecutionError as error:
                return f"Cell {place + 1} failed.\n{error.traceback}"
            except nbclient.exceptions.DeadKernelError:
                return f"Cell {place + 1} ended the kernel."
            except KeyboardInterrupt:
                return f"Cell {place + 1} was interrupted."
    return None


def _kernel_manager() -> Any:
    """A manager of a kernel of this Python in which polykeras is loaded."""
    manager_class = importlib.import_module("jupyter_client.manager").AsyncKernelManager
    spec_class = importlib.import_module("jupyter_client.kernelspec").KernelSpec
    words = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--ext=polykeras"]
    manager = manager_class(kernel_name="python3")
    manager._kernel_spec = spec_class(argv=words, display_name="polykeras", language="python")
    return manager
