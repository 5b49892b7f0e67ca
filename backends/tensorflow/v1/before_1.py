"""Functions of TensorFlow that took their arguments in another order before TensorFlow 1.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from .signatures import Function

v1 = tf.compat.v1


def concat(*args: Any, **kwargs: Any) -> Any:
    """``concat(values, axis)``, before 1.0 ``concat(concat_dim, values)``; the list tells them apart."""
    names = {"concat_dim": "axis"}
    given = {names.get(key, key): value for key, value in kwargs.items()}
    positional = list(args)
    if positional and _is_number(positional[0]):
        given["axis"] = positional.pop(0)
        if positional:
            given["values"] = positional.pop(0)
    return tf.concat(*positional, **given)


def split(*args: Any, **kwargs: Any) -> Any:
    """``split(value, num_or_size_splits, axis)``, before 1.0 ``split(split_dim, num_split, value)``."""
    given = dict(kwargs)
    if "split_dim" in given or "num_split" in given or (len(args) == 3 and _is_old_split(args)):
        given.update(zip(("split_dim", "num_split", "value"), args, strict=False))
        return tf.split(given["value"], given["num_split"], given["split_dim"], name=given.get("name"))
    return tf.split(*args, **given)


def reverse(tensor: Any, axis: Any = None, name: str | None = None, dims: Any = None) -> Any:
    """``reverse(tensor, axis)``, before 1.0 with a bool for each axis."""
    along = dims if axis is None else axis
    marks = np.asarray(along) if isinstance(along, (list, tuple, np.ndarray)) else None
    if marks is not None and marks.dtype == bool:
        along = [int(each) for each in np.flatnonzero(marks)]
    return tf.reverse(tensor, along, name=name)


def cross_entropy(function: Function) -> Function:
    """A cross-entropy of logits, which before 1.0 took ``(logits, labels)`` by position."""

    def call(*args: Any, name: str | None = None, **kwargs: Any) -> Any:
        given = {"labels" if key == "targets" else key: value for key, value in kwargs.items()}
        given.pop("_sentinel", None)
        given.update(zip([key for key in ("logits", "labels") if key not in given], args, strict=False))
        if "logits" not in given or "labels" not in given:
            raise TypeError(f"tf.nn.{function.__name__}: wanted labels and logits, got {sorted(given)}.")
        return function(name=name, **given)

    call.__name__ = function.__name__
    return call


def weighted_cross_entropy(*args: Any, **kwargs: Any) -> Any:
    """``weighted_cross_entropy_with_logits``, whose order was changed with 1.0: only by names."""
    if args:
        raise TypeError(
            "tf.nn.weighted_cross_entropy_with_logits: the order of its arguments was changed with "
            "TensorFlow 1.0. Write targets=..., logits=..., pos_weight=..."
        )
    return v1.nn.weighted_cross_entropy_with_logits(**kwargs)


def batch_matmul(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None) -> Any:
    """The products of the matrices in two stacks."""
    return tf.matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def resize_images(images: Any, *args: Any, **kwargs: Any) -> Any:
    """``resize_images(images, size, method)``, before 1.0 with height and width in place of `size`."""
    given = dict(kwargs)
    positional = list(args)
    if "new_height" in given:
        given["size"] = [given.pop("new_height"), given.pop("new_width")]
    elif len(positional) > 1 and _is_number(positional[0]) and _is_number(positional[1]):
        positional[:2] = [[positional[0], positional[1]]]
    return v1.image.resize_images(images, *positional, **given)


def _is_number(x: Any) -> bool:
    """Whether `x` is a single whole number, also as a tensor."""
    if isinstance(x, (list, tuple)) or x is None:
        return False
    return isinstance(x, (int, np.integer)) or (
        getattr(x, "shape", None) is not None and len(x.shape) == 0 and _is_whole(x)
    )


def _is_whole(x: Any) -> bool:
    return bool(tf.as_dtype(x.dtype).is_integer)


def _is_old_split(args: Sequence[Any]) -> bool:
    """Whether the first of three arguments is an axis: then the last is the tensor."""
    last = args[2]
    return _is_number(args[0]) and (not _is_number(last) or tf.is_tensor(last))


def top() -> dict[str, Function]:
    """Those of ``tf`` itself."""
    return {
        "concat": concat,
        "split": split,
        "reverse": reverse,
        "batch_matmul": batch_matmul,
        "select": v1.where,
    }


def nn() -> dict[str, Function]:
    """Those of ``tf.nn``."""
    names = (
        "softmax_cross_entropy_with_logits",
        "sparse_softmax_cross_entropy_with_logits",
        "sigmoid_cross_entropy_with_logits",
    )
    return {
        **{name: cross_entropy(getattr(v1.nn, name)) for name in names},
        "weighted_cross_entropy_with_logits": weighted_cross_entropy,
    }
