"""Names that SciPy has lost, with their meaning in SciPy 0.17 to 0.19."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from . import scipy_functions as functions
from . import scipy_statistics as statistics
from .numpy_functions import at_home, refusal
from .scipy_pictures import PICTURES
from .stand_ins import StandIn, module_of

Names = dict[str, Any]


def names(module: ModuleType) -> Names:
    """What a module of SciPy lacks."""
    return _NAMES[module.__name__](module)


def module(name: str) -> ModuleType:
    """A module of SciPy that is gone.

    Raises:
        ModuleNotFoundError: for ``scipy.weave``.
    """
    if name == "scipy.misc":
        return module_of(name, {**_misc(None), "__path__": []})
    if name == "scipy.misc.doccer":
        return StandIn(name, ("scipy._lib.doccer",))
    raise ModuleNotFoundError(
        f"No module named {name!r}: SciPy has it no more, its C++ code was of Python 2; use numba or Cython",
        name=name,
    )


def _scipy(module: Any) -> Names:
    """SciPy itself handed out what NumPy has; roots and logarithms of negative numbers are complex."""
    made = {
        name: value
        for name, value in vars(np).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    scimath = np.lib.scimath
    made.update({name: getattr(scimath, name) for name in scimath.__all__})
    made["math"] = importlib.import_module("math")
    made.update(ifft=np.fft.ifft, rand=np.random.rand, randn=np.random.randn, random=np.random)
    return made


def _misc(module: Any) -> Names:
    special = importlib.import_module("scipy.special")
    of_special = {name: getattr(special, name) for name in ("comb", "factorial", "factorial2", "factorialk")}
    pictures = {name: at_home("scipy.datasets", name) for name in ("ascent", "electrocardiogram", "face")}
    return {
        **PICTURES,
        **of_special,
        **pictures,
        "central_diff_weights": functions.central_diff_weights,
        "derivative": functions.derivative,
        "info": np.info,
        "lena": refusal("scipy.misc.lena", "use scipy.datasets.face or a picture of your own"),
        "logsumexp": special.logsumexp,
        "pade": at_home("scipy.interpolate", "pade"),
        "source": at_home("polykeras.era.libraries.numpy_functions", "source"),
        "who": refusal("scipy.misc.who", "print the shapes of your arrays"),
    }


def _ndimage(module: Any) -> Names:
    return {"imread": PICTURES["imread"]}


def _signal(signal: Any) -> Names:
    instead = "use scipy.interpolate.BSpline.basis_element"
    return {
        **_windows(signal.windows),
        "bspline": refusal("scipy.signal.bspline", instead),
        "cascade": refusal("scipy.signal.cascade", "run: pip install PyWavelets"),
        "cubic": refusal("scipy.signal.cubic", instead),
        "cwt": functions.cwt,
        "daub": refusal("scipy.signal.daub", "run: pip install PyWavelets"),
        "impulse2": lambda system, X0=None, T=None, N=None, **options: signal.impulse(system, X0, T, N),
        "lsim2": lambda system, U=None, T=None, X0=None, **options: signal.lsim(system, U, T, X0),
        "morlet": functions.morlet,
        "qmf": functions.qmf,
        "quadratic": refusal("scipy.signal.quadratic", instead),
        "ricker": functions.ricker,
        "step2": lambda system, X0=None, T=None, N=None, **options: signal.step(system, X0, T, N),
    }


def _windows(windows: Any) -> Names:
    made = {name: getattr(windows, name) for name in windows.__all__ if name != "get_window"}
    return {**made, "hanning": windows.hann}


def _integrate(integrate: Any) -> Names:
    return {
        "cumtrapz": integrate.cumulative_trapezoid,
        "quadrature": lambda func, a, b, args=(), *options, **more: integrate.quad(func, a, b, args)[:2],
        "romberg": lambda function, a, b, args=(), *options, **more: integrate.quad(function, a, b, args)[0],
        "simps": functions.simps,
        "trapz": integrate.trapezoid,
    }


def _interpolate(module: Any) -> Names:
    instead = "use scipy.interpolate.make_interp_spline"
    refused = {
        name: refusal(f"scipy.interpolate.{name}", instead) for name in ("spleval", "splmake", "spltopp")
    }
    return {**refused, "ppform": module.PPoly, "spline": functions.spline}


def _linalg(linalg: Any) -> Names:
    return {
        **{name: getattr(np, name) for name in ("kron", "tri", "tril", "triu")},
        "expm2": linalg.expm,
        "expm3": linalg.expm,
        "pinv2": functions.pinv2,
    }


def _sparse(sparse: Any) -> Names:
    advice = "use scipy.sparse.csgraph.connected_components"
    return {"cs_graph_components": refusal("scipy.sparse.cs_graph_components", advice)}


def _special(special: Any) -> Names:
    advice = "use scipy.special.assoc_legendre_p_all"
    return {
        **{name: refusal(f"scipy.special.{name}", advice) for name in ("clpmn", "lpmn")},
        "btdtr": special.betainc,
        "btdtri": special.betaincinv,
        "errprint": lambda flag=None: 0,
        "lpn": functions.lpn,
        "sph_harm": functions.sph_harm,
        "sph_in": functions.spherical("spherical_in"),
        "sph_jn": functions.spherical("spherical_jn"),
        "sph_kn": functions.spherical("spherical_kn"),
        "sph_yn": functions.spherical("spherical_yn"),
    }


def _constants(module: Any) -> Names:
    def of(old: str, new: str) -> Callable[[Any], Any]:
        units = {"C": "Celsius", "F": "Fahrenheit", "K": "Kelvin"}
        return lambda value: module.convert_temperature(value, units[old], units[new])

    return {f"{old}2{new}": of(old, new) for old in "CFK" for new in "CFK" if old != new}


def _home(module: Any) -> Names:
    return {}


_NAMES: dict[str, Callable[[Any], Names]] = {
    "scipy": _scipy,
    "scipy.constants": _constants,
    "scipy.integrate": _integrate,
    "scipy.interpolate": _interpolate,
    "scipy.linalg": _linalg,
    "scipy.misc": _misc,
    "scipy.ndimage": _ndimage,
    "scipy.signal": _signal,
    "scipy.signal.windows": _windows,
    "scipy.sparse": _sparse,
    "scipy.sparse.linalg.dsolve": _home,
    "scipy.sparse.linalg.eigen": _home,
    "scipy.sparse.linalg.isolve": _home,
    "scipy.spatial.distance": lambda module: functions.DISTANCES,
    "scipy.special": _special,
    "scipy.stats": statistics.names,
    "scipy.stats.mstats": statistics.masked_names,
}
