"""Pillow as releases 2 to 4 had it."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

from .. import views
from ..callers import from_program
from ..homes import mirror
from ..imports import ImportHooks
from ..patches import Patches

# Modules that could be imported by themselves.
_TOP = (
    "Image",
    "ImageChops",
    "ImageColor",
    "ImageDraw",
    "ImageEnhance",
    "ImageFile",
    "ImageFilter",
    "ImageFont",
    "ImageMath",
    "ImageOps",
    "ImageStat",
)
_NAMES = {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"}
_VERSION = "1.1.7"  # of the PIL that Pillow took the place of


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what Pillow lacks today."""
    for name in _TOP:
        hooks.provide(name, _top)
    hooks.watch("PIL", _supply_versions)
    hooks.watch("PIL.Image", _supply_images)
    hooks.watch("PIL.ImageDraw", _supply_drawing)
    hooks.watch("PIL.ImageFont", _supply_fonts)
    views.override("PIL", lambda module: {})
    views.override("PIL.Image", _functions)


def _top(name: str) -> ModuleType:
    """A module of PIL under its name alone, with the functions that the program sees."""
    module = mirror(f"PIL.{name}")(name)
    if name == "Image":
        vars(module).update(_functions(importlib.import_module("PIL.Image")))
    return module


def _supply_versions(module: ModuleType, patches: Patches) -> None:
    version = vars(module).get("__version__", "")
    patches.supply_all(module, {"PILLOW_VERSION": version, "VERSION": _VERSION})


def whole(size: Any) -> Any:
    """A size or box in pixels: Python 2 cut floats off."""
    if isinstance(size, (tuple, list)) and any(isinstance(value, float) for value in size):
        return tuple(int(value) for value in size)
    return size


def _functions(module: Any) -> dict[str, Any]:
    def new(mode: str, size: Any, *args: Any, **kwargs: Any) -> Any:
        return module.new(mode, whole(size), *args, **kwargs)

    return {"new": new}


def _supply_images(module: Any, patches: Patches) -> None:
    names = {old: getattr(module, today) for old, today in _NAMES.items()}

    def is_image(t: Any) -> bool:
        return isinstance(t, module.Image)

    version = vars(importlib.import_module("PIL")).get("__version__", "")
    more = {"VERSION": _VERSION, "PILLOW_VERSION": version, "isImageType": is_image}
    patches.supply_all(module, {**names, **more, "fromstring": module.frombytes})
    patches.supply_all(
        module.Image,
        {"fromstring": module.Image.frombytes, "tostring": module.Image.tobytes, "offset": _offset},
    )
    nearest = module.NEAREST
    patches.widen(module.Image, "resize", functools.partial(_resizing, default=nearest))
    for name in ("crop", "thumbnail"):
        patches.widen(module.Image, name, _sized)


def _offset(self: Any, xoffset: int, yoffset: int | None = None) -> Any:
    return importlib.import_module("PIL.ImageChops").offset(self, xoffset, yoffset)


def _resizing(function: Any, default: Any) -> Any:
    """`Image.resize`, which took the nearest pixels unless it was told otherwise."""

    @functools.wraps(function)
    def resize(self: Any, size: Any, *args: Any, **kwargs: Any) -> Any:
        if from_program():
            size = whole(size)
            if not args and "resample" not in kwargs:
                kwargs["resample"] = default
        return function(self, size, *args, **kwargs)

    return resize


def _sized(function: Any) -> Any:
    @functools.wraps(function)
    def sized(self: Any, size: Any = None, *args: Any, **kwargs: Any) -> Any:
        return function(self, whole(size) if from_program() else size, *args, **kwargs)

    return sized


def text_size(self: Any, text: Any, *args: Any, **kwargs: Any) -> tuple[int, int]:
    """Width and height of a text, from where it is drawn."""
    right, bottom = self.getbbox(text, *args, **kwargs)[2:]
    return int(right), int(bottom)


def text_offset(self: Any, text: Any) -> tuple[int, int]:
    """How far the ink of a text is from where it is drawn."""
    left, top = self.getbbox(text)[:2]
    return int(left), int(top)


def _supply_fonts(module: Any, patches: Patches) -> None:
    for name in ("FreeTypeFont", "ImageFont", "TransposedFont"):
        patches.supply_all(getattr(module, name), {"getsize": text_size, "getoffset": text_offset})


def _supply_drawing(module: Any, patches: Patches) -> None:
    def textsize(
        self: Any, text: Any, font: Any = None, spacing: float = 4, **options: Any
    ) -> tuple[int, int]:
        """Width and height of a text, which may have several lines."""
        if "\n" in text:
            box = self.multiline_textbbox((0, 0), text, font, spacing=spacing, **options)
            return int(box[2]), int(box[3])
        return text_size(self.getfont() if font is None else font, text, **options)

    patches.supply_all(module.ImageDraw, {"textsize": textsize, "multiline_textsize": textsize})
