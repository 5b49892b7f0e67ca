"""TensorFlow 1 as the program's own files see it: old arguments, and what only TensorFlow 1 had."""
