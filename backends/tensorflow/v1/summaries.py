"""Summaries in the manner of TensorFlow 1: operations of K's graph, and a writer of event files."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import tensorflow as tf

from .signatures import Function, symbolic

v1 = tf.compat.v1


class FileWriter:
    """Writes event files for TensorBoard."""

    def __new__(cls, logdir: str, graph: Any = None, *args: Any, **options: Any) -> Any:
        graph_def = options.pop("graph_def", None)
        with tf.Graph().as_default():  # TensorFlow refuses to make one where it computes at once
            writer = v1.summary.FileWriter(logdir, None, *args, **options)
        if graph is not None or graph_def is not None:
            writer.add_graph(graph) if graph is not None else writer.add_graph(None, graph_def=graph_def)
        return writer


def summary_names() -> dict[str, Any]:
    """What ``tf.summary`` had."""
    kinds = ("scalar", "histogram", "image", "audio", "text", "merge", "merge_all", "tensor_summary")
    return {
        **{name: _quiet(symbolic(getattr(v1.summary, name), always=True)) for name in kinds},
        "FileWriter": FileWriter,
        "FileWriterCache": v1.summary.FileWriterCache,
        "Summary": v1.Summary,
        "Event": v1.Event,
    }


def before_1() -> dict[str, Any]:
    """The summaries of before TensorFlow 1.0, which stood in ``tf`` itself."""
    names = summary_names()

    def image_summary(tag: Any, tensor: Any, max_images: int = 3, **options: Any) -> Any:
        return names["image"](tag, tensor, max_outputs=max_images, **options)

    return {
        "scalar_summary": _by_tag(names["scalar"], "tags"),
        "histogram_summary": _by_tag(names["histogram"], "tag"),
        "audio_summary": _by_tag(names["audio"], "tag"),
        "image_summary": image_summary,
        "merge_summary": names["merge"],
        "merge_all_summaries": names["merge_all"],
    }


def _quiet(function: Function) -> Function:
    """`function` without TensorFlow's warning that it writes no summaries of TensorFlow 2 besides."""

    @functools.wraps(function)
    def quiet(*args: Any, **kwargs: Any) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Cannot activate TF2 compatibility")
            return function(*args, **kwargs)

    return quiet


def _by_tag(function: Function, tag: str) -> Function:
    def summary(*args: Any, **options: Any) -> Any:
        if tag in options:
            options["name"] = options.pop(tag)
        return function(*args, **options)

    return summary
