"""Locally connected layers: like convolution, but each place has a kernel of its own."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .. import activations as activations
from .. import backend as K
from .. import constraints as constraints
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.layer import Layer as Layer
from ..engine.spec import InputSpec as InputSpec
from ..utils.np_utils import conv_output_length as conv_output_length
from .parts import known_size, set_initial_weights
from .windows import ImageLayer, SequenceLayer, Shape, WindowLayer


class _LocallyConnected(WindowLayer):
    """A `WindowLayer` with a kernel ``(places, size of a patch, nb_filter)`` and a shift for each place.

    All places are one batch of products of matrices.
    """

    BORDER_MODES = ("valid",)
    _grid: tuple[int, ...]  # at how many places the kernel stands along each spatial axis

    def build(self, input_shape: Shape) -> None:
        channels = self._channels(input_shape)
        lengths = [known_size(self.name, input_shape, axis) for axis in self._spatial_axes]
        self.input_spec = [InputSpec(shape=self._with_lengths((None,) * len(input_shape), lengths, channels))]
        self._grid = tuple(size for size in self._places(input_shape) if size is not None)
        self.W_shape = (math.prod(self._grid), math.prod(self._window()) * channels, self.nb_filter)
        self.W = self._add_kernel(self.W_shape)
        self.b = self._add_bias((*self._grid, self.nb_filter)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def _convolved(self, x: Any) -> Any:
        products = K.batch_dot(self._patches(x), self.W, axes=(2, 1))
        output = K.reshape(products, (*self._grid, -1, self.nb_filter))
        spatial = range(self.RANK)
        samples, filters = self.RANK, self.RANK + 1
        last = self.dim_ordering == "tf"
        pattern = (samples, *spatial, filters) if last else (samples, filters, *spatial)
        return K.permute_dimensions(output, pattern)

    def _patches(self, x: Any) -> Any:
        """What each place sees: (places, samples, size of a patch).

        In a patch the axes stand in the order of the input: the channels last or first.
        """
        rank = self.RANK
        last = self.dim_ordering == "tf"
        x = K.permute_dimensions(x, (*self._spatial_axes, 0, self._channel_axis))
        # Of the sizes that x has, so that one for which there are no weights is noticed.
        windows = zip(K.sizes(x), self._window(), self._steps(), strict=False)
        places = [(size - width) // step + 1 for size, width, step in windows]
        taps = []
        for offsets in itertools.product(*map(range, self._window())):
            starts = zip(offsets, places, self._steps(), strict=True)
            seen = x[tuple(slice(start, start + (n - 1) * step + 1, step) for start, n, step in starts)]
            taps.append(seen if last else K.expand_dims(seen, rank + 2))
        patches = K.concatenate(taps, axis=-1)
        return K.reshape(patches, (self.W_shape[0], -1, self.W_shape[1]))

    def _finished(self, output: Any) -> Any:
        if self.bias:
            # For 'th' the numbers of b are taken in another order, not its axes: so the files of Keras 1 are.
            shape = self._with_lengths((1,) * (self.RANK + 2), self._grid, self.nb_filter)
            output = output + K.reshape(self.b, shape)
        return self.activation(output)


class LocallyConnected1D(_LocallyConnected, SequenceLayer):
    """A `Convolution1D` with other weights at each step.

    Input: ``(samples, steps, input_dim)``; the number of steps must be known. Output: ``(samples, new_steps,
    nb_filter)``. Weights: ``W`` (new_steps, filter_length * input_dim, nb_filter), ``b`` (new_steps,
    nb_filter) if `bias`.

    Args:
        border_mode: ``'valid'``.

    The other arguments are those of `Convolution1D`.
    """


class LocallyConnected2D(_LocallyConnected, ImageLayer):
    """A `Convolution2D` with other weights at each place.

    Input and output: as for `Convolution2D`; rows and columns must be known. Weights: ``W`` (new_rows *
    new_columns, size of a patch, nb_filter), a patch being (nb_row, nb_col, channels) for ``'tf'`` and
    (channels, nb_row, nb_col) for ``'th'``; ``b`` (new_rows, new_columns, nb_filter) if `bias`. For ``'th'``
    the numbers of ``b`` are read as (nb_filter, new_rows, new_columns).

    Args:
        border_mode: ``'valid'``.

    The other arguments are those of `Convolution2D`.
    """
