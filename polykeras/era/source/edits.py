"""Changes of a text at the places of its syntax tree; all else of the text stays."""

from __future__ import annotations

import ast

from .syntax import lines_of


class Edits:
    """Insertions and replacements, by the nodes of a tree of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = lines_of(text)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[tuple[int, int, int, int, str]] = []  # place, kind, order, end, text

    def _place(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node begins."""
        return self._place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._place(node.end_lineno, node.end_col_offset)

    def wrap(self, node: ast.expr, before: str, after: str) -> None:
        """Puts text around a node. Of nodes at one place the outer one must come first."""
        order = len(self._edits)
        self._edits.append((self.start(node), 1, order, -1, before))
        self._edits.append((self.end(node), 0, -order, -1, after))

    def replace(self, start: int, end: int, text: str) -> None:
        """Puts a text in the place of another."""
        self._edits.append((start, 2, len(self._edits), end, text))

    def rename(self, node: ast.expr, name: str) -> None:
        """Puts a name in the place of a node."""
        self.replace(self.start(node), self.end(node), name)

    def find(self, word: str, start: int, end: int) -> int:
        """Where a word stands between two places, strings and comments aside; -1 if nowhere."""
        place = start
        while place < end:
            if self.text[place] == "#":
                place = self.text.find("\n", place)
                if place < 0:
                    return -1
            elif self.text.startswith(word, place):
                return place
            place += 1
        return -1

    def result(self) -> str:
        """The text with all changes made."""
        parts, at = [], 0
        for place, _, _, end, text in sorted(self._edits):
            parts.append(self.text[at:place])
            parts.append(text)
            at = max(place, end)
        parts.append(self.text[at:])
        return "".join(parts)
