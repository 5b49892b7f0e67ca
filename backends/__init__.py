"""Engines: the abstract interface ``K``, the registry, and the adapters for TensorFlow and PyTensor."""
