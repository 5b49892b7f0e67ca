"""scikit-image as releases 0.11 to 0.13 had it."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from ... import views
from ...homes import gone, mirror, moved, refusing
from ...imports import ImportHooks
from ...patches import Patches

_OWN = __name__
_PARTS = (
    "color",
    "exposure",
    "feature",
    "filters",
    "io",
    "measure",
    "morphology",
    "restoration",
    "segmentation",
    "transform",
    "util",
)
_COMPARED = ("compare_ssim", "compare_psnr", "compare_mse", "compare_nrmse")


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what scikit-image lacks today."""
    moved(
        hooks,
        {
            "skimage.filter.rank": "skimage.filters.rank",
            "skimage.future.graph": "skimage.graph",
            "skimage.morphology.grey": "skimage.morphology",
            "skimage.external.tifffile": "tifffile",
            "skimage.measure.simple_metrics": f"{_OWN}.measures",
        },
    )
    hooks.provide("skimage.filter", _filter, package=True)
    hooks.provide("skimage.external", ModuleType, package=True)
    hooks.provide("skimage.viewer", mirror(f"{_OWN}.measures"))
    gone(hooks, {"skimage.novice": "use skimage.io.imread, and the array's items for the pixels"})
    for part in _PARTS:
        views.override(f"skimage.{part}", _functions)
    for part in _SUPPLIED:
        hooks.watch(f"skimage.{part}", _supply)
    views.override("skimage", lambda module: {})


def _functions(module: ModuleType) -> dict[str, Any]:
    part = module.__name__.rpartition(".")[2]
    return getattr(importlib.import_module(f"{_OWN}.functions"), part)(module)


def _filter(name: str) -> ModuleType:
    """`skimage.filter`, which is `skimage.filters` today, with what was in it then."""
    module = mirror("skimage.filters")(name)
    today = importlib.import_module("skimage.filters")
    vars(module).update(_functions(today))
    vars(module)["canny"] = importlib.import_module("skimage.feature").canny
    restoration = _functions(importlib.import_module("skimage.restoration"))
    vars(module).update({key: value for key, value in restoration.items() if key.startswith("denoise")})
    return module


def _measures(*names: str) -> dict[str, Any]:
    own = importlib.import_module(f"{_OWN}.measures")
    return {name: getattr(own, name) for name in names}


def _supply_feature(module: Any) -> dict[str, Any]:
    return {"greycomatrix": module.graycomatrix, **_measures("greycoprops", "register_translation")}


def _supply_filters(module: Any) -> dict[str, Any]:
    more = {"gaussian_filter": module.gaussian, "hsobel": module.sobel_h, "vsobel": module.sobel_v}
    return {**more, **_measures("threshold_adaptive")}


def _supply_measure(module: Any) -> dict[str, Any]:
    compared = _measures(*_COMPARED)
    return {**compared, "structural_similarity": compared["compare_ssim"]}


def _supply_data(module: Any) -> dict[str, Any]:
    reason = "the picture may not be given away: use skimage.data.astronaut()"
    read = importlib.import_module("skimage.io").imread
    return {"lena": refusing("skimage.data.lena", reason), "imread": read}


def _supply_morphology(module: Any) -> dict[str, Any]:
    return {"watershed": importlib.import_module("skimage.segmentation").watershed}


def _supply_util(module: Any) -> dict[str, Any]:
    return {"pad": importlib.import_module("numpy").pad, **_measures("montage2d")}


_SUPPLIED = {
    "color": lambda module: {"rgb2grey": module.rgb2gray, "grey2rgb": module.gray2rgb},
    "data": _supply_data,
    "draw": lambda module: _measures("circle"),
    "feature": _supply_feature,
    "filters": _supply_filters,
    "measure": _supply_measure,
    "morphology": _supply_morphology,
    "restoration": lambda module: {"nl_means_denoising": module.denoise_nl_means},
    "util": _supply_util,
}


def _supply(module: ModuleType, patches: Patches) -> None:
    patches.supply_all(module, _SUPPLIED[module.__name__.rpartition(".")[2]](module))
