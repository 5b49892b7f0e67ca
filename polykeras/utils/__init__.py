"""Helpers: look-up by name, labels, progress bars, files. Import the submodule you need."""
