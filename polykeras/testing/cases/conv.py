"""Convolution and pooling. Arrays are tiny, since derivatives are checked element by element."""

from __future__ import annotations

from typing import Any

from ..case import Case
from .values import apart, normal

BATCH = (0,)  # the number of samples is left open, the kernel's sizes are not


def _convolution(
    operation: str,
    label: str,
    x: tuple[int, ...],
    *kernels: tuple[int, ...],
    taps: int,
    options: dict[str, Any] | None = None,
) -> Case:
    """A case; `taps` is how many products one element of the result adds up."""
    arrays = (normal(*x), *(normal(*kernel, seed=1 + place) for place, kernel in enumerate(kernels)))
    return Case(operation, label, arrays, options or {}, unknown=BATCH, terms=taps, scale=8)


def _pool(operation: str, label: str, x: tuple[int, ...], **options: Any) -> Case:
    return Case(operation, label, (apart(*x),), options, terms=9, scale=8)


def _transposed(label: str, x: tuple[int, ...], kernel: tuple[int, ...], taps: int, **options: Any) -> Case:
    sizes = options.pop("sizes")
    options["output_shape"] = (None, *sizes, kernel[-2])
    return _convolution("transposed_convolution", label, x, kernel, taps=taps, options=options)


REQUIRED = [
    *(
        _convolution("convolution", label, (2, *sizes, 2), (*kernel, 2, 2), taps=taps, options=options)
        for label, sizes, kernel, taps, options in (
            ("1d", (5,), (2,), 4, {}),
            ("1d same, strides", (5,), (2,), 4, {"strides": (2,), "border_mode": "same"}),
            ("1d full, dilation", (4,), (3,), 6, {"border_mode": "full", "dilation": (2,)}),
            ("2d", (3, 4), (2, 3), 12, {}),
            ("2d full, strides", (3, 2), (2, 3), 12, {"strides": (2, 1), "border_mode": "full"}),
            (
                "2d same, strides, dilation",
                (5, 4),
                (2, 2),
                8,
                {"strides": (2, 3), "border_mode": "same", "dilation": (3, 2)},
            ),
            ("3d strides", (2, 3, 3), (2, 2, 1), 8, {"strides": (1, 1, 2)}),
            ("3d same, dilation", (2, 3, 1), (1, 2, 2), 8, {"border_mode": "same", "dilation": (1, 2, 1)}),
        )
    ),
    _transposed("1d", (2, 3, 2), (2, 2, 2), 4, sizes=(4,)),
    _transposed("1d strides", (2, 2, 2), (2, 1, 2), 4, sizes=(5,), strides=(3,)),
    _transposed("2d", (2, 2, 2, 1), (2, 3, 2, 1), 6, sizes=(3, 4)),
    _transposed(
        "2d same, strides", (1, 2, 2, 2), (3, 2, 2, 2), 8, sizes=(3, 4), strides=2, border_mode="same"
    ),
    _transposed("2d full", (1, 3, 4, 1), (2, 3, 1, 1), 6, sizes=(2, 2), border_mode="full"),
    _transposed("3d strides", (1, 2, 1, 2, 1), (1, 2, 2, 1, 1), 4, sizes=(3, 2, 3), strides=(2, 1, 1)),
    _transposed(
        "3d same, leaps", (1, 2, 2, 1, 1), (1, 2, 1, 1, 1), 2, sizes=(4, 3, 2), strides=2, border_mode="same"
    ),
    _transposed("2d one column, one channel", (2, 3, 1, 2), (1, 3, 1, 2), 2, sizes=(3, 3), strides=(1, 2)),
    *(
        _convolution("depthwise_convolution", label, (2, 3, 4, 2), kernel, taps=6, options=options)
        for label, kernel, options in (
            ("one for each", (2, 2, 2, 1), {}),
            ("two for each, same", (2, 3, 2, 2), {"border_mode": "same"}),
            ("strides that differ", (2, 2, 2, 2), {"strides": (1, 2)}),
            ("same, strides that differ", (3, 2, 2, 1), {"strides": (2, 3), "border_mode": "same"}),
        )
    ),
    _pool("pooling", "1d max", (2, 5, 2), pool_size=(2,)),
    _pool("pooling", "1d avg same", (2, 5, 2), pool_size=(3,), border_mode="same", pool_mode="avg"),
    _pool("pooling", "2d max, strides", (2, 4, 3, 2), pool_size=(2, 3), strides=(1, 2), border_mode="same"),
    _pool("pooling", "2d avg", (2, 4, 3, 2), pool_size=(2, 2), strides=(2, 1), pool_mode="avg"),
    _pool("pooling", "3d max", (1, 2, 3, 2, 2), pool_size=(2, 2, 1), strides=(1, 1, 1)),
    _pool("pooling", "3d avg same", (1, 2, 3, 3, 1), pool_size=2, border_mode="same", pool_mode="avg"),
]

