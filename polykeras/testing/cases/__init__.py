"""The cases of the conformance kit, by theme."""

from ..case import Case
from . import control, conv, ctc, math, nn, recurrent, reductions, shape, variables

THEMES: dict[str, list[Case]] = {
    "variables": variables.CASES,
    "math": math.CASES,
    "reductions": reductions.CASES,
    "shape": shape.CASES,
    "nn": nn.CASES,
    "control": control.CASES,
    "ctc": ctc.CASES,
    "conv": conv.CASES,
    "recurrent": recurrent.CASES,
}
CASES: list[Case] = [case for cases in THEMES.values() for case in cases]
