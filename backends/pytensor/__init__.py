"""The PyTensor adapter (also known as ``theano``)."""

from __future__ import annotations

from .adapter import PyTensorBackend as PyTensorBackend