SEQUENCES = [
    _convolution("conv1d", label, (2, 5, 2), kernel, taps=6, options=options)
    for label, kernel, options in (
        ("3 axes", (3, 2, 2), {}),
        ("4 axes", (3, 1, 2, 2), {}),
        ("same, even kernel", (2, 1, 2, 1), {"border_mode": "same"}),
        ("full", (3, 2, 1), {"border_mode": "full", "stride": 2}),
        ("stride longer than the kernel", (2, 1, 2, 2), {"stride": 3}),
        ("hints", (1, 2, 3), {"image_shape": (None, 5, 2), "filter_shape": (1, 2, 3)}),
    )
]

IMAGES = [
    _convolution(
        "conv2d", "one channel to one column", (2, 3, 3, 1), (1, 3, 1, 2), taps=3, options={"strides": (1, 2)}
    ),
    *(
        _convolution("conv2d", f"{label}, tf", (2, *size, 2), (*kernel, 2, 2), taps=18, options=options)
        for label, size, kernel, options in (
            ("valid", (4, 3), (3, 2), {}),
            ("same, even kernel", (3, 4), (2, 2), {"border_mode": "same"}),
            ("same, strides", (5, 4), (3, 3), {"border_mode": "same", "strides": (2, 2)}),
            ("full", (2, 2), (2, 3), {"border_mode": "full"}),
            ("one pixel", (3, 2), (1, 1), {}),
            ("one pixel, strides", (4, 3), (1, 1), {"strides": (3, 2), "border_mode": "same"}),
            ("same, kernel larger than the image", (2, 1), (3, 3), {"border_mode": "same"}),
            ("dilation", (4, 5), (2, 3), {"filter_dilation": (3, 2)}),
            ("dilation like the strides", (5, 4), (2, 2), {"filter_dilation": (2, 2), "strides": (2, 2)}),
        )
    ),
    *(
        _convolution(
            "conv2d",
            f"{label}, th",
            (2, 2, *size),
            (2, 2, *kernel),
            taps=12,
            options={**options, "dim_ordering": "th"},
        )
        for label, size, kernel, options in (
            ("valid", (3, 4), (2, 3), {}),
            ("same, strides", (4, 3), (2, 2), {"border_mode": "same", "strides": (1, 2)}),
            ("full", (2, 1), (2, 2), {"border_mode": "full"}),
            ("same, dilation", (3, 4), (2, 2), {"border_mode": "same", "filter_dilation": (1, 2)}),
        )
    ),
    *(
        _convolution("atrous_conv2d", label, (1, *size), kernel, taps=12, options=options)
        for label, size, kernel, options in (
            ("rate 1", (3, 3, 2), (2, 2, 2, 2), {}),
            ("rate 2", (4, 5, 2), (2, 3, 2, 1), {"rate": 2}),
            ("same, th", (2, 3, 3), (2, 2, 2, 2), {"rate": 2, "border_mode": "same", "dim_ordering": "th"}),
        )
    ),
    *(
        _convolution("deconv2d", label, x, kernel, taps=12, options=options)
        for label, x, kernel, options in (
            ("tf", (2, 2, 3, 2), (2, 2, 2, 1), {"output_shape": (None, 3, 4, 1)}),
            (
                "strides, tf",
                (1, 2, 2, 1),
                (2, 3, 1, 2),
                {"output_shape": (1, 5, 5, 2), "strides": (3, 2), "dim_ordering": "tf"},
            ),
            (
                "same, th",
                (1, 2, 2, 2),
                (1, 2, 3, 2),
                {
                    "output_shape": (None, 1, 3, 4),
                    "strides": (2, 2),
                    "border_mode": "same",
                    "dim_ordering": "th",
                },
            ),
        )
    ),
    *(
        _convolution("separable_conv2d", label, x, depthwise, pointwise, taps=24, options=options)
        for label, x, depthwise, pointwise, options in (
            ("tf", (1, 3, 4, 2), (2, 2, 2, 2), (1, 1, 4, 2), {}),
            (
                "same, strides",
                (1, 3, 3, 2),
                (3, 2, 2, 1),
                (1, 1, 2, 1),
                {"border_mode": "same", "strides": (1, 2)},
            ),
            ("th", (1, 2, 3, 3), (2, 2, 2, 2), (3, 4, 1, 1), {"dim_ordering": "th", "strides": (2, 2)}),
        )
    ),
]

