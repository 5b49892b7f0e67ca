"""Pictures of models and of trainings."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..layers.wrappers import Wrapper as Wrapper
from ..models import Sequential as Sequential
from .extras import optional
from .layer_drawing import drawing_of
from .new_files import replacing


def model_to_dot(model: Any, show_shapes: bool = False, show_layer_names: bool = True) -> Any:
    """The graph of a model's layers.

    Args:
        model: a model.
        show_shapes: whether the shapes of inputs and outputs are shown.
        show_layer_names: whether the names of layers are shown, not their classes only.

    Returns:
        A `pydot.Dot` if pydot and Graphviz are installed, else a `Drawing`, which has ``create``, ``write``
        and ``to_string`` too and needs neither.
    """
    drawing = drawing_of(model, show_shapes, show_layer_names)
    if importlib.util.find_spec("pydot") is None or shutil.which("dot") is None:
        return drawing
    (graph,) = optional("pydot", "pydot", "model_to_dot").graph_from_dot_data(drawing.to_string())
    return graph


def plot(
    model: Any, to_file: Any = "model.png", show_shapes: bool = False, show_layer_names: bool = True
) -> None:
    """Draws a model into a file.

    Args:
        model: a model.
        to_file: the file; its name ends in the format: ``.svg``, ``.png``, ``.txt``; others with Graphviz.
        show_shapes, show_layer_names: see `model_to_dot`.
    """
    graph = model_to_dot(model, show_shapes, show_layer_names)
    graph.write(str(to_file), format=Path(to_file).suffix.removeprefix(".") or "png")


def plot_history(history: Any, to_file: Any = None) -> Any:
    """Curves of a training: one diagram for each quantity, training and validation in it. Needs matplotlib.

    Args:
        history: what `fit` returned, or its ``history``.
        to_file: a file to save the figure in; None: it is not saved.

    Returns:
        The `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is nothing to draw.
        OSError: if the file can not be written; what was there before is left as it was.
    """
    curves: Mapping[str, Any] = getattr(history, "history", history)
    names = [name for name in curves if not name.startswith("val_")]
    if not names:
        raise ValueError("plot_history: wanted the history of a training, got one of no epoch.")
    figures = optional("matplotlib.figure", "matplotlib", "plot_history")
    figure = figures.Figure(figsize=(5 * len(names), 3.5), layout="constrained")
    epochs = list(getattr(history, "epoch", None) or range(len(curves[names[0]])))
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        axes.plot(epochs, curves[name], label="training")
        if f"val_{name}" in curves:
            axes.plot(epochs, curves[f"val_{name}"], label="validation")
        axes.set(xlabel="epoch", ylabel=name)
        axes.legend()
    if isinstance(to_file, (str, os.PathLike)):
        # The kind is told by the name, which the new file has not yet.
        with replacing(to_file) as new:
            figure.savefig(new, format=Path(to_file).suffix.removeprefix(".") or "png")
    elif to_file is not None:
        figure.savefig(to_file)
    return figure
