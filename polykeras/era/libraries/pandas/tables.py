"""How pandas' methods were called in releases 0.16 to 0.22: a table."""

from __future__ import annotations

from typing import Any

from ...arguments import Then
from .frequencies import translate

_AXES = "axis=1 is no more: work on the transposed frame (frame.T)"


def _no_axis(kwargs: dict[str, Any]) -> None:
    if kwargs.get("axis") in (0, "index"):
        del kwargs["axis"]


def _dropna(kwargs: dict[str, Any]) -> None:
    if kwargs.get("thresh", 0) is None:
        del kwargs["thresh"]
    elif "thresh" in kwargs:
        kwargs.pop("how", None)


def _apply(kwargs: dict[str, Any]) -> None:
    _no_raise(kwargs)
    if kwargs.pop("broadcast", False):
        kwargs["result_type"] = "broadcast"
    if kwargs.pop("reduce", None) is False:
        kwargs["result_type"] = "expand"


def _no_raise(kwargs: dict[str, Any]) -> None:
    value = kwargs.pop("raise_on_error", None)
    if value is False:
        kwargs["errors"] = "ignore"


FRAME: dict[str, Then] = {
    "apply": Then(order=("func", "axis", "broadcast", "raw", "reduce", "args"), adapt=_apply),
    "asfreq": Then(adapt=translate("freq")),
    "astype": Then(adapt=_no_raise),
    "bfill": Then(order=("axis", "inplace", "limit"), ignored=("downcast",)),
    "clip": Then(order=("lower", "upper", "axis", "inplace")),
    "drop": Then(order=("labels", "axis", "level", "inplace", "errors")),
    "drop_duplicates": Then(order=("subset", "keep", "inplace"), renamed={"cols": "subset"}),
    "dropna": Then(order=("axis", "how", "thresh", "subset", "inplace"), adapt=_dropna),
    "ffill": Then(order=("axis", "inplace", "limit"), ignored=("downcast",)),
    "groupby": Then(
        order=("by", "axis", "level", "as_index", "sort", "group_keys"),
        ignored=("squeeze",),
        adapt=_no_axis,
        refused={"axis": _AXES},
    ),
    "info": Then(renamed={"null_counts": "show_counts"}),
    "interpolate": Then(order=("method", "axis", "limit", "inplace"), ignored=("downcast",)),
    "pivot": Then(order=("index", "columns", "values")),
    "rename": Then(order=("index", "columns")),
    "replace": Then(
        order=("to_replace", "value", "inplace", "limit", "regex", "method"),
        ignored=("limit", "axis", "method"),
    ),
    "reset_index": Then(order=("level", "drop", "inplace", "col_level", "col_fill")),
    "set_index": Then(order=("keys", "drop", "append", "inplace", "verify_integrity")),
    "shift": Then(adapt=translate("freq")),
    "sort_index": Then(order=("axis", "level", "ascending", "inplace", "kind", "na_position")),
    "sort_values": Then(order=("by", "axis", "ascending", "inplace", "kind", "na_position")),
    "to_csv": Then(
        order=(
            "path_or_buf",
            "sep",
            "na_rep",
            "float_format",
            "columns",
            "header",
            "index",
            "index_label",
            "mode",
        ),
        renamed={"line_terminator": "lineterminator", "cols": "columns"},
        ignored=("tupleize_cols",),
    ),
    "to_dict": Then(renamed={"outtype": "orient"}),
}
_SAME = (
    "asfreq",
    "astype",
    "bfill",
    "clip",
    "drop",
    "ffill",
    "interpolate",
    "replace",
    "shift",
    "sort_index",
)
SERIES: dict[str, Then] = {
    **{name: FRAME[name] for name in _SAME},
    "apply": Then(order=("func", "convert_dtype", "args"), ignored=("convert_dtype",)),
    "drop_duplicates": Then(order=("keep", "inplace")),
    "dropna": Then(order=("axis", "inplace")),
    "groupby": FRAME["groupby"],
    "rename": Then(order=("index",)),
    "reset_index": Then(order=("level", "drop", "name", "inplace")),
    "sort_values": Then(order=("axis", "ascending", "inplace", "kind", "na_position")),
    "to_csv": Then(
        order=("path_or_buf", "index", "sep", "na_rep", "float_format", "header", "index_label", "mode"),
        renamed={"path": "path_or_buf", "line_terminator": "lineterminator"},
        defaults={"header": False},
    ),
}
# Statistics whose first argument was the axis.
STATISTICS = (
    "all",
    "any",
    "max",
    "mean",
    "median",
    "min",
    "prod",
    "sem",
    "skew",
    "kurt",
    "std",
    "sum",
    "var",
)
AXIS_FIRST = Then(order=("axis", "skipna"))
