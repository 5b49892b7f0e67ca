"""Drawings of models and trainings, with and without Graphviz."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polykeras.layers import Dense, Input, TimeDistributed, merge
from polykeras.models import Model, Sequential
from polykeras.utils import visualize_util
from polykeras.utils.drawing import Drawing
from polykeras.utils.visualize_util import model_to_dot, plot, plot_history


@pytest.fixture(autouse=True)
def no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


def branches() -> Model:
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(4, name="shared<&>")
    return Model([a, b], Dense(1, name="out")(merge([shared(a), shared(b)], mode="sum", name="join")))


def texts(drawing: Drawing) -> list[str]:
    root = ET.fromstring(drawing.svg())
    return [node.text or "" for node in root.iter() if node.tag.endswith("text")]


def test_graph(K: Any) -> None:
    drawing = model_to_dot(branches(), show_shapes=True)
    assert set(texts(drawing)) >= {"shared<&> (Dense)", "join (Merge)", "output: (None, 1)", "a (InputLayer)"}
    titles = {box.key: box.lines[0] for box in drawing.boxes}
    edges = {(titles[source], titles[target]) for source, target in drawing.edges}
    assert edges == {
        ("a (InputLayer)", "shared<&> (Dense)"),
        ("b (InputLayer)", "shared<&> (Dense)"),
        ("shared<&> (Dense)", "join (Merge)"),
        ("join (Merge)", "out (Dense)"),
    }
    top = {titles[key]: place[1] for key, place in drawing.places.items()}
    assert top["a (InputLayer)"] == top["b (InputLayer)"] < top["shared<&> (Dense)"] < top["out (Dense)"]
    assert set(texts(model_to_dot(branches(), show_layer_names=False))) == {"InputLayer", "Dense", "Merge"}


def test_sequential_and_wrapper(K: Any) -> None:
    model = Sequential([TimeDistributed(Dense(2), input_shape=(4, 3), name="td"), Dense(1, name="d")])
    assert "td (TimeDistributed(Dense))" in texts(model_to_dot(model))
    assert model_to_dot(model).text().splitlines()[-1] == "d (Dense)  <- td (TimeDistributed(Dense))"


def test_what_old_notebooks_do(K: Any) -> None:
    """`SVG(model_to_dot(model).create(prog='dot', format='svg'))`."""
    svg = model_to_dot(branches()).create(prog="dot", format="svg")
    assert isinstance(svg, bytes) and ET.fromstring(svg).tag.endswith("svg")
    dot = model_to_dot(branches()).to_string()
    assert dot.startswith("digraph") and r"shared\<&\>" in dot and dot.count("->") == 4


@pytest.mark.parametrize("ending", ["png", "svg", "txt", "jpg", "dot"])
def test_plot(K: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"model.{ending}"
    plot(branches(), to_file=str(path), show_shapes=True)
    if ending in ("png", "jpg"):
        assert Image.open(path).size[0] > 100
    else:
        assert "out (Dense)" in path.read_text()


def test_a_drawing_that_can_not_be_written(K: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.svg"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for draw in (lambda: plot(branches(), to_file=path), lambda: plot_history({"loss": [1.0]}, path)):
        with pytest.raises(OSError, match=r"old\.svg could not be written: No space left"):
            draw()
        assert path.read_text() == "old" and os.listdir(tmp_path) == ["old.svg"]


def test_with_graphviz(K: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/dot")
    monkeypatch.setattr(visualize_util.importlib.util, "find_spec", lambda name: object())
    asked = []

    class Pydot:
        @staticmethod
        def graph_from_dot_data(text: str) -> list[str]:
            asked.append(text)
            return ["the graph"]

    monkeypatch.setitem(sys.modules, "pydot", Pydot)  # type: ignore[arg-type]
    assert model_to_dot(branches()) == "the graph" and asked[0].startswith("digraph")


def test_notebook_view(K: Any) -> None:
    view = branches()._repr_html_()
    assert (
        view is not None and "shared&lt;&amp;&gt; (Dense)" in view and "<svg" in view and "(None, 4)" in view
    )
    assert "21 parameters" in view
    assert Sequential()._repr_html_() is None


def test_history(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = np.zeros((8, 3)), np.ones((8, 1))
    history = model.fit(x, y, nb_epoch=3, verbose=0, validation_data=(x, y))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = plot_history(history, to_file=tmp_path / "curves.png")
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "mean_absolute_error"]
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), history.history["loss"])
    np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), history.history["val_loss"])
    assert Image.open(tmp_path / "curves.png").size[0] > 500
    with pytest.raises(ValueError, match="no epoch"):
        plot_history({})
