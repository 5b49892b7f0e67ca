"""The program's own files: translated from Python 2 where they are in it, run with builtins of their own.

`translate.compiled` is the way of a text to code. A text that Python 3 can parse and that shows no sign of
Python 2 (`signs`) is compiled as it stands; else its syntax is brought to Python 3 by `syntax`. The tree is
then changed by `meaning`, so that what has changed its ways is done by helpers. Nothing is written to disk.
"""
