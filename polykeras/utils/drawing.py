"""Graphs of layers, drawn without help: as SVG, as a picture, as text, or as a program for Graphviz."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .extras import optional
from .new_files import replacing

_CHARACTER, _LINE = 7, 16  # size of a letter and of a line, in pixels
_MARGIN, _GAP = 12, 36


@dataclass(frozen=True)
class Box:
    """A node.

    Attributes:
        key: what edges call it.
        lines: its text.
        depth: how far it lies from the last node: larger is further up.
    """

    key: str
    lines: tuple[str, ...]
    depth: int


class Drawing:
    """Boxes in rows, with arrows between them.

    It answers to what programs do with the graph that `model_to_dot` returns: ``create(format='svg')``,
    ``write(path)``, ``to_string()``.

    Args:
        boxes: the nodes.
        edges: pairs of keys, from and to.
    """

    def __init__(self, boxes: Sequence[Box], edges: Sequence[tuple[str, str]]) -> None:
        self.boxes = list(boxes)
        self.edges = list(edges)
        rows: dict[int, list[Box]] = {}
        for box in self.boxes:
            rows.setdefault(-box.depth, []).append(box)
        self.places: dict[str, tuple[float, float, float, float]] = {}  # left, top, width, height
        widths = {
            row: sum(self._size(box)[0] for box in boxes) + _GAP * (len(boxes) - 1)
            for row, boxes in rows.items()
        }
        self.width = max(widths.values(), default=0) + 2 * _MARGIN
        top = float(_MARGIN)
        for row in sorted(rows):
            left = (self.width - widths[row]) / 2
            for box in rows[row]:
                width, height = self._size(box)
                self.places[box.key] = (left, top, width, height)
                left += width + _GAP
            top += max(self._size(box)[1] for box in rows[row]) + _GAP
        self.height = top - _GAP + _MARGIN if rows else 2 * _MARGIN

    @staticmethod
    def _size(box: Box) -> tuple[float, float]:
        return max(map(len, box.lines)) * _CHARACTER + 20, len(box.lines) * _LINE + 12

    def _arrows(self) -> list[tuple[float, float, float, float]]:
        """From the middle of a box's lower side to the middle of another's upper side."""
        arrows = []
        for source, target in self.edges:
            left, top, width, height = self.places[source]
            end_left, end_top, end_width, _ = self.places[target]
            arrows.append((left + width / 2, top + height, end_left + end_width / 2, end_top))
        return arrows

    def svg(self) -> str:
        """The drawing as SVG."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.0f}" height="{self.height:.0f}" '
            f'viewBox="0 0 {self.width:.0f} {self.height:.0f}" font-family="monospace" font-size="11">',
            '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
        ]
        for x, y, end_x, end_y in self._arrows():
            bend = (end_y - y) / 2
            parts.append(
                f'<path d="M{x:.1f},{y:.1f} C{x:.1f},{y + bend:.1f} {end_x:.1f},{end_y - bend:.1f} '
                f'{end_x:.1f},{end_y:.1f}" fill="none" stroke="black" marker-end="url(#head)"/>'
            )
        for box in self.boxes:
            left, top, width, height = self.places[box.key]
            parts.append(
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" '
                'fill="#f4f6fa" stroke="#405070"/>'
            )
            for number, line in enumerate(box.lines):
                y = top + 18 + number * _LINE
                parts.append(
                    f'<text x="{left + width / 2:.1f}" y="{y:.1f}" text-anchor="middle">'
                    f"{html.escape(line)}</text>"
                )
        return "\n".join([*parts, "</svg>"])

    def picture(self) -> Any:
        """The drawing as a picture (`PIL.Image.Image`)."""
        image = optional("PIL.Image", "pillow", "drawing a model as a picture")
        draw_module = optional("PIL.ImageDraw", "pillow", "drawing a model as a picture")
        picture = image.new("RGB", (max(int(self.width), 1), max(int(self.height), 1)), "white")
        draw = draw_module.Draw(picture)
        for x, y, end_x, end_y in self._arrows():
            draw.line((x, y, end_x, end_y), fill="black")
            draw.polygon([(end_x, end_y), (end_x - 4, end_y - 7), (end_x + 4, end_y - 7)], fill="black")
        for box in self.boxes:
            left, top, width, height = self.places[box.key]
            draw.rectangle((left, top, left + width, top + height), fill="#f4f6fa", outline="#405070")
            for number, line in enumerate(box.lines):
                draw.text((left + 10, top + 6 + number * _LINE), line, fill="black")
        return picture

    def to_string(self) -> str:
        """The graph as a program for Graphviz's ``dot``."""
        lines = ["digraph G {", 'concentrate=true; rankdir=TB; node [shape="record"];']
        for box in self.boxes:
            label = r"\n".join(_escaped(line) for line in box.lines)
            lines.append(f'"{_escaped(box.key)}" [label="{label}"];')
        lines += [f'"{_escaped(source)}" -> "{_escaped(target)}";' for source, target in self.edges]
        return "\n".join([*lines, "}"])

    def text(self) -> str:
        """The graph as lines of text: each node, and what leads to it."""
        titles = {box.key: box.lines[0] for box in self.boxes}
        lines = []
        for box in self.boxes:
            sources = ", ".join(titles[source] for source, target in self.edges if target == box.key)
            lines.append(f"{'  '.join(box.lines)}{f'  <- {sources}' if sources else ''}")
        return "\n".join(lines)

    def create(self, prog: str = "dot", format: str = "svg") -> bytes:
        """The drawing in a format: ``'svg'``, ``'dot'``, ``'txt'``, or one that Pillow writes.

        Args:
            prog: accepted for programs that name Graphviz's; it has no effect.
            format: the format.
        """
        texts = {"svg": self.svg, "dot": self.to_string, "raw": self.to_string, "txt": self.text}
        if format.lower() in texts:
            return texts[format.lower()]().encode("utf-8")
        import io

        stream = io.BytesIO()
        kind = {"JPG": "JPEG"}.get(format.upper(), format.upper())
        self.picture().save(stream, kind)
        return stream.getvalue()

    def write(self, path: Any, prog: str = "dot", format: str | None = None) -> None:
        """Writes the drawing to a file, in the format that its name ends in unless one is given.

        Raises:
            OSError: if the file can not be written; what was there before is left as it was.
        """
        drawn = self.create(prog, format or Path(path).suffix.removeprefix(".") or "svg")
        with replacing(path) as new:
            new.write_bytes(drawn)

    def _repr_svg_(self) -> str:
        return self.svg()


def _escaped(text: str) -> str:
    """Text within the quotes of a label."""
    for character in '\\"{}<>|':
        text = text.replace(character, f"\\{character}")
    return text
