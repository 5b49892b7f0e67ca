"""Functions of Python 2 without a short equivalent today, for programs that `polykeras port` has written."""

from __future__ import annotations

from .source.containers import list_map as map_to_list
from .source.files import open_file
from .source.numbers import compare as cmp
from .source.numbers import divide, divide_in_place, round_half_away

__all__ = ["cmp", "divide", "divide_in_place", "map_to_list", "open_file", "round_half_away"]
