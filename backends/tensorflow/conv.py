"""Convolution and pooling.

TensorFlow's kernels for the CPU lack some combinations: derivatives of a dilated convolution, any dilation of
volumes, a depthwise convolution whose steps differ, pooling of volumes in other precisions than single. Here
these are put together from what there is, so that values and derivatives of any order exist everywhere.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from ..interface import Conv
from ..interface.windows import extent, output_length, same_padding
from .graph import in_graph
from .math import as_float, as_tensor, same_dtype, sizes_of
from .shape import reshaped, size_vector

Ints = Sequence[int]

_MOST_PARTS = 64  # convolutions that one with steps that differ is put together from
_FEW_CHANNELS = 8  # fewer than fill a register of AVX2


class TFConv(Conv):
    @in_graph
    def convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid", dilation: Any = None
    ) -> Any:
        x, kernel = _floats(x, kernel)
        where = "convolution"
        mode, steps, apart = self._checked_convolution(where, x, kernel, strides, border_mode, dilation)
        x = _with_channels(where, x, kernel)
        if mode == "valid":
            x = _surely_fitting(where, x, sizes_of(kernel)[:-2], apart)
        return _convolved(x, kernel, steps, mode, apart)

    @in_graph
    def transposed_convolution(
        self, x: Any, kernel: Any, output_shape: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        x, kernel = _floats(x, kernel)
        where = "transposed_convolution"
        mode, steps, sizes = self._checked_transposed(where, x, kernel, output_shape, strides, border_mode)
        x = _with_channels(where, x, kernel, axis=-1)
        return _transposed(x, kernel, sizes, steps, mode)

    @in_graph
    def depthwise_convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        x, kernel = _floats(x, kernel)
        where = "depthwise_convolution"
        mode, steps = self._checked_depthwise(where, x, kernel, strides, border_mode)
        x = _with_channels(where, x, kernel)
        if mode == "valid":
            x = _surely_fitting(where, x, sizes_of(kernel)[:-2], (1, 1))
        return _depthwise(x, kernel, steps, mode)

    @in_graph
    def pooling(
        self, x: Any, pool_size: Any, strides: Any = None, border_mode: str = "valid", pool_mode: str = "max"
    ) -> Any:
        x = as_float(x)
        where = "pooling"
        mode, sizes, steps = self._checked_pooling(where, x, pool_size, strides, border_mode, pool_mode)
        if mode == "valid":
            x = _surely_fitting(where, x, sizes, (1,) * len(sizes))
        return _pooled(x, sizes, steps, mode.upper(), pool_mode)


def _floats(x: Any, kernel: Any) -> list[Any]:
    """The two as tensors of one float type."""
    return [as_float(each) for each in same_dtype([as_tensor(x), kernel])]


def _checked_later(x: Any, wrong: Sequence[tuple[str, Any, list[Any]]]) -> Any:
    """`x`, once a run has found all conditions to hold; each comes with a message and sizes to show."""
    checks = [tf.debugging.Assert(holds, [message, size_vector(sizes)]) for message, holds, sizes in wrong]
    if not checks:
        return x
    with tf.control_dependencies(checks):
        return tf.identity(x)


def _with_channels(where: str, x: Any, kernel: Any, axis: int = -2) -> Any:
    """`x`; where numbers of channels are not known yet, the run fails if they differ.

    TensorFlow itself would take a multiple for a convolution in groups.
    """
    got, wanted = sizes_of(x)[-1], sizes_of(kernel)[axis]
    if _known(got, wanted):
        return x
    message = f"{where}: the input must have as many channels as the kernel takes; the two numbers are:"
    x = _checked_later(x, [(message, tf.equal(got, wanted), [got, wanted])])
    x.set_shape([*x.shape[:-1], kernel.shape[axis]])
    return x


def _surely_fitting(where: str, x: Any, sizes: Sequence[Any], dilation: Ints) -> Any:
    """`x`; where sizes are not known yet, the run fails if a window reaches farther than it."""
    lengths = sizes_of(x)[1:-1]
    reaches = [extent(size, apart) for size, apart in zip(sizes, dilation, strict=True)]
    message = f"{where}: a window must not be larger than the input; along an axis the two sizes are:"
    return _checked_later(
        x,
        [
            (message, reach <= length, [reach, length])
            for reach, length in zip(reaches, lengths, strict=True)
            if not _known(reach, length)
        ],
    )


def _known(*sizes: Any) -> bool:
    return all(isinstance(size, int) for size in sizes)


def _padding(length: Any, size: Any, mode: str, stride: int, dilation: int) -> tuple[Any, Any]:
    """How much a border mode adds before and after an axis; sizes may be symbolic."""
    reach = extent(size, dilation)
    if mode == "full":
        return reach - 1, reach - 1
    if mode == "valid":
        return 0, 0
    if _known(length, size):
        return same_padding(length, size, stride, dilation)
    missing = tf.maximum((-(-length // stride) - 1) * stride + reach - length, 0)
    return missing // 2, missing - missing // 2


def _paddings(x: Any, kernel: Any, mode: str, strides: Ints, dilation: Ints) -> list[tuple[Any, Any]]:
    """How much a border mode adds before and after each spatial axis."""
    lengths, sizes = sizes_of(x)[1:-1], sizes_of(kernel)[:-2]
    return [
        _padding(*each) for each in zip(lengths, sizes, [mode] * len(sizes), strides, dilation, strict=True)
    ]


def _pair_matrix(pairs: Sequence[tuple[Any, Any]]) -> Any:
    """Pairs of sizes, which may be symbolic, as TensorFlow takes them."""
    return tf.reshape(size_vector([size for pair in pairs for size in pair]), (len(pairs), 2))


def _padded(x: Any, pairs: Sequence[tuple[Any, Any]]) -> Any:
    """`x` with zeros before and after its spatial axes."""
    if all(_known(*pair) for pair in pairs):
        return tf.pad(x, [(0, 0), *pairs, (0, 0)]) if any(map(any, pairs)) else x
    return tf.pad(x, _pair_matrix([(0, 0), *pairs, (0, 0)]))


def _lengths(x: Any, kernel: Any, mode: str, strides: Ints, dilation: Ints) -> list[int | None]:
    """The spatial sizes of a convolution's result, as far as they are known."""
    return [
        None if size is None else output_length(length, size, mode, stride, step)
        for length, size, stride, step in zip(
            x.shape[1:-1], kernel.shape[:-2], strides, dilation, strict=True
        )
    ]


