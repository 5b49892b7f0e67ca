"""What the module of Keras 1's Theano backend had besides the operations of K: what it had imported, and its
helpers. Programs reach for both, as it had no ``__all__``.

Where ``import theano`` finds something, the names mean its parts; else those of PyTensor.
"""

from __future__ import annotations

import importlib
from typing import Any

# Name -> a part of Theano, and the attribute of it if it is no module; the same of PyTensor, "" for none.
_PARTS = {
    "theano": ("theano", "", "pytensor", ""),
    "T": ("theano.tensor", "", "pytensor.tensor", ""),
    "RandomStreams": (
        "theano.sandbox.rng_mrg",
        "MRG_RandomStreams",
        "pytensor.tensor.random.utils",
        "RandomStream",
    ),
    "pool": ("theano.tensor.signal.pool", "", "", ""),
    "conv3d2d": ("theano.tensor.nnet.conv3d2d", "", "", ""),
    "Print": ("theano.printing", "Print", "pytensor.printing", "Print"),
    "th_sparse_module": ("theano.sparse", "", "pytensor.sparse", ""),
    "T_softsign": ("theano.tensor.nnet.nnet", "softsign", "", ""),
}


def preprocess_conv2d_input(x: Any, dim_ordering: str) -> Any:
    """Images in the order of Theano's operations, the channels first."""
    return x.dimshuffle((0, 3, 1, 2)) if dim_ordering == "tf" else x


def preprocess_conv3d_input(x: Any, dim_ordering: str) -> Any:
    """Volumes in the order of Theano's operations, the channels first."""
    return x.dimshuffle((0, 4, 1, 2, 3)) if dim_ordering == "tf" else x


def preprocess_conv2d_kernel(kernel: Any, dim_ordering: str) -> Any:
    """A kernel as ``(out, in, rows, columns)``."""
    return kernel.dimshuffle((3, 2, 0, 1)) if dim_ordering == "tf" else kernel


def preprocess_conv3d_kernel(kernel: Any, dim_ordering: str) -> Any:
    """A kernel as ``(out, in, depth, rows, columns)``."""
    return kernel.dimshuffle((4, 3, 0, 1, 2)) if dim_ordering == "tf" else kernel


def preprocess_border_mode(border_mode: str) -> str:
    """The border mode as Theano names it.

    Raises:
        ValueError: if it is not ``'same'``, ``'valid'`` or ``'full'``.
    """
    if border_mode not in ("same", "valid", "full"):
        raise ValueError(f"Invalid border mode: wanted 'same', 'valid' or 'full', got {border_mode!r}.")
    return "half" if border_mode == "same" else border_mode


def old_name(name: str) -> Any:
    """What the module had under a name.

    Raises:
        KeyError: if it had nothing of that name, or it cannot be found.
    """
    if name not in _PARTS:
        return _HELPERS[name]
    theirs, attribute, ours, own_attribute = _PARTS[name]
    for module, part in ((theirs, attribute), (ours, own_attribute)):
        try:
            found = importlib.import_module(module) if module else None
        except ImportError:
            continue
        if found is not None and (not part or hasattr(found, part)):
            return getattr(found, part) if part else found
    raise KeyError(name)


def old_names() -> list[str]:
    """The names that a star import gave."""
    return list(_PARTS)


_HELPERS = {
    f"_{function.__name__}": function
    for function in (
        preprocess_conv2d_input,
        preprocess_conv3d_input,
        preprocess_conv2d_kernel,
        preprocess_conv3d_kernel,
        preprocess_border_mode,
    )
}
