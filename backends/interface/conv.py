"""Convolution and pooling.

The required operations take channels last, ``(samples, spatial..., channels)``, for one, two or three spatial
axes; Keras 1's operations are put together from them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import config
from ...errors import check_choice
from .checks import checked_sizes, listed
from .shape import Shape
from .windows import POOL_BORDER_MODES, POOL_MODES, check_fits, checked_mode, output_length, window

Sizes = Sequence[int]


class Conv(Shape):
    """Operations on images and their kin in one and three dimensions.

    Where sizes, strides or dilations are wanted, one integer stands for all spatial axes. Convolution is
    cross-correlation on every engine: the kernel is not rotated. Under ``'same'`` padding is TensorFlow's;
    the mean of average pooling leaves padding out. `image_shape`, `filter_shape` and their like, hints to
    Theano's compiler, are accepted and have no effect.

    Raises (all): ValueError for an unknown border mode or dim ordering, a wrong number of axes, a stride,
    size or dilation below 1, channels of input and kernel that differ, or a window larger than the input;
    sizes that are not known when the expression is built are checked when it is run.
    """

    @abstractmethod
    def convolution(
        self,
        x: Any,
        kernel: Any,
        strides: Sizes | None = None,
        border_mode: str = "valid",
        dilation: Sizes | None = None,
    ) -> Any:
        """The cross-correlation of `x` with `kernel`.

        Args:
            x: ``(samples, spatial..., in)`` with one to three spatial axes.
            kernel: ``(sizes..., in, out)``.
            strides: step of each spatial axis, 1 by default.
            border_mode: ``'valid'``, ``'same'`` or ``'full'``.
            dilation: distance of the kernel's elements along each spatial axis, 1 by default.

        Returns:
            ``(samples, spatial..., out)``; for the sizes see `windows.output_length`.
        """

    @abstractmethod
    def transposed_convolution(
        self,
        x: Any,
        kernel: Any,
        output_shape: Sequence[Any],
        strides: Sizes | None = None,
        border_mode: str = "valid",
    ) -> Any:
        """The transpose of `convolution`: what its gradient with respect to its input is.

        Args:
            x: ``(samples, spatial..., in)``.
            kernel: ``(sizes..., out, in)``, that of the convolution which leads from `out` to `in` channels.
            output_shape: ``(samples, spatial..., out)``; the samples are those of `x`, whatever is given;
                each spatial size, an integer or symbolic, must be one from which the convolution gives the
                size of `x`.
            strides, border_mode: those of the convolution.
        """

    @abstractmethod
    def depthwise_convolution(
        self, x: Any, kernel: Any, strides: Sizes | None = None, border_mode: str = "valid"
    ) -> Any:
        """Each channel convolved for itself.

        Args:
            x: ``(samples, rows, columns, in)``.
            kernel: ``(kernel rows, kernel columns, in, multiplier)``.
            strides: steps along rows and columns, 1 by default; they may differ.
            border_mode: ``'valid'`` or ``'same'``.

        Returns:
            ``(samples, rows, columns, in * multiplier)``; output channel ``i * multiplier + j`` is input
            channel ``i`` seen through ``kernel[:, :, i, j]``.
        """

    @abstractmethod
    def pooling(
        self,
        x: Any,
        pool_size: Sizes,
        strides: Sizes | None = None,
        border_mode: str = "valid",
        pool_mode: str = "max",
    ) -> Any:
        """The largest value or the mean in each window.

        Args:
            x: ``(samples, spatial..., channels)`` with one to three spatial axes.
            pool_size: size of the window along each spatial axis.
            strides: its steps, `pool_size` by default.
            border_mode: ``'valid'`` or ``'same'``; padding counts neither as a value nor in the mean.
            pool_mode: ``'max'`` (the gradient goes to the first of equal values) or ``'avg'``.
        """

    def conv1d(
        self,
        x: Any,
        kernel: Any,
        stride: int = 1,
        border_mode: str = "valid",
        image_shape: Any = None,
        filter_shape: Any = None,
    ) -> Any:
        """Convolution along the time axis.

        Args:
            x: ``(samples, steps, in)``.
            kernel: ``(length, in, out)``, or ``(length, 1, in, out)`` as `Convolution1D` keeps it.
            stride: step.
            border_mode: ``'valid'``, ``'same'`` or ``'full'``.

        Returns:
            ``(samples, steps, out)``.
        """
        where = "conv1d"
        self._check_axes(where, x, 1)
        if self.ndim(kernel) == 4:
            shape = self._shape_of(kernel)
            if shape[1] not in (1, None):
                raise ValueError(
                    f"{where}: the kernel must have the shape (length, in, out) or (length, 1, in, out), got "
                    f"{shape}."
                )
            kernel = self.squeeze(kernel, 1)
        return self._convolved(where, x, kernel, stride, border_mode, "tf", 1, 1)

    def conv2d(
        self,
        x: Any,
        kernel: Any,
        strides: Sizes = (1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
        image_shape: Any = None,
        filter_shape: Any = None,
        filter_dilation: Sizes = (1, 1),
    ) -> Any:
        """Convolution of images.

        Args:
            x: ``(samples, rows, columns, in)`` under ``'tf'``, ``(samples, in, rows, columns)`` under
                ``'th'``.
            kernel: ``(rows, columns, in, out)`` under ``'tf'``, ``(out, in, rows, columns)`` under ``'th'``.
            strides: steps along rows and columns.
            border_mode: ``'valid'``, ``'same'`` or ``'full'``.
            dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.
            filter_dilation: distance of the kernel's elements along rows and columns.
        """
        return self._convolved("conv2d", x, kernel, strides, border_mode, dim_ordering, filter_dilation, 2)

    def conv3d(
        self,
        x: Any,
        kernel: Any,
        strides: Sizes = (1, 1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
        volume_shape: Any = None,
        filter_shape: Any = None,
        filter_dilation: Sizes = (1, 1, 1),
    ) -> Any:
        """Convolution of volumes; the arguments are those of `conv2d`, with one more spatial axis."""
        return self._convolved("conv3d", x, kernel, strides, border_mode, dim_ordering, filter_dilation, 3)

    def atrous_conv2d(
        self,
        x: Any,
        kernel: Any,
        rate: int = 1,
        border_mode: str = "valid",
        dim_ordering: str = "default",
        image_shape: Any = None,
        filter_shape: Any = None,
    ) -> Any:
        """`conv2d` with the kernel's elements `rate` apart along rows and columns."""
        return self._convolved("atrous_conv2d", x, kernel, 1, border_mode, dim_ordering, rate, 2)

    def deconv2d(
        self,
        x: Any,
        kernel: Any,
        output_shape: Sequence[Any],
        strides: Sizes = (1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
        image_shape: Any = None,
        filter_shape: Any = None,
    ) -> Any:
        """Transposed convolution of images (Zeiler et al., 2010).

        Args:
            x: images, see `conv2d`.
            kernel: as for `conv2d`, `in` being the channels of `x`: ``(rows, columns, in, out)`` or
                ``(out, in, rows, columns)``.
            output_shape: the result's shape in the same ordering; the samples may be None.
            strides: steps of the convolution that this is the transpose of.
            border_mode: that of this convolution: ``'valid'``, ``'same'`` or ``'full'``.
        """
        where = "deconv2d"
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        self._check_axes(where, x, 2, kernel)
        images, weights = self._images_last(x, ordering), self._kernel_last(kernel, ordering)
        transposed = self.permute_dimensions(weights, (0, 1, 3, 2))
        sizes = list(listed(where, "output_shape", output_shape))
        if ordering == "th" and len(sizes) == 4:
            sizes = [sizes[0], sizes[2], sizes[3], sizes[1]]
        self._checked_transposed(where, images, transposed, sizes, strides, border_mode)
        result = self.transposed_convolution(images, transposed, sizes, strides, border_mode)
        return self._images_back(result, ordering)

    def separable_conv2d(
        self,
        x: Any,
        depthwise_kernel: Any,
        pointwise_kernel: Any,
        strides: Sizes = (1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
    ) -> Any:
        """A depthwise convolution, then a mixture of channels.

        Args:
            x: images, see `conv2d`.
            depthwise_kernel: ``(rows, columns, in, multiplier)`` under ``'tf'``,
                ``(multiplier, in, rows, columns)`` under ``'th'``.
            pointwise_kernel: ``(1, 1, in * multiplier, out)`` under ``'tf'``,
                ``(out, in * multiplier, 1, 1)`` under ``'th'``.
            strides: steps along rows and columns.
            border_mode: ``'valid'`` or ``'same'``.
        """
        where = "separable_conv2d"
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        self._check_axes(where, x, 2, depthwise_kernel)
        images = self._images_last(x, ordering)
        depthwise = self._kernel_last(depthwise_kernel, ordering)
        self._checked_depthwise(where, images, depthwise, strides, border_mode)
        each = self.depthwise_convolution(images, depthwise, strides, border_mode)
        self._check_axes(where, each, 2, pointwise_kernel)
        pointwise = self._kernel_last(pointwise_kernel, ordering)
        self._check_channels(where, each, pointwise)
        if any(size not in (1, None) for size in self._shape_of(pointwise)[:2]):
            raise ValueError(
                f"{where}: the pointwise kernel must have one row and one column, got the shape "
                f"{self._shape_of(pointwise_kernel)}."
            )
        return self._images_back(self.convolution(each, pointwise), ordering)

    def pool2d(
        self,
        x: Any,
        pool_size: Sizes,
        strides: Sizes = (1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
        pool_mode: str = "max",
    ) -> Any:
        """Pooling of images; see `pooling` and `conv2d` for the arguments."""
        return self._pooled("pool2d", x, pool_size, strides, border_mode, dim_ordering, pool_mode, 2)

    def pool3d(
        self,
        x: Any,
        pool_size: Sizes,
        strides: Sizes = (1, 1, 1),
        border_mode: str = "valid",
        dim_ordering: str = "default",
        pool_mode: str = "max",
    ) -> Any:
        """Pooling of volumes; see `pooling` and `conv3d` for the arguments."""
        return self._pooled("pool3d", x, pool_size, strides, border_mode, dim_ordering, pool_mode, 3)

    def _convolved(
        self,
        where: str,
        x: Any,
        kernel: Any,
        strides: Any,
        border_mode: str,
        dim_ordering: str,
        dilation: Any,
        rank: int,
    ) -> Any:
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        self._check_axes(where, x, rank, kernel)
        images, weights = self._images_last(x, ordering), self._kernel_last(kernel, ordering)
        mode, steps, apart = self._checked_convolution(where, images, weights, strides, border_mode, dilation)
        return self._images_back(self.convolution(images, weights, steps, mode, apart), ordering)

    def _pooled(
        self,
        where: str,
        x: Any,
        pool_size: Any,
        strides: Any,
        border_mode: str,
        dim_ordering: str,
        pool_mode: str,
        rank: int,
    ) -> Any:
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        self._check_axes(where, x, rank)
        images = self._images_last(x, ordering)
        mode, sizes, steps = self._checked_pooling(where, images, pool_size, strides, border_mode, pool_mode)
        return self._images_back(self.pooling(images, sizes, steps, mode, pool_mode), ordering)

    def _checked_convolution(
        self, where: str, x: Any, kernel: Any, strides: Any, border_mode: str, dilation: Any
    ) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        """Border mode, strides and dilation of a convolution, channels last; see the class for the errors."""
        rank = self._check_axes(where, x, None, kernel)
        mode = checked_mode(where, border_mode)
        steps = window(where, "strides", 1 if strides is None else strides, rank)
        apart = window(where, "dilation", 1 if dilation is None else dilation, rank)
        self._check_channels(where, x, kernel)
        check_fits(where, self._shape_of(x)[1:-1], self._known_window(kernel), mode, apart)
        return mode, steps, apart

    def _checked_depthwise(
        self, where: str, x: Any, kernel: Any, strides: Any, border_mode: str
    ) -> tuple[str, tuple[int, ...]]:
        """Border mode and strides of a depthwise convolution, channels last."""
        self._check_axes(where, x, 2, kernel)
        checked_mode(where, border_mode, POOL_BORDER_MODES)
        mode, steps, _ = self._checked_convolution(where, x, kernel, strides, border_mode, None)
        return mode, steps

    def _checked_transposed(
        self, where: str, x: Any, kernel: Any, output_shape: Any, strides: Any, border_mode: str
    ) -> tuple[str, tuple[int, ...], list[Any]]:
        """Border mode, strides and the result's spatial sizes of a transposed convolution, channels last."""
        rank = self._check_axes(where, x, None, kernel)
        mode = checked_mode(where, border_mode)
        steps = window(where, "strides", 1 if strides is None else strides, rank)
        given = list(listed(where, "output_shape", output_shape))
        if len(given) != rank + 2 or None in given[1:-1]:
            raise ValueError(
                f"{where}: output_shape must have {rank + 2} entries, of which the spatial ones are "
                f"integers, got {tuple(given)}."
            )
        sizes = checked_sizes(where, given[1:-1])
        kernel_shape, shape = self._shape_of(kernel), self._shape_of(x)
        for channels, wanted, what in (
            (shape[-1], kernel_shape[-1], "input"),
            (given[-1], kernel_shape[-2], "output_shape"),
        ):
            if isinstance(channels, int) and isinstance(wanted, int) and channels != wanted:
                raise ValueError(
                    f"{where}: the {what} must have the {wanted} channels that the kernel has, got "
                    f"{channels}. Is dim_ordering the one of the data?"
                )
        for axis, (got, size, wanted) in enumerate(zip(shape[1:-1], kernel_shape, sizes, strict=False)):
            if isinstance(wanted, int) and got is not None and size is not None:
                fits = output_length(wanted, size, mode, steps[axis])
                if fits != got:
                    raise ValueError(
                        f"{where}: output_shape must have sizes from which the convolution gives those of "
                        f"the input; along spatial axis {axis} the kernel size {size}, stride {steps[axis]} "
                        f"and border_mode {mode!r} make {fits} of {wanted}, got an input of {got}."
                    )
        return mode, steps, sizes

    def _checked_pooling(
        self, where: str, x: Any, pool_size: Any, strides: Any, border_mode: str, pool_mode: str
    ) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
        """Border mode, window and strides of a pooling, channels last."""
        rank = self._check_axes(where, x, None)
        mode = checked_mode(where, border_mode, POOL_BORDER_MODES)
        check_choice(where, "pool_mode", pool_mode, POOL_MODES)
        sizes = window(where, "pool_size", pool_size, rank)
        steps = sizes if strides is None else window(where, "strides", strides, rank)
        check_fits(where, self._shape_of(x)[1:-1], sizes, mode)
        return mode, sizes, steps

    def _shape_of(self, x: Any) -> tuple[int | None, ...]:
        shape = x.shape if isinstance(x, np.ndarray) else self.int_shape(x)
        return (None,) * (self.ndim(x) or 0) if shape is None else shape

    def _known_window(self, kernel: Any) -> tuple[int, ...]:
        """The sizes of a kernel, channels last; 1, which fits anywhere, where one is not known."""
        return tuple(size or 1 for size in self._shape_of(kernel)[:-2])

    def _check_axes(self, where: str, x: Any, rank: int | None, kernel: Any = None) -> int:
        """The number of spatial axes: `rank`, or one to three if it is None."""
        axes = self.ndim(x)
        if axes is None or (axes not in (3, 4, 5) if rank is None else axes != rank + 2):
            wanted = "3, 4 or 5" if rank is None else rank + 2
            raise ValueError(f"{where}: x must have {wanted} axes, got {axes}.")
        if kernel is not None and self.ndim(kernel) != axes:
            raise ValueError(f"{where}: the kernel must have {axes} axes, got {self.ndim(kernel)}.")
        return axes - 2

    def _check_channels(self, where: str, x: Any, kernel: Any) -> None:
        """Both channels last."""
        got, wanted = self._shape_of(x)[-1], self._shape_of(kernel)[-2]
        if got is not None and wanted is not None and got != wanted:
            raise ValueError(
                f"{where}: the input must have the {wanted} channels that the kernel takes, got {got}. "
                f"Is dim_ordering the one of the data?"
            )

    def _images_last(self, x: Any, ordering: str) -> Any:
        """Images, channels last."""
        if ordering == "tf":
            return x
        rank = self.ndim(x) or 0
        return self.permute_dimensions(x, (0, *range(2, rank), 1))

    def _images_back(self, x: Any, ordering: str) -> Any:
        """Images, channels last, in the given ordering."""
        if ordering == "tf":
            return x
        rank = self.ndim(x) or 0
        return self.permute_dimensions(x, (0, rank - 1, *range(1, rank - 1)))

    def _kernel_last(self, kernel: Any, ordering: str) -> Any:
        """A kernel, (sizes..., in, out)."""
        if ordering == "tf":
            return kernel
        rank = self.ndim(kernel) or 0
        return self.permute_dimensions(kernel, (*range(2, rank), 1, 0))