def _with_lengths(y: Any, lengths: Sequence[int | None]) -> Any:
    """`y`, of which the spatial sizes are told as far as they are known."""
    y.set_shape([y.shape[0], *lengths, y.shape[-1]])
    return y


def _convolved(x: Any, kernel: Any, strides: Ints, mode: str, dilation: Ints) -> Any:
    if len(strides) == 1:
        flat = _convolved(
            tf.expand_dims(x, 1),
            tf.expand_dims(kernel, 0),
            (*strides, *strides),
            mode,
            (*dilation, *dilation),
        )
        return tf.squeeze(flat, [1])
    apart = [1 if size == 1 else step for size, step in zip(kernel.shape[:-2], dilation, strict=True)]
    lengths = _lengths(x, kernel, mode, strides, apart)
    if any(step > 1 for step in apart):
        return _with_lengths(_dilated(x, kernel, strides, mode, apart), lengths)
    # TensorFlow itself misplaces volumes under 'same' where a step is longer than the kernel.
    leaps = len(strides) == 3 and any(
        step > (size or 1) for step, size in zip(strides, kernel.shape, strict=False)
    )
    if mode == "same" and not leaps:
        return _plain(x, kernel, strides, "SAME")
    padded = _padded(x, _paddings(x, kernel, mode, strides, apart))
    return _with_lengths(_plain(padded, kernel, strides, "VALID"), lengths)


def _leaps(kernel: Any, strides: Ints) -> bool:
    """Whether volumes are passed through in steps longer than the kernel: under 'same' TensorFlow misplaces
    these."""
    sizes = kernel.shape[:-2]
    return len(strides) == 3 and any(step > (size or 1) for step, size in zip(strides, sizes, strict=True))


