"""Optimizers, by class or by name: ``'sgd'``, ``'rmsprop'``, ``'adagrad'``, ``'adadelta'``, ``'adam'``,
``'adamax'``, ``'nadam'``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import backend as K
from ..errors import nearest, shortened
from ..utils import limits
from ..utils.generic_utils import get_custom_objects as get_custom_objects
from ..utils.generic_utils import get_from_module as get_from_module
from .adam import Adam as Adam
from .adam import Adamax as Adamax
from .adam import Nadam as Nadam
from .adaptive import Adadelta as Adadelta
from .adaptive import Adagrad as Adagrad
from .base import Optimizer as Optimizer
from .base import clip_norm as clip_norm
from .native import TFOptimizer as TFOptimizer
from .rmsprop import RMSprop as RMSprop
from .sgd import SGD as SGD

sgd = SGD
rmsprop = RMSprop
adagrad = Adagrad
adadelta = Adadelta
adam = Adam
adamax = Adamax
nadam = Nadam

_NOT_BY_NAME = ("Optimizer", "TFOptimizer", "clip_norm", "optimizer_from_config")


def optimizer_from_config(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The optimizer that ``{"class_name": name, "config": optimizer.get_config()}`` describes.

    Args:
        config: such a dictionary.
        custom_objects: classes by name, beside the built-in ones and the global custom objects.

    Raises:
        ValueError: if a key is missing or the class is unknown.
    """
    with limits.reading("optimizer_from_config", config) as own:
        return _from_config(own, custom_objects)


def _from_config(config: Any, custom_objects: Mapping[str, Any] | None) -> Any:
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        raise ValueError(
            "optimizer_from_config: config must be a dictionary with the keys 'class_name' and 'config', "
            f"got {shortened(repr(config), 200)}."
        )
    built_in = (SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam, TFOptimizer)
    classes: dict[str, Any] = {cls.__name__: cls for cls in built_in}
    classes.update({cls.__name__.lower(): cls for cls in built_in})
    classes.update(get_custom_objects())
    classes.update(custom_objects or {})
    name = config["class_name"]
    if name not in classes:
        raise ValueError(
            f"optimizer_from_config: unknown optimizer {name!r}.{nearest(name, classes)} "
            "Name your own class in custom_objects."
        )
    found = classes[name]
    if not isinstance(found, type) or not hasattr(found, "get_updates"):
        raise ValueError(
            f"optimizer_from_config: wanted a class of optimizers under the name {name!r}, got {found!r}."
        )
    arguments = config.get("config") or {}
    if not isinstance(arguments, Mapping):
        raise ValueError(
            f"optimizer_from_config: the configuration of {name!r} must be a dictionary, got "
            f"{shortened(repr(arguments), 200)}."
        )
    return found.from_config(arguments)  # type: ignore[attr-defined]


def get(identifier: Any, kwargs: dict[str, Any] | None = None) -> Any:
    """The optimizer of a name, of a configuration, or the one given.

    Args:
        identifier: a name, which makes an optimizer with `kwargs` or the defaults; a dictionary with the
            key ``name``; an `Optimizer`; an optimizer of the engine, which is wrapped in `TFOptimizer`.
        kwargs: arguments of the constructor, used with a name.

    Raises:
        ValueError: if the name is unknown.
        TypeError: if `identifier` is no optimizer.
    """
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        raise TypeError(
            f"An optimizer must be a name or an instance, got the class {identifier.__name__}. "
            f"Write {identifier.__name__}()."
        )
    if isinstance(identifier, (str, dict)):
        return get_from_module(identifier, globals(), "optimizer", instantiate=True, kwargs=kwargs)
    if not hasattr(identifier, "get_updates") and K.is_native_optimizer(identifier):
        return TFOptimizer(identifier)
    if not hasattr(identifier, "get_updates"):
        raise TypeError(
            "An optimizer must be a name such as 'rmsprop' or an instance such as SGD(lr=0.1), "
            f"got {identifier!r}."
        )
    return identifier
