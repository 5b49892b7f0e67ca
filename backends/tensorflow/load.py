"""Imports TensorFlow, before any other module of the adapter does."""

from __future__ import annotations

from ...config import importable_keras_3

with importable_keras_3():
    import tensorflow as tensorflow
