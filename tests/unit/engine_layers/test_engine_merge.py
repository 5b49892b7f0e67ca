"""`Merge` and `merge`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.engine import Input, Layer, Merge, Model, merge
from polykeras.utils.generic_utils import CustomObjectScope

A = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
B = np.array([[5.0, 1.0], [-2.0, 0.0]], "float32")


def run(K: Any, inputs: list[Any], output: Any, *arrays: Any) -> Any:
    return K.function(inputs, [output])([np.asarray(array, "float32") for array in arrays])[0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("sum", A + B),
        ("mul", A * B),
        ("ave", (A + B) / 2),
        ("max", np.maximum(A, B)),
        ("concat", np.hstack([A, B])),
        ("dot", (A * B).sum(1, keepdims=True)),
        (
            "cos",
            ((A * B).sum(1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)).reshape(2, 1, 1),
        ),
        (lambda x: x[0] - x[1], A - B),
    ],
)
def test_modes(K: Any, mode: Any, expected: Any) -> None:
    a, b = Input(shape=(2,)), Input(shape=(2,))
    y = merge([a, b], mode=mode)
    value = run(K, [a, b], y, A, B)
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    assert K.int_shape(y) == (None, *expected.shape[1:])
    again = Model([a, b], y)
    c, d = Input(shape=(2,)), Input(shape=(2,))
    np.testing.assert_allclose(run(K, [c, d], again([c, d]), A, B), expected, rtol=1e-5)


def test_three_inputs_and_axes(K: Any) -> None:
    inputs = [Input(shape=(2, size)) for size in (1, 2, 3)]
    assert K.int_shape(merge(inputs, mode="concat")) == (None, 2, 6)
    inputs = [Input(shape=(size, 4)) for size in (2, 3)]
    assert K.int_shape(merge(inputs, mode="concat", concat_axis=1)) == (None, 5, 4)
    assert K.int_shape(merge(inputs, mode="dot", dot_axes=2)) == (None, 2, 3)
    assert K.int_shape(merge(inputs, mode="dot", dot_axes=[2, 2])) == (None, 2, 3)
    time = Input(shape=(None, 4))
    assert K.int_shape(merge([inputs[0], time], mode="concat", concat_axis=1)) == (None, None, 4)
    assert K.int_shape(merge([time, inputs[0]], mode="sum")) == (None, 2, 4)


def test_functions_with_arguments_and_shapes(K: Any) -> None:
    a, b = Input(shape=(2,)), Input(shape=(2,))

    def weighted(x: Any, factor: float = 1.0) -> Any:
        return x[0] + factor * x[1]

    y = merge([a, b], mode=weighted, output_shape=(2,), arguments={"factor": 3.0})
    np.testing.assert_allclose(run(K, [a, b], y, A, B), A + 3 * B)
    z = merge([a, b], mode=weighted, output_shape=lambda shapes: (shapes[0][0], 2))
    assert K.int_shape(z) == (None, 2)


class Marked(Layer):
    """Marks the first `kept` time steps."""

    def __init__(self, kept: int, **kwargs: Any) -> None:
        self.kept = kept
        super().__init__(**kwargs)

    def compute_mask(self, input: Any, input_mask: Any = None) -> Any:
        from polykeras import backend as K

        return K.lesser(K.sum(K.zeros_like(input), axis=-1) + np.arange(3, dtype="float32"), self.kept)


def test_masks(K: Any) -> None:
    a, b = Input(shape=(3, 2)), Input(shape=(3, 2))
    marked, more = Marked(1)(a), Marked(2)(b)
    data = np.ones((1, 3, 2))

    def mask_of(tensors: list[Any], **options: Any) -> Any:
        layer = Merge(**options)
        layer(tensors)
        if layer.output_mask is None:
            return None
        return run(K, [a, b], layer.output_mask, data, data).astype(int).tolist()

    assert mask_of([marked, more], mode="sum") == [[1, 0, 0]]
    assert mask_of([marked, b], mode="mul") == [[1, 0, 0]]
    assert mask_of([a, b], mode="sum") is None
    assert mask_of([marked, more], mode="concat") == [[1, 0, 0]]
    assert mask_of([marked, b], mode="concat", concat_axis=1) == [[1, 0, 0, 1, 1, 1]]
    assert mask_of([marked, more], mode="dot", dot_axes=2) is None
    assert mask_of([marked, more], mode=lambda x: x[0]) is None
    assert mask_of([marked, more], mode=lambda x: x[0], output_mask=lambda masks: masks[1]) == [[1, 1, 0]]
    seen: list[Any] = []

    def look(x: Any, mask: Any = None) -> Any:
        seen.extend(mask)
        return x[0]

    mask_of([marked, b], mode=look)
    assert seen[0] is not None and seen[1] is None


def test_shapes_must_fit(K: Any) -> None:
    a, b, c = Input(shape=(2,)), Input(shape=(3,)), Input(shape=(2, 2))
    with pytest.raises(ValueError, match=r"same shape, got \(None, 2\), \(None, 3\)"):
        merge([a, b], mode="sum")
    with pytest.raises(ValueError, match="concat"):
        merge([a, c], mode="concat")
    with pytest.raises(ValueError, match="same size, got 2 and 3"):
        merge([a, b], mode="dot")
    with pytest.raises(ValueError, match="exactly 2 inputs, got 3"):
        merge([a, a, a], mode="dot")
    with pytest.raises(TypeError, match="dot_axes must be"):
        merge([a, a], mode="dot", dot_axes=[1])
    with pytest.raises(ValueError, match="there is no axis 5"):
        merge([a, a], mode="dot", dot_axes=5)
    with pytest.raises(
        ValueError, match=r"mode 'cos' wants inputs of the same shape but for the axes \[2, 1\]"
    ):
        merge([Input(shape=(4, 2)), a], mode="cos", dot_axes=[2, 1])
    with pytest.raises(ValueError, match=r"mode must be one of.*'sum'.*got 'summ'"):
        merge([a, a], mode="summ")


def test_what_can_be_merged(K: Any) -> None:
    a = Input(shape=(2,))
    with pytest.raises(TypeError, match="at least 2 tensors"):
        merge([a])
    with pytest.raises(TypeError, match="at least 2 tensors"):
        merge(a)
    with pytest.raises(TypeError, match="at least 2 layers"):
        Merge([Layer()])
    with pytest.raises(TypeError, match="wanted layers or models"):
        Merge([a, a])
    with pytest.raises(ValueError, match="'loose' has no output"):
        Merge([Layer(name="loose"), Layer()])
    layer = Merge()
    layer([a, a])
    with pytest.raises(RuntimeError, match="only once"):
        layer([a, a])


def test_plain_tensors(K: Any) -> None:
    a, b = K.placeholder(shape=(None, 2)), K.placeholder(shape=(None, 2))
    y = merge([a, b], mode="sum")
    assert not K.is_keras_tensor(y)
    np.testing.assert_allclose(run(K, [a, b], y, A, B), A + B)


def double(x: Any) -> Any:
    return x[0] * 2.0


class Difference:
    __name__ = "difference"

    def __call__(self, x: Any) -> Any:
        return x[0] - x[1]


def test_config(K: Any) -> None:
    layer = Merge(mode="concat", concat_axis=1, name="joint")
    config = layer.get_config()
    assert config == {
        "name": "joint",
        "mode": "concat",
        "mode_type": "raw",
        "output_shape": None,
        "output_shape_type": "raw",
        "output_mask": None,
        "output_mask_type": "raw",
        "concat_axis": 1,
        "dot_axes": -1,
        "arguments": {},
    }
    assert Merge.from_config(config).get_config() == config
    older = {key: config[key] for key in ("name", "mode", "mode_type", "concat_axis", "dot_axes")}
    assert Merge.from_config(older).get_config() == config


def test_functions_in_config(K: Any) -> None:
    config = Merge(mode=double, output_shape=(2,), name="m").get_config()
    assert config["mode_type"] == "lambda" and config["output_shape"] == (2,)
    a, b = Input(shape=(2,)), Input(shape=(2,))
    y = Merge.from_config(config)([a, b])
    np.testing.assert_allclose(run(K, [a, b], y, A, B), 2 * A)

    foreign = {**config, "mode": ["not ours", None, None]}
    with pytest.raises(ValueError, match=r"Merge layer 'm'.*custom_objects"):
        Merge.from_config(foreign)
    with CustomObjectScope({"m": double}):
        assert Merge.from_config(foreign).mode is double

    named = Merge(mode=Difference(), name="n").get_config()
    assert (named["mode"], named["mode_type"]) == ("difference", "function")
    with pytest.raises(ValueError, match="'difference' is not known"):
        Merge.from_config(named)
    with CustomObjectScope({"difference": double}):
        assert Merge.from_config(named).mode is double
