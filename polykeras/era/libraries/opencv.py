"""OpenCV's Python module as releases 2.4 and 3 had it: names of constants."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ..imports import ImportHooks
from ..patches import Patches

_NAMES = {
    "CV_AA": "LINE_AA",
    "CV_FOURCC": "VideoWriter_fourcc",
    "CV_HAAR_SCALE_IMAGE": "CASCADE_SCALE_IMAGE",
    "CV_HAAR_FIND_BIGGEST_OBJECT": "CASCADE_FIND_BIGGEST_OBJECT",
    "CV_FILLED": "FILLED",
    "CV_LOAD_IMAGE_ANYCOLOR": "IMREAD_ANYCOLOR",
    "CV_LOAD_IMAGE_ANYDEPTH": "IMREAD_ANYDEPTH",
    "CV_LOAD_IMAGE_COLOR": "IMREAD_COLOR",
    "CV_LOAD_IMAGE_GRAYSCALE": "IMREAD_GRAYSCALE",
    "CV_LOAD_IMAGE_UNCHANGED": "IMREAD_UNCHANGED",
}


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what OpenCV lacks today."""
    hooks.watch("cv2", _supply)


def _supply(module: Any, patches: Patches) -> None:
    for old, today in _NAMES.items():
        if hasattr(module, today):
            patches.supply(module, old, getattr(module, today))
    patches.supply(module, "cv", _Constants(module))
    if hasattr(module, "SIFT_create"):
        features = ModuleType("cv2.xfeatures2d")
        vars(features)["SIFT_create"] = module.SIFT_create
        patches.supply(module, "xfeatures2d", features)


class _Constants(ModuleType):
    """``cv2.cv``: ``CV_CAP_PROP_FPS`` is ``cv2.CAP_PROP_FPS``, ``CV_BGR2GRAY`` is ``cv2.COLOR_BGR2GRAY``."""

    def __init__(self, module: Any) -> None:
        super().__init__("cv2.cv")
        vars(self)["_today"] = module

    def __getattr__(self, name: str) -> Any:
        today = vars(self)["_today"]
        plain = name.removeprefix("CV_")
        for candidate in (_NAMES.get(name, name), plain, f"COLOR_{plain}"):
            if not candidate.startswith("_") and hasattr(today, candidate):
                return getattr(today, candidate)
        raise AttributeError(
            f"cv2.cv.{name}: OpenCV's old interface in C is no more; look for the function or constant in cv2"
        )