VOLUMES = [
    _convolution("conv3d", label, x, kernel, taps=16, options=options)
    for label, x, kernel, options in (
        ("tf", (1, 2, 3, 2, 2), (2, 2, 1, 2, 1), {}),
        ("same, strides", (1, 3, 2, 3, 1), (2, 1, 2, 1, 2), {"border_mode": "same", "strides": (2, 2, 2)}),
        ("full, th", (1, 2, 1, 2, 1), (1, 2, 2, 1, 2), {"border_mode": "full", "dim_ordering": "th"}),
        (
            "dilation, th",
            (1, 1, 3, 2, 3),
            (2, 1, 2, 1, 2),
            {"filter_dilation": (2, 1, 2), "dim_ordering": "th"},
        ),
    )
]

POOLED = [
    *(
        _pool("pool2d", f"{label}, {mode}", x, pool_mode=mode, **options)
        for label, x, options in (
            ("steps of 1", (2, 3, 4, 2), {"pool_size": (2, 2)}),
            ("same", (2, 5, 3, 1), {"pool_size": (2, 3), "strides": (2, 2), "border_mode": "same"}),
            ("th", (1, 2, 4, 5), {"pool_size": (3, 2), "strides": (1, 2), "dim_ordering": "th"}),
        )
        for mode in ("max", "avg")
    ),
    _pool("pool2d", "strides None", (1, 4, 5, 2), pool_size=(2, 2), strides=None),
    _pool("pool2d", "leaps", (1, 5, 4, 2), pool_size=(1, 2), strides=(3, 3), border_mode="same"),
    _pool("pool2d", "larger than the image", (1, 2, 3, 2), pool_size=(4, 5), border_mode="same"),
    _pool("pool2d", "larger, avg", (1, 2, 3, 1), pool_size=(4, 5), border_mode="same", pool_mode="avg"),
    *(
        _pool("pool3d", f"{label}, {mode}", x, pool_mode=mode, **options)
        for label, x, options in (
            ("steps of 1", (1, 2, 3, 2, 2), {"pool_size": (2, 2, 1)}),
            (
                "same, th",
                (1, 1, 3, 2, 3),
                {"pool_size": (2, 2, 2), "strides": (2, 1, 2), "border_mode": "same", "dim_ordering": "th"},
            ),
        )
        for mode in ("max", "avg")
    ),
]

CASES = REQUIRED + SEQUENCES + IMAGES + VOLUMES + POOLED
