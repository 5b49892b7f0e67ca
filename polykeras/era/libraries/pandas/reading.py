"""Functions of pandas as the program's own files see them: reading, joining, converting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...arguments import Then, taking
from .frequencies import today, translate

_READ_ORDER = ("filepath_or_buffer", "sep", "delimiter", "header", "names", "index_col", "usecols")
_WITHOUT_EFFECT = (
    "as_recarray",
    "buffer_lines",
    "compact_ints",
    "infer_datetime_format",
    "keep_date_col",
    "mangle_dupe_cols",
    "tupleize_cols",
    "use_unsigned",
    "verbose",
)


def reader(function: Callable[..., Any]) -> Callable[..., Any]:
    """`read_csv` and `read_table`, with ``squeeze``, ``prefix``, ``error_bad_lines``, dates as they were."""

    def read(*args: Any, **kwargs: Any) -> Any:
        options = {**dict(zip(_READ_ORDER, args, strict=False)), **kwargs}
        for name in _WITHOUT_EFFECT:
            options.pop(name, None)
        if "skip_footer" in options:
            options["skipfooter"] = options.pop("skip_footer")
        if options.pop("delim_whitespace", False):
            options["sep"] = r"\s+"
        bad, warn = options.pop("error_bad_lines", True), options.pop("warn_bad_lines", True)
        if not bad:
            options["on_bad_lines"] = "warn" if warn else "skip"
        squeeze, prefix = options.pop("squeeze", False), options.pop("prefix", None)
        found = _with_dates(function, options)
        if prefix is not None and options.get("header", 0) is None and hasattr(found, "columns"):
            found.columns = [f"{prefix}{name}" for name in found.columns]
        return found.squeeze("columns") if squeeze and hasattr(found, "squeeze") else found

    read.__name__, read.__doc__ = function.__name__, function.__doc__
    return read


def _with_dates(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Reads with ``date_parser``, and dates whose parts are in several columns."""
    dates, parser = options.get("parse_dates", False), options.pop("date_parser", None)
    groups: Any = dates if isinstance(dates, dict) else None
    if isinstance(dates, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in dates):
        groups = list(dates)
    if groups is None and (parser is None or not dates):
        return function(**options)
    options.pop("parse_dates")
    index = options.pop("index_col", None)
    frame = function(**options, dtype=None) if "dtype" not in options else function(**options)
    if groups is None:
        groups = [index] if dates is True else list(dates)
    names = {"_".join(map(str, _columns(frame, part))): _columns(frame, part) for part in groups}
    if isinstance(groups, dict):
        names = {name: _columns(frame, part) for name, part in groups.items()}
    several = {}
    for name, columns in names.items():
        parsed = _parse(parser, [_text(frame[column]) for column in columns])
        if len(columns) == 1 and not isinstance(dates, dict):
            frame[columns[0]] = parsed
        else:
            several[name] = parsed
            frame = frame.drop(columns=columns)
    for place, (name, parsed) in enumerate(several.items()):
        frame.insert(place, name, parsed)
    return frame if index is None or index is False else _index(frame, index)


def _columns(frame: Any, part: Any) -> list[Any]:
    parts = part if isinstance(part, (list, tuple)) else [part]
    return [frame.columns[one] if isinstance(one, (int, np.integer)) else one for one in parts]


def _text(column: Any) -> Any:
    return column.astype(str).to_numpy(object)


def _parse(parser: Any, texts: list[Any]) -> Any:
    """Dates: by all columns of texts at once, else line by line, the texts joined by blanks."""
    import pandas

    joined = [" ".join(parts) for parts in zip(*texts, strict=True)]
    if parser is None:
        return to_dates(pandas.to_datetime, joined)
    try:
        found = parser(*texts)
        if len(found) == len(joined):
            return pandas.to_datetime(found)
    except Exception:  # the parser takes one text at a time
        pass
    if len(texts) > 1:
        try:
            return pandas.to_datetime([parser(*parts) for parts in zip(*texts, strict=True)])
        except TypeError:
            pass
    return pandas.to_datetime([parser(text) for text in joined])


def _index(frame: Any, index: Any) -> Any:
    return frame.set_index(_columns(frame, index))


def to_dates(function: Callable[..., Any], arg: Any, *args: Any, **kwargs: Any) -> Any:
    """`to_datetime`, each text in a form of its own where they differ."""
    for name in ("infer_datetime_format", "box"):
        kwargs.pop(name, None)
    if kwargs.pop("coerce", False):
        kwargs["errors"] = "coerce"
    if args or "format" in kwargs or "unit" in kwargs:
        return function(arg, *args, **kwargs)
    try:
        return function(arg, **{**kwargs, "errors": "raise"})
    except ValueError:
        if kwargs.get("errors") == "ignore":
            return arg
        return function(arg, **kwargs, format="mixed")


def functions(module: Any) -> dict[str, Any]:
    """What the program's own files see in place of today's functions."""

    def concat(*args: Any, **kwargs: Any) -> Any:
        axes = kwargs.pop("join_axes", None)
        found = joined(*args, **{"sort": True, **kwargs})
        return (
            found
            if axes is None
            else found.reindex(axes[0], axis=0 if kwargs.get("axis") in (1, "columns") else 1)
        )

    def to_datetime(arg: Any, *args: Any, **kwargs: Any) -> Any:
        return to_dates(module.to_datetime, arg, *args, **kwargs)

    def get_dummies(*args: Any, **kwargs: Any) -> Any:
        return module.get_dummies(*args, **{"dtype": np.uint8, **kwargs})

    def named(name: str, *frequencies: str, then: Then | None = None) -> Any:
        return taking(getattr(module, name), then or Then(adapt=translate(*frequencies)), f"pandas.{name}")

    def set_option(*pairs: Any) -> None:
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name in _OPTIONS_GONE:
                continue
            value = None if name.endswith("colwidth") and value == -1 else value
            module.set_option(
                f"display.{name}" if name in ("precision", "max_columns", "max_rows") else name, value
            )

    order = (
        "objs",
        "axis",
        "join",
        "join_axes",
        "ignore_index",
        "keys",
        "levels",
        "names",
        "verify_integrity",
    )
    joined = taking(module.concat, Then(order=order, ignored=("copy",)), "pandas.concat")
    outer = taking(concat, Then(), "pandas.concat")
    return {
        "bdate_range": named("bdate_range", "freq"),
        "concat": outer,
        "date_range": named(
            "date_range", "freq", then=Then(renamed={"closed": "inclusive"}, adapt=translate("freq"))
        ),
        "get_dummies": get_dummies,
        "read_csv": reader(module.read_csv),
        "read_table": reader(module.read_table),
        "set_option": set_option,
        "to_datetime": to_datetime,
    }


_OPTIONS_GONE = ("display.height", "display.mpl_style", "display.line_width", "display.notebook_repr_html")


def time_grouper(freq: Any = "Min", **options: Any) -> Any:
    """Groups by spans of time."""
    import pandas

    return pandas.Grouper(freq=today(freq), **options)
