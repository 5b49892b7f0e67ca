"""A model's layers as boxes and arrows; works with anything that behaves like a model."""

from __future__ import annotations

import html
from typing import Any

from .drawing import Box, Drawing


def drawing_of(model: Any, show_shapes: bool = False, show_layer_names: bool = True) -> Drawing:
    """The drawing of a model that is built.

    Args:
        model: a model.
        show_shapes: whether the shapes of inputs and outputs are shown.
        show_layer_names: whether the names of layers are shown, not their classes only.
    """
    layers, keys = _layers(model)
    known = set(map(id, layers))
    edges = []
    for layer in layers:
        sources: dict[int, Any] = {}
        for index, node in enumerate(layer.inbound_nodes):
            if f"{layer.name}_ib-{index}" in keys:
                sources.update({id(each): each for each in node.inbound_layers if id(each) in known})
        edges += [(str(source), str(id(layer))) for source in sources if source != id(layer)]
    depths = _depths([str(id(layer)) for layer in layers], edges)
    boxes = [
        Box(str(id(layer)), _lines(layer, show_shapes, show_layer_names), depths[str(id(layer))])
        for layer in layers
    ]
    return Drawing(boxes, edges)


def _layers(model: Any) -> tuple[list[Any], set[str]]:
    """The layers to draw, and the names of the nodes that belong to the model."""
    inner = model._inner() if hasattr(model, "_inner") else model
    return list(inner.layers), set(inner.container_nodes)


def _depths(keys: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """For each node the length of the longest way to a node that leads nowhere."""
    targets: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in edges:
        targets[source].append(target)
    depths: dict[str, int] = {}
    stack = [(key, False) for key in keys]
    active: set[str] = set()
    while stack:
        key, ready = stack.pop()
        if ready:
            depths[key] = 1 + max((depths.get(target, -1) for target in targets[key]), default=-1)
            active.discard(key)
        elif key not in depths and key not in active:
            active.add(key)
            stack.append((key, True))
            stack += [(target, False) for target in targets[key] if target not in depths]
    return depths


def title(layer: Any, show_layer_names: bool = True) -> str:
    """How a layer is called in a drawing: ``dense_1 (Dense)``, a wrapper with what it wraps."""
    kind = type(layer).__name__
    inner = getattr(layer, "layer", None)
    if inner is not None:
        kind = f"{kind}({type(inner).__name__})"
    return f"{layer.name} ({kind})" if show_layer_names else kind


def _lines(layer: Any, show_shapes: bool, show_layer_names: bool) -> tuple[str, ...]:
    lines = [title(layer, show_layer_names)]
    if show_shapes:
        lines += [f"{word}: {_shape(layer, f'{word}_shape')}" for word in ("input", "output")]
    return tuple(lines)


def _shape(layer: Any, attribute: str) -> str:
    try:
        return str(getattr(layer, attribute))
    except AttributeError:
        return "multiple"


def html_of(model: Any) -> str:
    """A model as notebooks show it: a table of its layers, and the drawing."""
    rows = [
        f"<tr><td>{html.escape(title(layer))}</td><td>{html.escape(_shape(layer, 'output_shape'))}</td>"
        f"<td style='text-align:right'>{layer.count_params():,}</td></tr>"
        for layer in _layers(model)[0]
    ]
    return (
        f"<b>{html.escape(title(model))}</b>, {model.count_params():,} parameters"
        "<table><tr><th>Layer</th><th>Output shape</th><th>Parameters</th></tr>"
        f"{''.join(rows)}</table><details><summary>Graph</summary>{drawing_of(model).svg()}</details>"
    )
