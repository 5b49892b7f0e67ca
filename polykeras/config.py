"""Settings of the library: ``keras.json``, the environment, float type, epsilon and dimension ordering.

The file is ``$KERAS_HOME/keras.json`` (``~/.keras/keras.json`` by default). It is read once, on import, and
never written. A file made by Keras 2 or 3 is honoured where its settings have a meaning here.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .errors import check_choice

FLOAT_TYPES = ("float16", "float32", "float64")
DIM_ORDERINGS = ("tf", "th")
_DATA_FORMATS = {"channels_last": "tf", "channels_first": "th"}
_FOREIGN_BACKENDS = ("jax", "torch", "numpy", "openvino", "cntk", "plaidml", "mxnet")
_KERAS_3_BACKENDS = ("tensorflow", "jax", "torch", "numpy", "openvino")

_floatx = "float32"
_epsilon = 1e-7
_image_dim_ordering = "tf"
_legacy_weight_ordering = False

_file_backend: str | None = None
_file_read: Path | None = None


def keras_home() -> Path:
    """The folder of ``keras.json`` and of cached data sets: ``$KERAS_HOME``, else ``~/.keras``."""
    home = os.environ.get("KERAS_HOME")
    return Path(home).expanduser() if home else Path("~").expanduser() / ".keras"


def config_file() -> Path:
    """Where ``keras.json`` is looked for; it need not exist."""
    return keras_home() / "keras.json"


def file_read() -> Path | None:
    """The ``keras.json`` that was read, or None."""
    return _file_read


def backend_choice() -> tuple[str | None, str]:
    """The backend that the user asks for, and where the wish stands.

    Returns:
        ``(name, source)``, for example ``("theano", "the environment variable KERAS_BACKEND")``; name is
        None if the user asks for none in particular.
    """
    for variable in ("POLYKERAS_BACKEND", "KERAS_BACKEND"):
        name = os.environ.get(variable, "").strip()
        if name:
            return name.lower(), f"the environment variable {variable}"
    if _file_backend:
        return _file_backend, f"the file {_file_read}"
    return None, "what is installed"


@contextmanager
def importable_keras_3() -> Iterator[None]:
    """A context for the import of TensorFlow, which imports Keras 3.

    That reads ``KERAS_BACKEND`` and ``keras.json`` too, and fails for a backend that it does not know, such
    as ``theano``. In this context it is told ``tensorflow`` then.
    """
    given = os.environ.get("KERAS_BACKEND")
    wanted = given or _file_backend
    if not wanted or wanted.strip().lower() in _KERAS_3_BACKENDS:
        yield
        return
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        yield
    finally:
        if given is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = given


def floatx() -> str:
    """The default float type: ``'float16'``, ``'float32'`` or ``'float64'``."""
    return _floatx


def set_floatx(floatx: str) -> None:
    """Sets the default float type of variables, placeholders and layers made from now on.

    Raises:
        ValueError: if `floatx` is not ``'float16'``, ``'float32'`` or ``'float64'``.
    """
    global _floatx
    _floatx = str(check_choice("set_floatx", "floatx", floatx, FLOAT_TYPES))


def epsilon() -> float:
    """The small number that guards divisions and logarithms, 1e-7 by default."""
    return _epsilon


def set_epsilon(e: float) -> None:
    """Sets the number that `epsilon` returns.

    Raises:
        ValueError: if `e` is not a number above zero.
    """
    global _epsilon
    if isinstance(e, bool) or not isinstance(e, (int, float, np.integer, np.floating)) or not e > 0:
        raise ValueError(f"set_epsilon: e must be a number above 0, got {e!r}.")
    _epsilon = float(e)


def image_dim_ordering() -> str:
    """The default order of image axes: ``'tf'`` (rows, columns, channels) or ``'th'`` (channels first)."""
    return _image_dim_ordering


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Sets the default order of image axes, ``'tf'`` or ``'th'``.

    Raises:
        ValueError: for any other value.
    """
    global _image_dim_ordering
    _image_dim_ordering = str(
        check_choice("set_image_dim_ordering", "dim_ordering", dim_ordering, DIM_ORDERINGS)
    )


