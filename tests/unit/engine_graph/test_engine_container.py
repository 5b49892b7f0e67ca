"""`Container`: the graph between inputs and outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.engine import Input, Layer, Merge, Model, get_source_inputs, merge
from polykeras.engine.topology import Container, object_list_uid, to_list


class Scale(Layer):
    """Multiplies by a weight that starts at `factor`, and has a weight that is not trained."""

    def __init__(self, factor: float = 1.0, **kwargs: Any) -> None:
        self.factor = factor
        super().__init__(**kwargs)

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight((1,), "one", name=f"{self.name}_w", regularizer=self._penalty)
        self.s = self.add_weight((2,), "zero", name=f"{self.name}_s", trainable=False)
        self.set_weights([np.array([self.factor]), np.zeros(2)])

    def _penalty(self, w: Any) -> Any:
        from polykeras import backend as K

        return K.sum(w)

    def call(self, x: Any, mask: Any = None) -> Any:
        from polykeras import backend as K

        self.add_update([K.update(self.s, K.sum(x, axis=0))], x)
        return x * self.w

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


def value(K: Any, model: Any, *arrays: Any) -> Any:
    results = K.function(model.inputs, model.outputs)([np.asarray(array, "float32") for array in arrays])
    return results[0] if len(results) == 1 else results


X = np.array([[1.0, 2.0], [3.0, 4.0]])


def test_plural_and_singular_names(K: Any) -> None:
    x = Input(shape=(2,))
    y = Scale(2.0)(x)
    for model in (
        Model(x, y),
        Model(input=x, output=y),
        Model(inputs=[x], outputs=[y]),
        Container(x, y, "c"),
    ):
        assert model.inputs[0] is x and model.outputs[0] is y
    assert Container(x, y, name="c").name == "c"
    with pytest.raises(TypeError, match="got both"):
        Model(input=x, inputs=x, output=y)
    with pytest.raises(TypeError):
        Model(x)


def test_layers_are_in_the_order_of_depth(K: Any) -> None:
    a, b = Input(shape=(2,), name="a"), Input(shape=(2,), name="b")
    first = Scale(name="first")(a)
    second = Scale(name="second")(first)
    side = Scale(name="side")(b)
    joint = merge([second, side], name="joint")
    out = Scale(name="out")(joint)
    model = Model([b, a], [out, side])
    assert [layer.name for layer in model.layers] == ["a", "first", "b", "second", "side", "joint", "out"]
    assert model.input_names == ["b", "a"] and model.output_names == ["out", "side"]
    assert model.get_layer("side") is model.get_layer(index=4) is model.layers[4]
    assert {depth: [layer.name for layer in layers] for depth, layers in model.layers_by_depth.items()} == {
        0: ["out"],
        1: ["joint"],
        2: ["second", "side"],
        3: ["first", "b"],
        4: ["a"],
    }
    assert "first_ib-0" in model.container_nodes
    assert model.internal_input_shapes == [(None, 2), (None, 2)]


def test_get_layer_says_what_there_is(K: Any) -> None:
    x = Input(shape=(2,), name="x")
    model = Model(x, Scale(name="one")(x))
    with pytest.raises(ValueError, match=r"no layer 'two'. The layers are: x, one"):
        model.get_layer("two")
    with pytest.raises(ValueError, match="2 layers"):
        model.get_layer(index=2)
    with pytest.raises(ValueError, match="got neither"):
        model.get_layer()


def test_shared_layers_and_models_as_layers(K: Any) -> None:
    x = Input(shape=(2,))
    shared = Scale(2.0)
    inner = Model(x, shared(shared(x)), name="inner")
    a, b = Input(shape=(2,)), Input(shape=(2,))
    outer = Model([a, b], merge([inner(a), shared(b)]))
    np.testing.assert_allclose(value(K, outer, X, X), 4 * X + 2 * X)
    assert len(outer.trainable_weights) == 1 and len(outer.non_trainable_weights) == 1
    assert outer.get_output_shape_for([(5, 2), (5, 2)]) == (5, 2)
    assert inner.get_output_shape_for((7, 2)) == (7, 2)
    with pytest.raises(ValueError, match=r"'inner': wanted 1 inputs .* got 2"):
        inner([a, b])


def test_a_model_called_twice_on_one_tensor_gives_two_tensors(K: Any) -> None:
    x = Input(shape=(2,))
    inner = Model(x, Scale(3.0)(x))
    a = Input(shape=(2,))
    first, second = inner(a), inner(a)
    assert first is not second and len(inner._runs) == 1
    np.testing.assert_allclose(value(K, Model(a, merge([first, second])), X), 6 * X)
    on_own = inner(x)
    assert on_own is not inner.outputs[0]
    np.testing.assert_allclose(value(K, Model(x, on_own), X), 3 * X)
    assert len(Model(x, on_own).updates) == 1


def test_a_thousand_layers(K: Any) -> None:
    x = y = Input(shape=(2,))
    for _ in range(1000):
        y = Layer()(y)
    model = Model(x, y)
    assert len(model.layers) == 1001 and get_source_inputs(y)[0] is x
    again = Model.from_config(model.get_config())
    assert len(again.layers) == 1001
    z = Input(shape=(2,))
    assert K.int_shape(model(z)) == (None, 2)
    model.to_json()


def test_errors_of_the_graph(K: Any) -> None:
    a, b = Input(shape=(2,), name="a"), Input(shape=(2,), name="b")
    y = merge([Scale(name="sa")(a), Scale(name="sb")(b)], name="joint")
    with pytest.raises(RuntimeError, match=r"disconnected: the layer 'b' needs output 0 of layer 'b'"):
        Model(a, y)
    with pytest.raises(ValueError, match=r"each input must be given once"):
        Model([a, b, a], y)
    with pytest.raises(
        TypeError, match="each input must be a tensor made by Input, got output 0 of layer 'joint'"
    ):
        Model(y, Scale()(y))
    with pytest.raises(TypeError, match="each output must be a tensor made by Input or by a layer"):
        Model(a, K.placeholder(shape=(None, 2)))
    with pytest.raises(TypeError, match="got a numpy array"):
        Model(a, np.ones(2))
    with pytest.raises(RuntimeError, match="'same' is used by two layers"):
        Model(a, Scale(name="same")(Scale(name="same")(a)))
    with pytest.raises(ValueError, match="at least one input and one output"):
        Model([], y)


def test_a_cycle_names_the_layer(K: Any) -> None:
    x = Input(shape=(2,))
    first, second = Layer(name="first"), Layer(name="second")
    y = second(first(x))
    node = first.inbound_nodes[0]
    node.inbound_layers, node.node_indices, node.tensor_indices = [second], [0], [0]
    with pytest.raises(RuntimeError, match=r"cycle: the layer '(first|second)'"):
        Model(x, y)


def test_weights_in_both_orders(K: Any) -> None:
    x = Input(shape=(2,))
    model = Model(x, Scale(3.0, name="q")(Scale(2.0, name="p")(x)))
    names = [weight.name.split(":")[0] for weight in model.weights]
    assert names == ["p_w", "q_w", "p_s", "q_s"]
    arrays = model.get_weights()
    assert [array.shape for array in arrays] == [(1,), (2,), (1,), (2,)]
    assert model.count_params() == 6
    wrong = [array + 1 for array in arrays]
    with pytest.raises(ValueError, match=r"wanted shape \(2,\) for weight 3"):
        model.set_weights([*wrong[:3], np.ones(3)])
    with pytest.raises(ValueError, match="list of 4 arrays, got 3"):
        model.set_weights(wrong[:3])
    for before, after in zip(arrays, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    model.set_weights(wrong)
    np.testing.assert_allclose(model.get_weights()[2], [4.0])
    model.get_layer("p").trainable = False
    assert [weight.name.split(":")[0] for weight in model.weights] == ["q_w", "p_w", "p_s", "q_s"]
    model.trainable = False
    assert model.trainable_weights == [] and len(model.non_trainable_weights) == 4


def test_losses_and_updates_of_nested_models(K: Any) -> None:
    x = Input(shape=(2,))
    layer = Scale(2.0)
    inner = Model(x, layer(x))
    assert len(inner.losses) == 1 and len(inner.updates) == 1
    a, b = Input(shape=(2,)), Input(shape=(2,))
    one, two = Model(a, inner(a)), Model(b, inner(b))
    for model in (one, two):
        assert len(model.losses) == 1 and len(model.updates) == 1 and model.state_updates == []
    assert one.updates[0] is not two.updates[0]
    K.function([a], one.outputs, updates=one.updates)([X.astype("float32")])
    np.testing.assert_allclose(layer.get_weights()[1], X.sum(0))
    inner.add_loss("mine")
    assert inner.losses[-1] == "mine" and one.losses[-1] == "mine"


def test_states(K: Any) -> None:
    class Stateful(Scale):
        stateful = True

        def reset_states(self) -> None:
            self.set_weights([np.ones(1), np.zeros(2)])

    x = Input(shape=(2,))
    layer = Stateful()
    inner = Model(x, Scale()(layer(x)))
    assert inner.stateful and len(inner.updates) == 2 and len(inner.state_updates) == 1
    a = Input(shape=(2,))
    outer = Model(a, inner(a))
    assert outer.stateful and len(outer.state_updates) == 1
    K.function([a], outer.outputs, updates=outer.state_updates)([X.astype("float32")])
    assert layer.get_weights()[1].any()
    outer.reset_states()
    assert not layer.get_weights()[1].any()


def test_masks_go_through_nested_models(K: Any) -> None:
    class Marking(Layer):
        def compute_mask(self, input: Any, input_mask: Any = None) -> Any:
            return K.not_equal(input, 0.0)

    passing = Layer()
    passing.supports_masking = True
    x = Input(shape=(2,))
    inner = Model(x, Marking()(x))
    assert inner.compute_mask(x, None) is not None
    a = Input(shape=(2,))
    passing(inner(a))
    mask = K.function([a], [passing.output_mask])([np.array([[0, 1]], "float32")])[0]
    np.testing.assert_array_equal(mask, [[0, 1]])


def test_inner_layers_check_their_inputs(K: Any) -> None:
    from polykeras.engine import InputSpec

    picky = Layer(name="picky")
    picky.input_spec = [InputSpec(shape=(None, 2))]
    x = Input(shape=(2,))
    model = Model(x, picky(x))
    with pytest.raises(ValueError, match="'picky', input 0: wanted shape"):
        model(Input(shape=(3,)))


def test_merged_models_reach_their_inputs(K: Any) -> None:
    def branch(name: str, factor: float) -> Any:
        x = Input(shape=(2,))
        return Model(x, Scale(factor)(x), name=name)

    left, right = branch("left", 2.0), branch("right", 3.0)
    joint = Merge([left, right], mode="sum")
    model = Model(left.inputs + right.inputs, joint.output)
    np.testing.assert_allclose(value(K, model, X, X), 5 * X)
    assert len(model.losses) == 2 and len(model.updates) == 2
    again = Model.from_config(model.get_config(), custom_objects={"Scale": Scale})
    np.testing.assert_allclose(value(K, again, X, X), 5 * X)


def test_summary(K: Any, capsys: Any) -> None:
    a, b = Input(shape=(2,), name="a"), Input(shape=(2,), name="b")
    shared = Scale(name="a_layer_with_a_rather_long_name_in_it")
    model = Model([a, b], merge([shared(a), shared(b)], name="joint"))
    assert model.summary() is None
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) == 100
    assert lines[0] == "_" * 100 and lines[2] == "=" * 100
    assert lines[1].split() == ["Layer", "(type)", "Output", "Shape", "Param", "#", "Connected", "to"]
    assert any(line.startswith("a (InputLayer)") and "(None, 2)" in line for line in lines)
    table = "\n".join(lines)
    assert "a[0][0]" in table and "b[0][0]" in table and "in_it[1][0]" in table
    assert lines[-4:-1] == ["Total params: 3", "Trainable params: 1", "Non-trainable params: 2"]
    model.summary(line_length=60, positions=[0.4, 0.6, 0.7, 1.0])
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= 60


def test_helpers(K: Any) -> None:
    one, two = object(), object()
    assert to_list([one]) == [one] and to_list(one) == [one]
    assert object_list_uid([one, two]) != object_list_uid([two, one])
    assert object_list_uid(one) == object_list_uid([one])
    with pytest.raises(ValueError, match="wanted the output of a layer"):
        get_source_inputs(K.placeholder(shape=(2,)))
