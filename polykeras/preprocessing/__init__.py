"""Preparing texts, sequences and images for a model."""
