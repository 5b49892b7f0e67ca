"""Helpers for the tests of a program's own layers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from .. import backend
from ..engine.input_layer import Input as Input
from ..models import Model as Model
from ..models import Sequential as Sequential
from ..models import model_from_json as model_from_json

K = backend
__test__ = False  # for pytest: these are no tests

Data = tuple[np.ndarray, np.ndarray]


def get_test_data(
    nb_train: int = 1000,
    nb_test: int = 500,
    input_shape: tuple[int, ...] = (10,),
    output_shape: tuple[int, ...] = (2,),
    classification: bool = True,
    nb_class: int = 2,
) -> tuple[Data, Data]:
    """Made-up data that can be learned, drawn from numpy's global generator.

    Args:
        nb_train, nb_test: numbers of samples.
        input_shape: shape of one input; its numbers lie about the sample's class, or a number of [0, 1).
        output_shape: shape of one target, without `classification`; its numbers lie about the same number.
        classification: whether the targets are class numbers, (samples,).
        nb_class: number of classes.

    Returns:
        ``(X_train, y_train), (X_test, y_test)``.
    """
    count = nb_train + nb_test
    x = np.zeros((count, *input_shape))
    if classification:
        y: np.ndarray = np.random.randint(0, nb_class, size=(count,))
        for sample in range(count):
            x[sample] = np.random.normal(loc=y[sample], scale=0.7, size=input_shape)
    else:
        middles = np.random.random((count,))
        y = np.zeros((count, *output_shape))
        for sample in range(count):
            x[sample] = np.random.normal(loc=middles[sample], scale=0.7, size=input_shape)
            y[sample] = np.random.normal(loc=middles[sample], scale=0.7, size=output_shape)
    return (x[:nb_train], y[:nb_train]), (x[nb_train:], y[nb_train:])


def layer_test(
    layer_cls: type,
    kwargs: Mapping[str, Any] = MappingProxyType({}),
    input_shape: Any = None,
    input_dtype: str | None = None,
    input_data: Any = None,
    expected_output: Any = None,
    expected_output_dtype: str | None = None,
    fixed_batch_size: bool = False,
) -> np.ndarray:
    """Puts a layer through what every layer must do: weights, shapes, configuration, both kinds of models,
    training.

    Args:
        layer_cls: the class.
        kwargs: arguments of its constructor.
        input_shape: shape of the data, samples first; None in it for a size of 1 to 3.
        input_dtype: element type of the input, `floatx` by default.
        input_data: the data; None: random numbers of `input_shape`.
        expected_output: what the layer must give, within 1e-3.
        expected_output_dtype: the element type of the output; that of the input by default.
        fixed_batch_size: whether the model is made for just this number of samples.

    Returns:
        The output.

    Raises:
        AssertionError: tells what the layer does wrong.
    """
    if input_dtype is None:
        input_dtype = K.floatx() if input_data is None else str(np.asarray(input_data).dtype)
    data, shape = _data(input_shape, input_data, input_dtype)
    expected_output_dtype = expected_output_dtype or input_dtype
    layer = layer_cls(**kwargs)
    weights = layer.get_weights()
    layer.set_weights(weights)
    if "weights" in _arguments(layer_cls):
        layer_cls(**{**kwargs, "weights": weights})

    sizes: dict[str, Any] = {"batch_shape": data.shape} if fixed_batch_size else {"shape": shape[1:]}
    x = Input(dtype=input_dtype, **sizes)
    y = layer(x)
    dtype = K.dtype(y)
    assert dtype == expected_output_dtype, f"wanted the dtype {expected_output_dtype}, got {dtype}."
    model = Model(input=x, output=y)
    wanted = layer.get_output_shape_for(data.shape if fixed_batch_size else shape)
    output = model.predict(data, batch_size=len(data))
    assert len(wanted) == output.ndim, f"wanted {len(wanted)} axes, as {wanted} has, got {output.shape}."
    for size, got in zip(wanted, output.shape, strict=True):
        assert size is None or size == got, f"wanted the shape {wanted}, got {output.shape}."
    _check_close(output, expected_output)

    known = {layer_cls.__name__: layer_cls}
    again = Model.from_config(model.get_config(), custom_objects=known)
    if model.weights:
        again.set_weights(model.get_weights())
    if not layer.uses_learning_phase:
        _check_close(again.predict(data, batch_size=len(data)), output)
    model.compile("rmsprop", "mse")
    model.train_on_batch(data, output)

    stack = Sequential()
    sizes = {"batch_input_shape": data.shape} if fixed_batch_size else {"input_shape": shape[1:]}
    stack.add(layer_cls(**{**kwargs, **sizes, "input_dtype": input_dtype}))
    result = stack.predict(data, batch_size=len(data))
    assert result.shape == output.shape, f"in a Sequential: wanted {output.shape}, got {result.shape}."
    loaded = model_from_json(stack.to_json(), custom_objects=known)
    if stack.weights:
        loaded.set_weights(stack.get_weights())
    if not layer.uses_learning_phase:
        _check_close(loaded.predict(data, batch_size=len(data)), result)
    stack.compile("rmsprop", "mse")
    stack.train_on_batch(data, result)
    return output


def _data(input_shape: Any, input_data: Any, dtype: str) -> tuple[np.ndarray, tuple[Any, ...]]:
    """The data, and their shape with the samples open."""
    if input_data is not None:
        data = np.asarray(input_data)
        return data, (None, *(input_shape or data.shape)[1:])
    if not input_shape:
        raise ValueError("layer_test: wanted input_shape or input_data, got neither.")
    sizes = [np.random.randint(1, 4) if size is None else size for size in input_shape]
    return (10 * np.random.random(sizes)).astype(dtype), (None, *input_shape[1:])


def _arguments(cls: type) -> set[str]:
    import inspect

    return set(inspect.signature(cls).parameters)


def _check_close(got: np.ndarray, wanted: Any) -> None:
    if wanted is not None:
        np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-6)


def keras_test(func: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for a test: what it has built is forgotten afterwards, as `K.clear_session` does."""

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return func(*args, **kwargs)
        finally:
            K.clear_session()

    return wrapped
