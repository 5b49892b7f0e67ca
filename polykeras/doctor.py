"""``polykeras doctor``: what is installed, which backend is chosen and why, and what is missing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata

from . import __version__, config, polykeras_version
from . import backend as K
from .backends import registry
from .backends.engines import ENGINES
from .utils.output import show

_REQUIRED = ("numpy", "pooch", "PyYAML", "tqdm")
_ENGINES = ("tensorflow", "tensorflow-cpu", "pytensor", "numba")
_HELPFUL = {
    "h5py": "reads and writes HDF5 files",
    "scipy": "sparse inputs",
    "matplotlib": "the examples' plots",
}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _versions() -> Iterator[str]:
    yield f"polykeras      {polykeras_version}, answers as Keras {__version__}"
    yield f"python         {platform.python_version()} ({sys.executable})"
    yield f"platform       {platform.platform()}"
    for package in (*_REQUIRED, *_ENGINES, *_HELPFUL, "keras"):
        version = _version(package)
        if version is not None:
            note = "  (another Keras: left alone, hidden by the alias)" if package == "keras" else ""
            yield f"{package:<14} {version}{note}"
    for engine in ENGINES.values():
        outside = engine.outside()
        if outside is not None:
            yield f"not tested     {outside} Run: pip install '{engine.requirement()}'"


def _settings() -> Iterator[str]:
    file = config.config_file()
    yield f"keras.json     {file} ({'read' if config.file_read() else 'not there: defaults'})"
    yield (
        f"settings       floatx {config.floatx()}, epsilon {config.epsilon():g}, "
        f"image_dim_ordering {config.image_dim_ordering()}"
    )
    yield f"data sets      {config.keras_home() / 'datasets'}"
    wanted, source = config.backend_choice()
    yield f"backends       {', '.join(registry.names())}"
    yield f"  installed    {', '.join(registry.installed()) or 'none'}"
    yield f"  chosen       {wanted or 'the first installed'}, by {source}"


def _missing() -> Iterator[str]:
    for package in _REQUIRED:
        if _version(package) is None:
            yield f"missing        {package}: pip install {package}"
    for engine in sorted(set(registry.ENGINE_OF.values())):
        if not registry.engine_installed(engine):
            yield f"not installed {engine}: pip install 'polykeras[{engine}]'"
    for package, use in _HELPFUL.items():
        if _version(package) is None:
            yield f"not installed {package} ({use}): pip install {package}"


def _try_backend() -> tuple[bool, str]:
    """Loads the chosen backend and has it multiply two matrices."""
    try:
        K.adapter()
        x = K.placeholder(shape=(2, 2))
        (product,) = K.function([x], [K.dot(x, x)])([[[1, 2], [3, 4]]])
        works = product.tolist() == [[7, 10], [15, 22]]
    except Exception as error:
        return False, f"does not work: {type(error).__name__}: {error}"
    return works, "works" if works else f"computes wrong numbers: {product.tolist()}"


def main() -> int:
    """Prints the report.

    Returns:
        0 if the chosen backend computes, 1 if not.
    """
    for section in (_versions(), _settings(), _missing()):
        for line in section:
            show(line)
    works, verdict = _try_backend()
    show(f"test           the backend {verdict}")
    return 0 if works else 1