def _plain(x: Any, kernel: Any, strides: Ints, padding: str) -> Any:
    convolve = tf.nn.conv2d if len(strides) == 2 else tf.nn.conv3d
    width, size = x.shape[-2], kernel.shape[-3]
    columns = None if size is None else output_length(width, size, padding.lower(), strides[-1])
    more = _spare_channels(kernel, columns, strides)
    if more:
        x, kernel = _with_zeros(x, -1, more), _with_zeros(kernel, -2, more)
    return convolve(x, kernel, [1, *strides, 1], padding)


def _spare_channels(kernel: Any, columns: int | None, strides: Ints) -> int:
    """How many channels of zeros to add to the input, so that oneDNN computes from the right elements.

    In single precision it goes astray, on processors with AVX-512, if one input channel is passed through in
    steps of 1 along the rows and longer ones along the columns, to one output column; and on those with AVX2
    in the derivative by a kernel of one element that moves by more than one and has few input channels.
    """
    channels = kernel.shape[-2] or 1
    if channels < _FEW_CHANNELS and set(kernel.shape[:-2]) == {1} and max(strides) > 1:
        return _FEW_CHANNELS - channels
    return int(channels == 1 and columns in (1, None) and strides[-1] > 1 and strides[-2] == 1)


def _with_zeros(x: Any, axis: int, count: int) -> Any:
    """`x` with zeros at the end of an axis."""
    edges = [(0, 0)] * x.shape.rank
    edges[axis] = (0, count)
    # Not tf.pad: where a convolution follows, oneDNN takes its operation for one that pads rows and columns.
    return tf.raw_ops.PadV2(input=x, paddings=edges, constant_values=tf.zeros((), x.dtype))