def resolve_dim_ordering(where: str, dim_ordering: str | None) -> str:
    """``'tf'`` or ``'th'``, with ``'default'`` and None replaced by `image_dim_ordering`.

    Raises:
        ValueError: for any other value; `where` names the layer or function in the message.
    """
    if dim_ordering is None or dim_ordering == "default":
        return _image_dim_ordering
    return str(check_choice(where, "dim_ordering", dim_ordering, DIM_ORDERINGS))


def cast_to_floatx(x: Any) -> np.ndarray:
    """`x` as a numpy array of the default float type."""
    return np.asarray(x, dtype=_floatx)


def legacy_weight_ordering() -> bool:
    """Whether trainable weights go to the optimizer in the order of Keras before 1.2.1 (not sorted)."""
    return _legacy_weight_ordering


def set_legacy_weight_ordering(value: bool) -> None:
    """Switches the ordering that `legacy_weight_ordering` tells.

    Raises:
        ValueError: if `value` is not a bool.
    """
    global _legacy_weight_ordering
    _legacy_weight_ordering = bool(check_choice("set_legacy_weight_ordering", "value", value, (True, False)))


def _setting(path: Path, settings: dict[str, Any], key: str, choices: Any) -> Any:
    value = settings[key]
    try:
        return check_choice(str(path), key, value, choices)
    except ValueError as error:
        raise ValueError(f"{error} Correct the file or remove it.") from None


def load(path: Path | None = None) -> None:
    """Reads a ``keras.json`` and takes over its settings.

    Args:
        path: the file; the one of `config_file` by default. A missing or unreadable one leaves the defaults.

    Raises:
        ValueError: if the file is not a JSON object, or a setting in it has a value that is not known;
            the message names the file.
    """
    global _floatx, _epsilon, _image_dim_ordering, _file_backend, _file_read
    path = path or config_file()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        return
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8. Correct the file or remove it.") from None
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not valid JSON: {error}. Correct the file or remove it.") from None
    if not isinstance(settings, dict):
        raise ValueError(
            f'{path} must hold a JSON object such as {{"backend": "tensorflow"}}, '
            f"got {type(settings).__name__}. Correct the file or remove it."
        )
    floatx, epsilon, ordering, backend = _floatx, _epsilon, _image_dim_ordering, None
    if "floatx" in settings:
        if settings["floatx"] == "bfloat16":
            warnings.warn(
                f"{path}: floatx 'bfloat16' has no counterpart here; {floatx!r} is used.", stacklevel=2
            )
        else:
            floatx = _setting(path, settings, "floatx", FLOAT_TYPES)
    if "epsilon" in settings:
        value = settings["epsilon"]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            raise ValueError(
                f"{path}: epsilon must be a number above 0, got {value!r}. Correct the file or remove it."
            )
        epsilon = float(value)
    if "image_dim_ordering" in settings:
        ordering = _setting(path, settings, "image_dim_ordering", DIM_ORDERINGS)
    elif "image_data_format" in settings:
        ordering = _DATA_FORMATS[_setting(path, settings, "image_data_format", _DATA_FORMATS)]
    if settings.get("backend") is not None:
        name = settings["backend"]
        if not isinstance(name, str) or not name.strip():
            raise ValueError(
                f"{path}: backend must be a name such as 'tensorflow' or 'theano', got {name!r}. "
                "Correct the file or remove it."
            )
        if name.strip().lower() in _FOREIGN_BACKENDS:
            warnings.warn(
                f"{path} names the backend {name!r} of another Keras; it is passed over. "
                "Set POLYKERAS_BACKEND to 'tensorflow' or 'pytensor' to choose one here.",
                stacklevel=2,
            )
        else:
            backend = name.strip().lower()
    _floatx, _epsilon, _image_dim_ordering = floatx, epsilon, ordering
    _file_backend, _file_read = backend, path


load()
