"""Convolution and its two gradients as operations that are closed under differentiation.

The convolution is linear in the input x and in the kernel w. With a weight dy for each output there are three
maps, and each is linear in both of its arguments, so the derivatives of each are the two others:

    Convolution     x, w  -> y
    InputGradient   w, dy -> dx    (also the transposed convolution)
    KernelGradient  x, dy -> dw

All take channels last, with one to three spatial axes. A depthwise convolution has a kernel
``(sizes..., in, multiplier)`` and sees each input channel for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply, Constant

from ...interface.windows import check_fits, extent, output_length
from ..interpreter import Writer, emit
from ..sizes import known_sizes, sizes_of
from ..versions import SizedOp
from . import convolution_numpy
from .convolution_frame import Geometry, check_channels, check_multiple, gradient_frame

MOST_AXES = 3


class ConvolutionOp(SizedOp):
    """What the three operations have in common.

    Args:
        strides: steps of the window, one for each spatial axis.
        border_mode: ``'valid'``, ``'same'`` or ``'full'``, see `interface.windows`.
        dilation: distances of the kernel's elements, one for each spatial axis.
        depthwise: whether each input channel is seen for itself.
    """

    __props__ = ("strides", "border_mode", "dilation", "depthwise")

    def __init__(
        self, strides: Sequence[int], border_mode: str, dilation: Sequence[int], depthwise: bool = False
    ) -> None:
        self.strides = tuple(int(each) for each in strides)
        self.border_mode = border_mode
        self.dilation = tuple(int(each) for each in dilation)
        self.depthwise = bool(depthwise)

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.strides)

    @property
    def geometry(self) -> Geometry:
        """How the window moves."""
        return Geometry(self.strides, self.border_mode, self.dilation)

    def other(self, kind: type[ConvolutionOp]) -> ConvolutionOp:
        """The operation of another kind with the same parameters."""
        return kind(self.strides, self.border_mode, self.dilation, self.depthwise)

    def tensors(self, *values: Any) -> list[Any]:
        """Two arguments as tensors of one float dtype with the right number of axes."""
        tensors: list[Any] = [pt.as_tensor_variable(value) for value in values]
        dtypes = [tensor.type.dtype for tensor in tensors]
        if len(set(dtypes)) != 1 or dtypes[0] not in ("float32", "float64"):
            raise TypeError(f"{self.title}: wanted two tensors of float32 or of float64, got {dtypes}.")
        ranks = [tensor.type.ndim for tensor in tensors]
        if any(rank != self.rank + 2 for rank in ranks) or not 1 <= self.rank <= MOST_AXES:
            raise ValueError(
                f"{self.title}: wanted tensors of {self.rank + 2} axes for {self.rank} strides, got {ranks}."
            )
        return tensors

    @property
    def title(self) -> str:
        """The name in messages."""
        return ("depthwise " if self.depthwise else "") + "convolution"

    def lengths(self, given: Any) -> tuple[Any, list[int | None]]:
        """Sizes of the spatial axes as a vector of int64, and as far as they are known."""
        if isinstance(given, (list, tuple)) and all(isinstance(each, (int, np.integer)) for each in given):
            vector: Any = pt.constant(np.asarray(given, "int64"))
        else:
            vector = pt.cast(pt.as_tensor_variable(given), "int64")
        return vector, known_sizes([vector[axis] for axis in range(self.rank)])

    def _outputs(self, kernel: Sequence[int | None]) -> int | None:
        """The number of output channels of a kernel, as far as it is known."""
        channels, out = kernel[-2:]
        if not self.depthwise:
            return out
        return None if channels is None or out is None else channels * out

    def _check(self, images: Sequence[Any], sizes: Sequence[Any], weights: Sequence[Any]) -> None:
        if None not in images[1:] and None not in sizes and None not in weights[1:]:
            gradient_frame(self.title, self.geometry, images, sizes, weights)

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [True], [False]][: len(node.inputs)]


def places(length: Any, size: Any, stride: int, dilation: int, border_mode: str) -> Any:
    """`windows.output_length` for sizes that may be symbolic or unknown."""
    if length is None or (size is None and border_mode != "same"):
        return None
    if all(isinstance(each, int) for each in (length, size)):
        return max(output_length(length, size, border_mode, stride, dilation) or 0, 0)
    if border_mode == "same":
        count = length
    else:
        reach = extent(size, dilation)
        count = length - reach + 1 if border_mode == "valid" else length + reach - 1
    return count if stride == 1 else (count + (stride - 1)) // stride


def image_sizes(x: Any) -> list[Any]:
    """The sizes of the spatial axes of images."""
    return sizes_of(x)[1:-1]


def kernel_sizes(w: Any) -> list[Any]:
    """The sizes of the spatial axes of a kernel."""
    return sizes_of(w)[:-2]


class Convolution(ConvolutionOp):
    """x ``(samples, lengths..., in)``, w ``(sizes..., in, out)`` to y ``(samples, places..., out)``."""

    def make_node(self, *inputs: Any) -> Apply:
        x, w = self.tensors(*inputs)
        images, kernel = x.type.shape, w.type.shape
        check_channels(self.title, images[-1], kernel[-2])
        check_fits(
            self.title, images[1:-1], [size or 1 for size in kernel[:-2]], self.border_mode, self.dilation
        )
        out = self._outputs(kernel)
        known = self._places(images[1:-1], kernel[:-2])
        return Apply(self, [x, w], [pt.tensor(dtype=x.dtype, shape=(images[0], *known, out))])

    def _places(self, lengths: Sequence[Any], sizes: Sequence[Any]) -> list[Any]:
        """At how many places the window stands; None and symbolic sizes are taken too."""
        return [
            places(*each, self.border_mode)
            for each in zip(lengths, sizes, self.strides, self.dilation, strict=True)
        ]

    def compute(self, x: Any, w: Any) -> Any:
        """The result for arrays."""
        run = convolution_numpy.depthwise_forward if self.depthwise else convolution_numpy.forward
        return run(x, w, self.geometry)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        output_storage[0][0] = self.compute(*inputs)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        images, kernel = input_shapes
        out = kernel[-2] * kernel[-1] if self.depthwise else kernel[-1]
        return [(images[0], *self._places(images[1:-1], kernel[:-2]), out)]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, w = inputs
        (dy,) = output_grads
        return [
            self.other(InputGradient)(w, dy, image_sizes(x)),
            self.other(KernelGradient)(x, dy, kernel_sizes(w)),
        ]


class InputGradient(ConvolutionOp):
    """w ``(sizes..., in, out)``, dy ``(samples, places..., out)`` and lengths to dx.

    dx is ``(samples, lengths..., in)``; the lengths must be ones from which the convolution gives the places
    of dy.
    """

    @property
    def title(self) -> str:
        return "depthwise convolution" if self.depthwise else "transposed convolution"

    def make_node(self, *inputs: Any) -> Apply:
        w, dy = self.tensors(*inputs[:2])
        vector, known = self.lengths(inputs[2])
        kernel, images = w.type.shape, dy.type.shape
        check_channels(self.title, images[-1], self._outputs(kernel))
        self._check((None, *known), kernel[:-2], (None, *images[1:-1]))
        shape = (images[0], *known, kernel[-2])
        return Apply(self, [w, dy, vector], [pt.tensor(dtype=dy.dtype, shape=shape)])

    def compute(self, w: Any, dy: Any, lengths: Sequence[int]) -> Any:
        """The result for arrays."""
        run = (
            convolution_numpy.depthwise_input_gradient if self.depthwise else convolution_numpy.input_gradient
        )
        return run(w, dy, lengths, self.geometry)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        w, dy, lengths = inputs
        output_storage[0][0] = self.compute(w, dy, lengths.tolist())

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        lengths: Any = node.inputs[2]
        return [(input_shapes[1][0], *[lengths[axis] for axis in range(self.rank)], input_shapes[0][-2])]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        w, dy, _ = inputs
        (g,) = output_grads
        return [
            self.other(KernelGradient)(g, dy, kernel_sizes(w)),
            self.other(Convolution)(g, w),
            disconnected_type(),
        ]


class KernelGradient(ConvolutionOp):
    """x ``(samples, lengths..., in)``, dy ``(samples, places..., out)`` and sizes to dw.

    dw is ``(sizes..., in, out)``.
    """

    def make_node(self, *inputs: Any) -> Apply:
        x, dy = self.tensors(*inputs[:2])
        vector, known = self.lengths(inputs[2])
        images, weights = x.type.shape, dy.type.shape
        self._check((None, *images[1:-1]), known, (None, *weights[1:-1]))
        out = weights[-1]
        if self.depthwise and out is not None:
            out = None if images[-1] is None else check_multiple(self.title, out, images[-1])
        return Apply(self, [x, dy, vector], [pt.tensor(dtype=x.dtype, shape=(*known, images[-1], out))])

    def compute(self, x: Any, dy: Any, sizes: Sequence[int]) -> Any:
        """The result for arrays."""
        run = (
            convolution_numpy.depthwise_kernel_gradient
            if self.depthwise
            else convolution_numpy.kernel_gradient
        )
        return run(x, dy, sizes, self.geometry)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, dy, sizes = inputs
        output_storage[0][0] = self.compute(x, dy, sizes.tolist())

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        sizes: Any = node.inputs[2]
        channels, out = input_shapes[0][-1], input_shapes[1][-1]
        out = out // channels if self.depthwise else out
        return [(*[sizes[axis] for axis in range(self.rank)], channels, out)]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, dy, _ = inputs
        (g,) = output_grads
        return [
            self.other(InputGradient)(g, dy, image_sizes(x)),
            self.other(Convolution)(x, g),
            disconnected_type(),
        ]


@emit.register(Convolution)
@emit.register(InputGradient)
@emit.register(KernelGradient)
def _emit_convolution(op: Any, node: Apply, writer: Writer) -> bool:
    operands = [writer.name(x) for x in node.inputs[:2]]
    for vector in node.inputs[2:]:
        operands.append(
            repr([int(each) for each in vector.data])
            if isinstance(vector, Constant)
            else f"{writer.name(vector)}.tolist()"
        )
    compute = writer.keep(op.compute, "convolution")
    writer.assign(node.outputs[0], f"{compute}({', '.join(operands)})", fresh=True)
    return True
