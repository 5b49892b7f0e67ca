"""The TensorFlow adapter."""

from __future__ import annotations

from . import load as load
from .adapter import TensorFlowBackend as TensorFlowBackend
