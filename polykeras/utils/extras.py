"""Packages that only some parts need: imported where they are used."""

from __future__ import annotations

import importlib
from typing import Any


def optional(module: str, package: str, purpose: str) -> Any:
    """Imports a module of an optional package.

    Args:
        module: its name, such as ``'PIL.Image'``.
        package: what pip calls the package.
        purpose: what needs it, for the message: ``'load_img'``.

    Raises:
        ImportError: if it is not installed; the message holds the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{purpose} needs {package}, which cannot be imported ({error}). Run: pip install {package}"
        ) from error
