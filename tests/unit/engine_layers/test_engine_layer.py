"""`Layer`: what layers written by users rely on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras import initializations, regularizers
from polykeras.engine import Input, InputSpec, Layer, Model


class Linear(Layer):
    """A layer as the documentation of Keras 1 tells users to write one."""

    def __init__(self, output_dim: int, weights: Any = None, input_dim: int | None = None, **kwargs: Any):
        self.output_dim = output_dim
        self.init = initializations.get("glorot_uniform")
        self.initial_weights = weights
        if input_dim:
            kwargs["input_shape"] = (input_dim,)
        self.input_spec = [InputSpec(ndim=2)]
        super().__init__(**kwargs)

    def build(self, input_shape: Any) -> None:
        self.W = self.init((input_shape[1], self.output_dim), name=f"{self.name}_W")
        self.trainable_weights = [self.W]
        if self.initial_weights is not None:
            self.set_weights(self.initial_weights)
            del self.initial_weights

    def call(self, x: Any, mask: Any = None) -> Any:
        from polykeras import backend as K

        return K.dot(x, self.W)

    def get_output_shape_for(self, input_shape: Any) -> Any:
        return (input_shape[0], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim}


def run(K: Any, inputs: Any, outputs: Any, *arrays: Any) -> list[Any]:
    inputs = inputs if isinstance(inputs, list) else [inputs]
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return K.function(inputs, outputs)([np.asarray(array, "float32") for array in arrays])


def test_a_users_layer_computes_and_keeps_its_weights(K: Any) -> None:
    W = np.arange(6.0).reshape(3, 2)
    layer = Linear(2, weights=[W])
    x = Input(shape=(3,))
    y = layer(x)
    data = np.random.rand(4, 3)
    np.testing.assert_allclose(run(K, x, y, data)[0], data @ W, rtol=1e-5)
    assert layer.built and layer.count_params() == 6
    assert K.int_shape(y) == (None, 2) == layer.output_shape
    assert layer.input_shape == (None, 3)
    assert layer.input is x and layer.output is y
    assert layer.input_mask is None and layer.output_mask is None
    np.testing.assert_allclose(layer.get_weights()[0], W)
    assert layer.trainable_weights == [layer.W] or layer.trainable_weights[0] is layer.W


def test_constraints_are_a_dictionary_by_weight(K: Any) -> None:
    class Constrained(Linear):
        def build(self, input_shape: Any) -> None:
            super().build(input_shape)
            self.constraints = {self.W: abs}

    layer = Constrained(2)
    x = Input(shape=(3,))
    model = Model(x, layer(x))
    assert model.constraints[layer.W] is abs


def test_names_count_by_class(K: Any) -> None:
    K.reset_uids()
    assert [Linear(1).name, Linear(1).name, Layer().name] == ["linear_1", "linear_2", "layer_1"]
    assert Linear(1, name="mine").name == "mine"


def test_config_makes_the_same_layer(K: Any) -> None:
    layer = Linear(2, input_dim=3, name="first", trainable=False)
    config = layer.get_config()
    assert config == {
        "name": "first",
        "trainable": False,
        "batch_input_shape": (None, 3),
        "input_dtype": "float32",
        "output_dim": 2,
    }
    assert Linear.from_config(config).get_config() == config


def test_unknown_keyword_names_the_nearest(K: Any) -> None:
    with pytest.raises(TypeError, match=r"Linear: unknown keyword argument 'input_shap'.*'input_shape'"):
        Linear(2, input_shap=(3,))


@pytest.mark.parametrize("shape", [784, "784", (2.5,), (True,)])
def test_a_wrong_input_shape_is_refused(K: Any, shape: Any) -> None:
    with pytest.raises(TypeError, match="input_shape"):
        Layer(input_shape=shape)


def test_weights_passed_to_the_base_class_are_set_after_build(K: Any) -> None:
    class Plain(Layer):
        def build(self, input_shape: Any) -> None:
            self.b = self.add_weight((input_shape[-1],), "zero", name="b")

        def call(self, x: Any, mask: Any = None) -> Any:
            return x + self.b

    layer = Plain(weights=[np.ones(3)])
    layer(Input(shape=(3,)))
    np.testing.assert_array_equal(layer.get_weights()[0], np.ones(3))


def test_add_weight_sorts_and_penalises(K: Any) -> None:
    class Two(Layer):
        def build(self, input_shape: Any) -> None:
            size = input_shape[-1]
            self.a = self.add_weight(
                (size,), "one", name="a", regularizer=regularizers.l2(0.5), constraint=abs
            )
            self.s = self.add_weight((size,), "zero", name="s", trainable=False)

        def call(self, x: Any, mask: Any = None) -> Any:
            return x * self.a + self.s

    layer = Two()
    x = Input(shape=(4,))
    model = Model(x, layer(x))
    assert [w.name.split(":")[0] for w in layer.weights] == ["a", "s"]
    assert len(layer.trainable_weights) == len(layer.non_trainable_weights) == 1
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 2
    layer.trainable = True
    assert layer.constraints[layer.a] is abs
    (penalty,) = model.losses
    np.testing.assert_allclose(K.eval(penalty), 2.0)
    with pytest.raises(ValueError, match=r"must be known.*\(None, 2\)"):
        layer.add_weight((None, 2), "zero")


def test_set_weights_sets_all_or_none(K: Any) -> None:
    class Two(Layer):
        def build(self, input_shape: Any) -> None:
            self.trainable_weights = [K.zeros((2,), name="a"), K.zeros((3,), name="b")]

    layer = Two(name="two")
    layer(Input(shape=(3,)))
    with pytest.raises(ValueError, match=r"two.*list of 2 arrays, got 1"):
        layer.set_weights([np.ones(2)])
    with pytest.raises(ValueError, match=r"wanted shape \(3,\) for weight 1 \(b.*got \(4,\)"):
        layer.set_weights([np.ones(2), np.ones(4)])
    assert not layer.get_weights()[0].any()
    layer.set_weights([np.ones(2), np.ones(3)])
    assert layer.get_weights()[1].all()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (InputSpec(ndim=3), "wanted 3 axes, got 2"),
        (InputSpec(ndim="3+"), "wanted at least 3 axes, got 2"),
        (InputSpec(shape=(None, 4)), r"wanted shape \(None, 4\), got \(None, 3\).*axis 1"),
        (InputSpec(dtype="int32"), "wanted dtype 'int32', got 'float32'"),
    ],
)
def test_input_spec_names_layer_wanted_and_got(K: Any, spec: InputSpec, message: str) -> None:
    layer = Layer(name="picky")
    layer.input_spec = [spec]
    with pytest.raises(ValueError, match=f"'picky', input 0: {message}"):
        layer(Input(shape=(3,)))


def test_input_spec_counts_inputs(K: Any) -> None:
    layer = Layer(name="picky")
    layer.input_spec = [InputSpec(ndim=2), InputSpec(ndim=2)]
    with pytest.raises(ValueError, match="wanted 2 inputs, got 1"):
        layer(Input(shape=(3,)))
    with pytest.raises(ValueError, match="ndim must be"):
        InputSpec(ndim="two")


def test_output_shape_is_taken_from_the_tensor(K: Any) -> None:
    class Sum(Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return K.sum(x, axis=-1, keepdims=True)

    class Pair(Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return K.concatenate([x, x], axis=1)

    x = Input(shape=(3, 5))
    assert K.int_shape(Sum()(x)) == (None, 3, 1)
    assert K.int_shape(Pair()(x)) == (None, 6, 5)
    assert K.int_shape(Layer()(x)) == (None, 3, 5)


def test_several_outputs(K: Any) -> None:
    class Split(Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return [x + 1.0, x * 2.0]

        def get_output_shape_for(self, input_shape: Any) -> Any:
            return [input_shape, input_shape]

    x = Input(shape=(2,))
    layer = Split()
    outputs = layer(x)
    assert isinstance(outputs, list) and layer.output is not None and len(layer.output_shape) == 2
    model = Model(x, outputs)
    plus, twice = run(K, x, model.outputs, [[1.0, 2.0]])
    np.testing.assert_allclose(plus, [[2, 3]])
    np.testing.assert_allclose(twice, [[2, 4]])


def test_a_layer_that_returns_its_input_does_not_disturb_it(K: Any) -> None:
    x = Input(shape=(2,), name="start")
    y = Layer(name="same")(x)
    assert y is not x and x._keras_history[0].name == "start" and y._keras_history[0].name == "same"
    model = Model(x, Layer()(y))
    np.testing.assert_allclose(run(K, x, model.outputs, [[1.0, 2.0]])[0], [[1, 2]])


def test_identity_keeps_integers_and_masks_apart(K: Any) -> None:
    x = Input(shape=(2,), dtype="int32")
    y = Layer()(x)
    assert K.dtype(y) == "int32"
    value = K.function([x], [y])([np.array([[1, 2]], "int32")])[0]
    np.testing.assert_array_equal(value, [[1, 2]])


def test_multi_node_attributes(K: Any) -> None:
    layer = Linear(2, name="shared")
    with pytest.raises(AttributeError, match="'shared' is not connected"):
        _ = layer.input
    with pytest.raises(AttributeError, match="never been called"):
        _ = layer.output_shape
    with pytest.raises(RuntimeError, match="has never been called"):
        layer.get_input_at(0)
    a, b = Input(shape=(3,)), Input(shape=(3,))
    first, second = layer(a), layer(b)
    assert layer.get_input_at(0) is a and layer.get_input_at(1) is b
    assert layer.get_output_at(0) is first and layer.get_output_at(1) is second
    assert layer.get_output_shape_at(1) == layer.output_shape == (None, 2)
    assert layer.get_input_shape_at(0) == (None, 3)
    assert layer.get_input_mask_at(0) is None and layer.get_output_mask_at(1) is None
    for attribute in ("input", "output", "input_mask", "output_mask"):
        with pytest.raises(AttributeError, match=rf"called 2 times.*get_{attribute}_at"):
            getattr(layer, attribute)
    with pytest.raises(ValueError, match="node 2, but the layer has 2 nodes"):
        layer.get_output_at(2)
    passing = Layer()
    passing(a)
    passing(Input(shape=(7,)))
    with pytest.raises(AttributeError, match="different shapes"):
        _ = passing.input_shape


def test_call_must_return_tensors(K: Any) -> None:
    class Nothing(Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return None

    with pytest.raises(TypeError, match=r"'none'.*must return a tensor.*got None"):
        Nothing(name="none")(Input(shape=(2,)))


def test_wanting_a_tensor(K: Any) -> None:
    with pytest.raises(TypeError, match=r"wanted a tensor, got a numpy array of shape \(2, 2\).*Input"):
        Layer()(np.ones((2, 2)))


def test_plain_tensors_give_plain_tensors(K: Any) -> None:
    x = K.placeholder(shape=(None, 3))
    layer = Linear(2, weights=[np.ones((3, 2))])
    y = layer(x)
    assert not K.is_keras_tensor(y) and layer.inbound_nodes == [] and K.int_shape(y) == (None, 2)
    np.testing.assert_allclose(run(K, x, y, np.ones((1, 3)))[0], [[3, 3]])
    with pytest.raises(TypeError, match=r"Input\(shape"):
        Model(x, y)


def test_masks(K: Any) -> None:
    class Masked(Layer):
        supports_masking = True

        def compute_mask(self, input: Any, input_mask: Any = None) -> Any:
            return K.any(K.not_equal(input, 0.0), axis=-1)

    x = Input(shape=(2, 3))
    y = Masked()(x)
    passing = Layer(name="passing")
    passing.supports_masking = True
    z = passing(y)
    assert passing.output_mask is passing.input_mask is not None
    with pytest.raises(TypeError, match="'strict' does not support masking"):
        Layer(name="strict")(z)
    data = [[[0, 0, 0], [0, 1, 0]]]
    np.testing.assert_array_equal(run(K, x, passing.output_mask, data)[0], [[0, 1]])


def test_learning_phase_travels(K: Any) -> None:
    noisy = Layer()
    noisy.uses_learning_phase = True
    x = Input(shape=(2,))
    y = Layer()(noisy(x))
    assert not x._uses_learning_phase and y._uses_learning_phase
    assert Model(x, y).uses_learning_phase
    assert not Model(x, Layer()(x)).uses_learning_phase


def test_losses_and_updates_by_inputs(K: Any) -> None:
    layer = Layer()
    a, b = Input(shape=(2,)), Input(shape=(2,))
    layer.add_loss(["on a"], a)
    layer.add_loss("free")
    layer.add_loss(None)
    layer.add_update([("v", "on both")], [a, b])
    layer.updates.append("assigned")
    assert layer.get_losses_for(a) == layer.get_losses_for([a]) == ["on a"]
    assert layer.get_losses_for(None) == layer.get_losses_for([]) == ["free"]
    assert layer.losses == ["on a", "free"]
    assert layer.get_updates_for([a, b]) == [("v", "on both")] and layer.get_updates_for(a) == []
    assert layer.get_updates_for(None) == ["assigned"]
    layer.updates = ["other"]
    assert layer.get_updates_for(None) == ["other"]


def test_activity_regularizer_counts_each_call(K: Any) -> None:
    layer = Layer()
    layer.activity_regularizer = regularizers.l1(1.0)
    a, b = Input(shape=(2,)), Input(shape=(2,))
    one = Model(a, layer(a))
    both = Model([a, b], [layer.get_output_at(0), layer(b)])
    assert len(one.losses) == 1 and len(both.losses) == 2
    np.testing.assert_allclose(run(K, a, one.losses, [[1.0, -2.0]])[0], 3.0)
    outer = Input(shape=(2,))
    nested = Model(outer, one(outer))
    (penalty,) = nested.losses
    np.testing.assert_allclose(run(K, outer, penalty, [[4.0, -2.0]])[0], 6.0)


def test_regularizers_attribute_warns(K: Any) -> None:
    with pytest.warns(UserWarning, match="add_weight"):
        Layer().regularizers = [1]
    with pytest.warns(UserWarning, match="add_weight"):
        assert Layer().regularizers == []


def test_count_params_wants_weights(K: Any) -> None:
    with pytest.raises(RuntimeError, match="no weights yet"):
        Linear(2).count_params()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "wanted a shape, got none"),
        ({"shape": (2,), "batch_shape": (None, 2)}, ValueError, "got both"),
        ({"shape": 784}, TypeError, r"Write \(784,\)"),
        ({"shape": (-1,)}, ValueError, "no negative size"),
        ({"tensor": 3}, TypeError, "must be a tensor"),
    ],
)
def test_input_says_what_is_wrong(K: Any, arguments: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        Input(**arguments)


def test_input_from_a_tensor(K: Any) -> None:
    tensor = K.placeholder(shape=(None, 3), name="given")
    x = Input(tensor=tensor)
    assert x is tensor and K.int_shape(x) == (None, 3) and x._keras_history[0].input_dtype == "float32"
    model = Model(x, Linear(2, weights=[np.ones((3, 2))])(x))
    np.testing.assert_allclose(run(K, tensor, model.outputs, np.ones((1, 3)))[0], [[3, 3]])
    again = Input(tensor=model.outputs[0])
    assert again is not model.outputs[0] and K.int_shape(again) == (None, 2)


def test_input_config(K: Any) -> None:
    x = Input(batch_shape=(5, 2), name="fixed", dtype="int32")
    layer = x._keras_history[0]
    assert layer.get_config() == {
        "batch_input_shape": (5, 2),
        "input_dtype": "int32",
        "sparse": False,
        "name": "fixed",
    }
    older = {key: value for key, value in layer.get_config().items() if key != "sparse"}
    assert type(layer).from_config({**older, "trainable": False}).batch_input_shape == (5, 2)
