"""A function as a layer."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

from .. import backend as K
from ..engine.layer import Layer
from ..engine.spec import shape_tuple
from ..utils.custom_objects import get_custom_objects, objects_for_layers
from ..utils.generic_utils import func_dump, known_function, object_name, stored_function
from ..utils.limits import reads_arguments


def _to_config(where: str, argument: str, function: Any) -> tuple[Any, str]:
    """How a configuration holds a function, and the word for it: ``'lambda'`` (byte code) or ``'function'``
    (name)."""
    if isinstance(function, types.FunctionType):
        return func_dump(function), "lambda"
    return object_name(where, argument, function), "function"


class Lambda(Layer):
    """Any expression of ``K`` as a layer.

    Args:
        function: takes the input tensor (or the list of them) and returns the output tensor. If it has an
            argument ``mask``, it gets the input's mask there, and the output has none.
        output_shape: the shape of the output without the axis of samples; or a function from the shape of the
            input to the shape of the output, both complete; None: it is found from the expression.
        arguments: further keyword arguments of `function`.

    A mask that `function` does not take is an error, unless ``supports_masking`` of the layer is set to True:
    then it is passed on.

    A layer that was saved holds byte code, which is never run (see
    `polykeras.utils.generic_utils.stored_function`): give the function again when loading the model
    elsewhere, ``custom_objects={'name of the layer': function}``. Plain arithmetic is read out of it.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        if not callable(function):
            raise TypeError(f"{where}: function must be a function from tensor to tensor, got {function!r}.")
        if isinstance(output_shape, (tuple, list)):
            output_shape = shape_tuple(where, "output_shape", output_shape)
        elif output_shape is not None and not callable(output_shape):
            raise TypeError(
                f"{where}: output_shape must be a tuple (without the axis of samples), a function from shape "
                f"to shape, or None, got {output_shape!r}."
            )
        if arguments is not None and not isinstance(arguments, Mapping):
            raise TypeError(
                f"{where}: arguments must be a dictionary from name to value, or None, got {arguments!r}."
            )
        self.function = function
        self.arguments = dict(arguments or {})
        self._output_shape = output_shape
        try:
            self._takes_mask = "mask" in inspect.signature(function).parameters
        except (TypeError, ValueError):  # a function written in C tells no signature
            self._takes_mask = False
        # Without a shape given, the engine takes it from the tensor that `function` returns.
        self.defines_output_shape = output_shape is not None  # type: ignore[misc]
        self.supports_masking = False
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        arguments = dict(self.arguments)
        if self._takes_mask:
            arguments.setdefault("mask", mask)
        output = self.function(x, **arguments)
        for tensor in output if isinstance(output, (list, tuple)) else [output]:
            if not K.is_tensor(tensor):
                raise TypeError(
                    f"{self.name}: function must return a tensor (or a list of tensors), got {tensor!r}. "
                    "Use the functions of keras.backend in it."
                )
        return output

    def get_output_shape_for(self, input_shape: Any) -> Any:
        if callable(self._output_shape):
            shape = self._output_shape(input_shape)
            if not isinstance(shape, (list, tuple)):
                raise ValueError(f"{self.name}: output_shape must return a tuple, got {shape!r}.")
            several = any(isinstance(each, (list, tuple)) for each in shape)
            return [tuple(each) for each in shape] if several else tuple(shape)
        if self._output_shape is not None:
            first = input_shape[0] if isinstance(input_shape, list) else input_shape
            return (first[0] if first else None, *self._output_shape)
        several = isinstance(input_shape, list)
        with K.graph_scope():
            inputs = [K.placeholder(shape=shape) for shape in (input_shape if several else [input_shape])]
            output = self.call(inputs if several else inputs[0])
        found = [K.int_shape(each) for each in output] if isinstance(output, list) else K.int_shape(output)
        if found is None or (isinstance(found, list) and None in found):
            raise ValueError(
                f"{self.name}: the shape of the output could not be found. Give `output_shape`, a tuple "
                "without the axis of samples."
            )
        return found

    def compute_mask(self, input: Any, input_mask: Any = None) -> Any:
        if self._takes_mask and not self.supports_masking:
            return None
        return super().compute_mask(input, input_mask)

    def get_config(self) -> dict[str, Any]:
        function, function_type = _to_config(self.name, "function", self.function)
        shape, shape_type = self._output_shape, "raw"
        if callable(shape):
            shape, shape_type = _to_config(self.name, "output_shape", shape)
        return {
            **super().get_config(),
            "function": function,
            "function_type": function_type,
            "output_shape": shape,
            "output_shape_type": shape_type,
            "arguments": self.arguments,
        }

    @classmethod
    @reads_arguments
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Lambda:
        """A layer of the given configuration.

        Args:
            config: as `get_config` returns it.
            custom_objects: functions by name; the name of the layer stands for its `function`, and that name
                with ``_output_shape`` for the function of the output's shape, whatever `config` says.

        Raises:
            ValueError: if the configuration holds byte code of another process, or a name that is unknown.
        """
        known = {**get_custom_objects(), **(custom_objects or {})}
        by_layer = {**objects_for_layers(), **(custom_objects or {})}
        config = dict(config)
        name = str(config.get("name"))
        where = f"{cls.__name__} {name!r}"
        function_type = config.pop("function_type", "lambda")
        shape_type = config.pop("output_shape_type", "raw")
        given = name in by_layer
        if given:
            config["function"] = known_function(where, name, by_layer)
        else:
            config["function"] = _from_config(where, name, config["function"], function_type, known)
        if f"{name}_output_shape" in by_layer:
            config["output_shape"] = known_function(where, f"{name}_output_shape", by_layer)
        elif shape_type != "raw":
            try:
                config["output_shape"] = _from_config(
                    where, f"{name}_output_shape", config["output_shape"], shape_type, known
                )
            except ValueError:
                if not given:
                    raise
                config["output_shape"] = None  # found from the function that was given
        return cls(**config)


def _from_config(where: str, name: str, value: Any, kind: str, known: dict[str, Any]) -> Any:
    if kind == "lambda":
        return stored_function(where, name, value)
    if kind != "function":
        raise ValueError(f"{where}: a function must be stored as 'function' or 'lambda', got {kind!r}.")
    return known_function(where, value, known)