def _dilated(x: Any, kernel: Any, strides: Ints, mode: str, dilation: Ints) -> Any:
    """A convolution whose kernel's elements lie apart, by an ordinary one over blocks.

    What stride and dilation have in common is taken out first: only each such element is ever looked at. The
    elements of one remainder modulo what is left of the dilation are neighbours then, and become a sample of
    their own.
    """
    pairs = _paddings(x, kernel, mode, strides, dilation)
    common = [math.gcd(*each) for each in zip(strides, dilation, strict=True)]
    blocks = [apart // divisor for apart, divisor in zip(dilation, common, strict=True)]
    steps = [stride // divisor for stride, divisor in zip(strides, common, strict=True)]
    if any(divisor > 1 for divisor in common):
        x, pairs = _every(_padded(x, pairs), common), [(0, 0)] * len(pairs)
    if all(block == 1 for block in blocks):
        return _plain(x, kernel, steps, "VALID")
    fills = [
        -(length + before + after) % block
        for length, (before, after), block in zip(sizes_of(x)[1:-1], pairs, blocks, strict=True)
    ]
    filled = [(before, after + fill) for (before, after), fill in zip(pairs, fills, strict=True)]
    inside = [step if block == 1 else 1 for step, block in zip(steps, blocks, strict=True)]
    apart = tf.space_to_batch(x, blocks, _pair_matrix(filled))
    y = tf.batch_to_space(
        _plain(apart, kernel, inside, "VALID"), blocks, _pair_matrix([(0, fill) for fill in fills])
    )
    return _every(y, [step // done for step, done in zip(steps, inside, strict=True)])


def _every(x: Any, steps: Ints) -> Any:
    """Each element of the spatial axes whose index is a multiple of a step."""
    if all(step == 1 for step in steps):
        return x
    return x[(slice(None), *(slice(None, None, step) for step in steps))]


def _transposed(x: Any, kernel: Any, sizes: Sequence[Any], strides: Ints, mode: str) -> Any:
    if len(strides) == 1:
        flat = _transposed(
            tf.expand_dims(x, 1), tf.expand_dims(kernel, 0), [1, *sizes], (*strides, *strides), mode
        )
        return tf.squeeze(flat, [1])
    known = [int(size) if isinstance(size, int) else None for size in sizes]
    if mode == "valid" or (mode == "same" and not _leaps(kernel, strides)):
        return _with_lengths(_plain_transposed(x, kernel, sizes, strides, mode.upper()), known)
    pairs = [
        _padding(length, size, mode, step, 1)
        for length, size, step in zip(sizes, sizes_of(kernel)[:-2], strides, strict=True)
    ]
    padded = [before + length + after for length, (before, after) in zip(sizes, pairs, strict=True)]
    y = _plain_transposed(x, kernel, padded, strides, "VALID")
    inside = [slice(before, before + length) for length, (before, _) in zip(sizes, pairs, strict=True)]
    return _with_lengths(y[(slice(None), *inside)], known)


def _plain_transposed(x: Any, kernel: Any, sizes: Sequence[Any], strides: Ints, padding: str) -> Any:
    transpose = tf.nn.conv2d_transpose if len(strides) == 2 else tf.nn.conv3d_transpose
    channels = sizes_of(kernel)[-2]
    # The derivative by `x` is a convolution that starts from the result's channels.
    more = _spare_channels(kernel, x.shape[-2], strides)
    if more:
        kernel = _with_zeros(kernel, -2, more)
    shape = size_vector([sizes_of(x)[0], *sizes, sizes_of(kernel)[-2]])
    y = transpose(x, kernel, shape, [1, *strides, 1], padding)
    return y[..., :channels] if more else y


def _depthwise(x: Any, kernel: Any, strides: Ints, mode: str) -> Any:
    if kernel.shape[-2] == 1:
        # The same as an ordinary one, which oneDNN, having made a depthwise one of these sizes, cannot make.
        return _convolved(x, kernel, strides, mode, (1, 1))
    if len(set(strides)) == 1:
        return tf.nn.depthwise_conv2d(x, kernel, [1, *strides, 1], mode.upper())
    # TensorFlow's kernels want equal steps. Of m steps each window is the sum of m windows, each of them over
    # the elements of one remainder modulo m, and m times as slow. A remainder beyond the kernel has none.
    lengths = _lengths(x, kernel, mode, strides, (1, 1))
    x = _padded(x, _paddings(x, kernel, mode, strides, (1, 1)))
    step = math.gcd(*strides)
    remainders = [stride // step for stride in strides]
    counts = [
        min(m, size) if isinstance(size, int) else m
        for m, size in zip(remainders, sizes_of(kernel)[:-2], strict=True)
    ]
    if math.prod(counts) > _MOST_PARTS:  # rather too many places, of which most are dropped
        y = tf.nn.depthwise_conv2d(x, kernel, [1, step, step, 1], "VALID")
        return _with_lengths(y[:, :: remainders[0], :: remainders[1]], lengths)
    places = [
        (length - size) // stride + 1
        for length, size, stride in zip(sizes_of(x)[1:-1], sizes_of(kernel)[:-2], strides, strict=True)
    ]
    parts = []
    for first in itertools.product(*map(range, counts)):
        taps = kernel[tuple(slice(a, None, m) for a, m in zip(first, remainders, strict=True))]
        if 0 in taps.shape[:-2]:
            continue
        spans = [
            ((place - 1) * step + size - 1) * m + 1
            for place, size, m in zip(places, sizes_of(taps)[:-2], remainders, strict=True)
        ]
        ranges = [slice(a, a + span, m) for a, span, m in zip(first, spans, remainders, strict=True)]
        seen = x[(slice(None), *ranges)]
        parts.append(tf.nn.depthwise_conv2d(seen, taps, [1, step, step, 1], "VALID"))
    return _with_lengths(tf.add_n(parts), lengths)


def _pooled(x: Any, sizes: Ints, strides: Ints, padding: str, pool_mode: str) -> Any:
    if len(sizes) == 1:
        return tf.squeeze(
            _pooled(tf.expand_dims(x, 1), (1, *sizes), (*strides, *strides), padding, pool_mode), [1]
        )
    if len(sizes) == 2:
        pool = tf.nn.max_pool2d if pool_mode == "max" else tf.nn.avg_pool2d
        return pool(x, sizes, strides, padding)
    # Planes first, then along the axis across them: of equal values the first stays the first.
    samples, depth, *plane, channels = sizes_of(x)
    y = _pooled(reshaped(x, [samples * depth, *plane, channels]), sizes[1:], strides[1:], padding, pool_mode)
    rows, columns = sizes_of(y)[1:-1]
    y = reshaped(y, [samples, depth, rows * columns, channels])
    y = _pooled(y, (sizes[0], 1), (strides[0], 1), padding, pool_mode)
    return reshaped(y, [samples, sizes_of(y)[1], rows, columns, channels])
