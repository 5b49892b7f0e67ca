"""Which weights of a compiled model are trained, in files.

`compile` decides which weights are trained. A model that is frozen or thawed afterwards, as the discriminator
of a generative adversarial network is, goes on with those until it is compiled again; so must one of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..utils.kernels import inner_layers

_KEY = "trained_weights"


def trained_weights(model: Any) -> dict[str, list[int]]:
    """The entry of a training configuration that tells the trained weights, by their places among all; none
    where `compile` would choose the same again."""
    trained = {id(weight) for weight in model._collected_trainable_weights}
    if trained == {id(weight) for weight in model.trainable_weights}:
        return {}
    places = {id(weight): place for place, weight in enumerate(model.weights_in_order())}
    return {_KEY: sorted(places[key] for key in trained)} if trained <= places.keys() else {}


def set_trained_weights(path: str, model: Any, training: dict[str, Any]) -> None:
    """Has a model that was compiled as a file says train the weights that the file tells.

    Raises:
        ValueError: if the file tells weights that the model has not.
    """
    if _KEY not in training:
        return
    told, weights = training[_KEY], model.weights_in_order()
    known = isinstance(told, list) and all(type(place) is int and 0 <= place < len(weights) for place in told)
    if not known or len(set(told)) < len(told):
        raise ValueError(
            f"{path}: {_KEY} in its training_config must list places among the {len(weights)} weights."
            " The file is damaged."
        )
    chosen = [weights[place] for place in told]
    model._collected_trainable_weights = sorted(chosen, key=lambda weight: str(weight.name))


def other_weights(model: Any, stored: int) -> str:
    """Why an optimizer's state of `stored` arrays does not fit, if it is that other weights were trained."""
    count, variables = len(model._collected_trainable_weights), len(model.optimizer.weights)
    frozen = ", ".join(repr(layer.name) for layer in _frozen(model)) or "none"
    told = f": this model trains {count} weights"
    if count and variables >= count:
        single, slots = variables % count, variables // count
        rows, rest = divmod(stored - single, slots)
        if rest or rows == count:
            return ""
        told += f", the state is for {rows}"
    return (
        f"{told}. Other layers or nested models are frozen by `trainable = False` than when it was saved "
        f"(here: {frozen}); files of Keras 1 do not tell which nested models were"
    )


def _frozen(model: Any) -> Iterator[Any]:
    """The outermost frozen layers and models with weights."""
    for layer in inner_layers(model):
        if not getattr(layer, "trainable", True):
            if layer.weights:
                yield layer
        else:
            yield from _frozen(layer)
