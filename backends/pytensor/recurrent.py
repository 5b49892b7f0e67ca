"""Loops over time."""

from __future__ import annotations

from typing import Any

from ..interface import Recurrent


class PTRecurrent(Recurrent):
    def scan(self, body: Any, sequences: Any, states: Any, go_backwards: bool = False) -> Any:
        raise NotImplementedError
