"""Joining, reshaping, repeating, padding, resizing."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import oracle
from ..case import Case
from .values import flags, integers, normal
from .variables import made


def _joined(label: str, *shapes: tuple[int, ...], **options: Any) -> Case:
    return Case(
        "concatenate",
        label,
        tuple(normal(*shape, seed=seed) for seed, shape in enumerate(shapes)),
        build=lambda K, *tensors: K.concatenate(list(tensors), **options),
        wanted=lambda *arrays: oracle.concatenate(arrays, **options),
    )


def _moved(operation: str, shape: tuple[int, ...], /, **options: Any) -> Case:
    """A case of an operation on one tensor; a reshape to fixed sizes needs a fixed batch size."""
    label = " ".join(
        ["x".join(map(str, shape)) or "scalar", *(f"{key}={value}" for key, value in options.items())]
    )
    fixed = operation == "reshape" and not {-1, None} & set(options["shape"])
    return Case(operation, label, (normal(*shape),), options, unknown=not fixed)


JOINED = [
    _joined("last axis", (2, 3), (2, 1)),
    _joined("axis 0", (2, 3), (1, 3), (3, 3), axis=0),
    _joined("axis -2 of rank 3", (2, 1, 3), (2, 2, 3), axis=-2),
    _joined("one tensor", (2, 3)),
    _joined("vectors", (2,), (3,), axis=0),
    _joined("rank 5", (1, 2, 1, 2, 1), (1, 2, 3, 2, 1), axis=2),
    _joined("with nothing", (2, 3), (2, 0)),
    Case(
        "concatenate",
        "int32",
        (integers(2, 3), integers(2, 2)),
        build=lambda K, *tensors: K.concatenate(list(tensors)),
        wanted=lambda *arrays: oracle.concatenate(arrays),
    ),
    *(
        Case(
            "stack",
            f"{count} of rank {len(shape)}",
            tuple(normal(*shape, seed=seed) for seed in range(count)),
            build=lambda K, *tensors: K.stack(list(tensors)),
            wanted=lambda *arrays: oracle.stack(arrays),
        )
        for count, shape in ((1, (2, 3)), (3, (2,)), (2, (2, 1, 3)), (2, ()))
    ),
]

MOVED = [
    _moved("reshape", (2, 6), shape=(-1, 3)),
    _moved("reshape", (2, 6), shape=(3, 4)),
    _moved("reshape", (2, 3, 4), shape=(2, None)),
    _moved("reshape", (2, 3), shape=(1, 2, 3, 1, 1)),
    _moved("reshape", (6,), shape=(6,)),
    _moved("reshape", (1, 1), shape=()),
    _moved("reshape", (), shape=(1, 1)),
    Case(
        "reshape",
        "to the shape of another",
        (normal(3, 4), normal(4, 3)),
        build=lambda K, x, y: K.reshape(x, K.shape(y)),
        wanted=lambda x, y: x.reshape(4, 3),
        smooth=(0,),
        unknown=False,
    ),
    Case(
        "reshape",
        "by a symbolic size",
        (normal(4, 6),),
        build=lambda K, x: K.reshape(x, (K.shape(x)[0], 2, 3)),
        wanted=lambda x: x.reshape(4, 2, 3),
    ),
    _moved("permute_dimensions", (2, 3), pattern=(1, 0)),
    _moved("permute_dimensions", (2, 3, 4), pattern=(2, 0, 1)),
    _moved("permute_dimensions", (2, 3, 4), pattern=[0, 2, 1]),
    _moved("permute_dimensions", (1, 2, 3, 1, 2), pattern=(0, 4, 2, 3, 1)),
    _moved("repeat_elements", (2, 3), rep=2, axis=0),
    _moved("repeat_elements", (2, 3), rep=3, axis=1),
    _moved("repeat_elements", (2, 3, 2), rep=2, axis=-2),
    _moved("repeat_elements", (2, 3), rep=1, axis=1),
    _moved("tile", (2, 3), n=(2, 1)),
    _moved("tile", (2, 3), n=[1, 3]),
    _moved("tile", (2, 3), n=2),
    _moved("tile", (4,), n=3),
    _moved("tile", (2, 1, 3), n=(1, 2, 2)),
    _moved("expand_dims", (2, 3)),
    _moved("expand_dims", (2, 3), dim=0),
    _moved("expand_dims", (2, 3), dim=1),
    _moved("expand_dims", (2, 3), dim=-2),
    _moved("expand_dims", ()),
    _moved("expand_dims", (2, 1, 3, 2), dim=2),
    _moved("squeeze", (2, 1, 3), axis=1),
    _moved("squeeze", (2, 3, 1), axis=-1),
    _moved("squeeze", (2, 1), axis=1),
    _moved("flatten", (2, 3)),
    _moved("flatten", (2, 3, 1, 2)),
    _moved("flatten", (4,)),
    _moved("flatten", ()),
    _moved("batch_flatten", (2, 3, 4)),
    _moved("batch_flatten", (2, 3)),
    _moved("batch_flatten", (2, 1, 3, 1, 2)),
    _moved("reverse", (2, 3), axes=0),
    _moved("reverse", (2, 3), axes=1),
    _moved("reverse", (2, 3), axes=-1),
    _moved("reverse", (2, 3, 2), axes=[0, 2]),
    _moved("reverse", (2, 3, 2), axes=(-1, 1)),
    _moved("repeat", (2, 3), n=4),
    _moved("repeat", (2, 1), n=1),
    Case("zeros_like", "matrix", (normal(2, 3),), smooth=()),
    Case("ones_like", "rank 3", (normal(2, 3, 1),), smooth=()),
    Case("ones_like", "scalar", (normal(),), smooth=()),
    Case("zeros_like", "dtype=int32", (normal(2, 3),), {"dtype": "int32"}),
    Case("ones_like", "int32", (integers(2, 3),)),
    Case("ones_like", "dtype=float64", (integers(2, 3),), {"dtype": "float64"}, own_dtype=True),
    Case("expand_dims", "bool", (flags(3),)),
    Case("reshape", "int32", (integers(2, 6),), {"shape": (4, 3)}, unknown=False),
]

PADDED = [
    _moved("pad", (2, 3), paddings=((1, 0), (0, 2))),
    _moved("pad", (2, 3), paddings=((0, 0), (1, 1)), value=7.0),
    _moved("pad", (2, 2, 1), paddings=((0, 0), (0, 1), (2, 3)), value=-1.5),
    _moved("pad", (3,), paddings=((0, 0),)),
    Case("pad", "int32", (integers(2, 2),), {"paddings": ((0, 1), (1, 0)), "value": 9}),
    _moved("temporal_padding", (2, 3, 2)),
    _moved("temporal_padding", (2, 3, 2), padding=2),
    _moved("temporal_padding", (2, 3, 2), padding=0),
    _moved("asymmetric_temporal_padding", (2, 3, 2), left_pad=0, right_pad=2),
    _moved("asymmetric_temporal_padding", (2, 3, 2)),
    _moved("spatial_2d_padding", (1, 2, 3, 2)),
    _moved("spatial_2d_padding", (1, 2, 3, 2), padding=(0, 2), dim_ordering="tf"),
    _moved("spatial_2d_padding", (1, 2, 3, 2), padding=(1, 2), dim_ordering="th"),
    _moved("asymmetric_spatial_2d_padding", (1, 2, 2, 2)),
    _moved("asymmetric_spatial_2d_padding", (1, 2, 2, 2), top_pad=0, bottom_pad=1, left_pad=2, right_pad=0),
    _moved(
        "asymmetric_spatial_2d_padding",
        (1, 2, 2, 2),
        top_pad=2,
        bottom_pad=0,
        left_pad=0,
        right_pad=1,
        dim_ordering="th",
    ),
    _moved("spatial_3d_padding", (1, 1, 2, 2, 2)),
    _moved("spatial_3d_padding", (1, 1, 2, 2, 2), padding=(1, 0, 2), dim_ordering="tf"),
    _moved("spatial_3d_padding", (1, 2, 1, 2, 1), padding=(0, 1, 1), dim_ordering="th"),
    _moved("resize_images", (1, 2, 3, 2), height_factor=2, width_factor=1, dim_ordering="tf"),
    _moved("resize_images", (1, 2, 3, 2), height_factor=2, width_factor=3, dim_ordering="th"),
    _moved("resize_images", (2, 2, 2, 1), height_factor=1, width_factor=1, dim_ordering="tf"),
    _moved(
        "resize_volumes", (1, 1, 2, 2, 2), depth_factor=2, height_factor=1, width_factor=2, dim_ordering="tf"
    ),
    _moved(
        "resize_volumes", (1, 2, 1, 2, 1), depth_factor=2, height_factor=2, width_factor=3, dim_ordering="th"
    ),
]

COUNTED = [
    Case("one_hot", "vector", (np.array([0, 2, 1], "int32"),), {"nb_classes": 3}),
    Case("one_hot", "matrix", (np.array([[0, 2], [1, 1]], "int32"),), {"nb_classes": 4}),
    Case("one_hot", "int64", (np.array([1], "int64"),), {"nb_classes": 2}),
    Case("one_hot", "outside", (np.array([-1, 3, 2], "int32"),), {"nb_classes": 3}),
    made("arange", "stop", 5),
    made("arange", "start and stop", 2, 7),
    made("arange", "step", 2, 9, 3),
    made("arange", "downwards", 5, 0, -2),
    made("arange", "nothing", 3, 1),
    made("arange", "negative stop", -3),
    made("arange", "int64", 4, dtype="int64"),
    made("arange", "float32", 4, dtype="float32"),
    Case(
        "arange",
        "to a symbolic size",
        (normal(4, 2),),
        build=lambda K, x: K.arange(K.shape(x)[0]),
        wanted=lambda x: np.arange(4, dtype="int32"),
        settles=False,
    ),
]

CASES = JOINED + MOVED + PADDED + COUNTED
