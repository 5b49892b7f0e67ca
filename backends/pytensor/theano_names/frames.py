"""`theano.tensor.nnet.conv3d2d`: its `conv3d` has another order of axes than that of `theano.tensor.nnet`."""

from __future__ import annotations

from typing import Any

from .convolution import FRAMES

NAMES: dict[str, Any] = FRAMES
