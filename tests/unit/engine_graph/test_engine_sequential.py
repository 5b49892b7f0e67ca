"""`Sequential`: stacking, and delegating to the inner model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.engine import Input, Layer, Merge, Model
from polykeras.models import Sequential, model_from_config
from polykeras.regularizers import l2


class Affine(Layer):
    def __init__(self, units: int, **kwargs: Any) -> None:
        self.units = units
        super().__init__(**kwargs)

    def build(self, input_shape: Any) -> None:
        self.W = self.add_weight(
            (input_shape[-1], self.units), "glorot_uniform", name=f"{self.name}_W", regularizer=l2(0.1)
        )

    def call(self, x: Any, mask: Any = None) -> Any:
        from polykeras import backend as K

        return K.dot(x, self.W)

    def get_output_shape_for(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def data(*shape: int) -> Any:
    return np.random.RandomState(0).uniform(-1, 1, shape).astype("float32")


def test_list_and_add(K: Any) -> None:
    K.reset_uids()
    model = Sequential([Affine(3, input_shape=(4,)), Affine(2)])
    assert model.name == "sequential_1" and len(model.layers) == 2
    assert model.input_shape == (None, 4) and model.output_shape == (None, 2)
    assert model.layers[0].inbound_nodes[0].inbound_layers[0].name == "affine_input_1"
    x = data(5, 4)
    first, second = model.get_weights()
    np.testing.assert_allclose(model.predict(x), x @ first @ second, rtol=1e-5)
    model.add(Affine(1))
    assert model.predict(x).shape == (5, 1) and model.output_shape == (None, 1)
    assert [weight.name.split(":")[0] for weight in model.trainable_weights] == [
        "affine_1_W",
        "affine_2_W",
        "affine_3_W",
    ]


def test_first_layer_needs_a_shape(K: Any) -> None:
    with pytest.raises(ValueError, match=r"first layer must say the shape.*'bare'.*input_shape"):
        Sequential([Affine(3, name="bare")])
    with pytest.raises(TypeError, match="wanted a layer or a model, got 3"):
        Sequential([3])
    with pytest.raises(TypeError, match="is empty"):
        Sequential().predict(data(1, 1))
    with pytest.raises(TypeError, match="no layers"):
        Sequential().pop()


def test_single_outputs_only(K: Any) -> None:
    class Split(Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return [x + 1.0, x - 1.0]

        def get_output_shape_for(self, input_shape: Any) -> Any:
            return [input_shape, input_shape]

    with pytest.raises(TypeError, match=r"single output.*'s' has several"):
        Sequential([Split(input_shape=(2,), name="s")])
    model = Sequential([Affine(2, input_shape=(2,))])
    with pytest.raises(TypeError, match="single output"):
        model.add(Split())
    assert len(model.layers) == 1 and model.predict(data(1, 2)).shape == (1, 2)


def test_pop(K: Any) -> None:
    model = Sequential([Affine(3, input_shape=(4,)), Affine(2), Affine(1)])
    x = data(2, 4)
    model.predict(x)
    model.pop()
    assert model.output_shape == (None, 2) and model.predict(x).shape == (2, 2)
    assert model.layers[-1].outbound_nodes == []
    model.add(Affine(7))
    assert model.predict(x).shape == (2, 7)
    for _ in range(3):
        model.pop()
    model.add(Affine(5, input_shape=(2,)))
    assert model.predict(data(1, 2)).shape == (1, 5)


def test_training_needs_compiling_again_after_a_change(K: Any) -> None:
    model = Sequential([Affine(1, input_shape=(2,))])
    with pytest.raises(RuntimeError, match="compile"):
        model.fit(data(4, 2), data(4, 1), verbose=0)
    model.compile("sgd", "mse")
    model.fit(data(4, 2), data(4, 1), nb_epoch=1, verbose=0)
    assert model.optimizer is model.model.optimizer and model.metrics_names == ["loss"]
    assert model.train_function is not None and model.loss == "mse"
    model.add(Affine(1))
    with pytest.raises(RuntimeError, match="compile"):
        model.train_on_batch(data(4, 2), data(4, 1))
    with pytest.raises(AttributeError, match="'no_such_thing'"):
        _ = model.no_such_thing


def test_delegation(K: Any) -> None:
    model = Sequential([Affine(1, input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = data(6, 2), data(6, 1)
    assert len(model.train_on_batch(x, y)) == len(model.test_on_batch(x, y)) == 2
    assert model.predict_on_batch(x).shape == (6, 1)
    assert len(model.evaluate(x, y, verbose=0)) == 2
    with pytest.warns(UserWarning, match="show_accuracy"):
        model.fit(x, y, nb_epoch=1, verbose=0, show_accuracy=True)
    with pytest.raises(TypeError, match="nb_epoch"):
        model.fit(x, y, epochs=1)
    classes = model.predict_classes(x, verbose=0)
    assert classes.dtype == "int32" and set(classes.ravel()) <= {0, 1}
    wide = Sequential([Affine(3, input_shape=(2,))])
    np.testing.assert_array_equal(wide.predict_classes(x, verbose=0), wide.predict(x).argmax(1))
    with pytest.warns(UserWarning, match="outside"):
        wide.predict_proba(100 * x, verbose=0)


def test_merge_of_branches(K: Any) -> None:
    left = Sequential([Affine(3, input_shape=(4,), name="l")])
    right = Sequential([Affine(2, input_shape=(5,), name="r")])
    model = Sequential([Merge([left, right], mode="concat", name="joint"), Affine(1, name="top")])
    assert [layer.name for layer in model.flattened_layers] == ["l", "r", "top"]
    assert [weight.name.split(":")[0] for weight in model.weights] == ["l_W", "r_W", "top_W"]
    a, b = data(3, 4), data(3, 5)
    wl, wr, wt = model.get_weights()
    np.testing.assert_allclose(model.predict([a, b]), np.hstack([a @ wl, b @ wr]) @ wt, rtol=1e-4)
    assert len(model.losses) == 3 and model.get_layer("l") is left.layers[0]
    left.trainable = False
    model.compile("sgd", "mse")
    model.fit([a, b], data(3, 1), nb_epoch=1, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(after[0], wl)
    assert (after[1] != wr).any() and (after[2] != wt).any()

    config = {"class_name": "Sequential", "config": model.get_config(), "keras_version": "1.2.2", "more": 1}
    again = model_from_config(config, custom_objects={"Affine": Affine})
    again.set_weights(after)
    np.testing.assert_allclose(again.predict([a, b]), model.predict([a, b]))
    assert again.get_config() == model.get_config()


def test_nested_and_frozen(K: Any) -> None:
    base = Sequential([Affine(3, input_shape=(4,))])
    model = Sequential([base, Affine(1)])
    base.trainable = False
    assert len(model.trainable_weights) == 1 and len(model.non_trainable_weights) == 1
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(data(6, 4), data(6, 1), nb_epoch=1, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert (before[1] != after[1]).any()
    base.trainable = True
    assert len(model.trainable_weights) == 2
    model.trainable = False
    assert model.trainable_weights == [] and not model.model.trainable


def test_as_a_layer(K: Any) -> None:
    base = Sequential([Affine(3, input_shape=(4,)), Affine(3)], name="base")
    a, b = Input(shape=(4,)), Input(shape=(4,))
    model = Model([a, b], [base(a), base(b)])
    x, y = data(2, 4), data(2, 4) * 2
    for got, wanted in zip(model.predict([x, y]), [base.predict(x), base.predict(y)], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5)
    assert len(model.trainable_weights) == 2 and len(model.losses) == 2
    top = Sequential([base, Affine(1)])
    assert top.predict(x).shape == (2, 1)
    wrapped = Sequential([Affine(4, input_shape=(4,)), base])
    assert wrapped.predict(x).shape == (2, 3)


def test_set_weights_sets_all_or_none(K: Any) -> None:
    model = Sequential([Affine(3, input_shape=(4,)), Affine(2)])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"wanted shape \(3, 2\) for weight 1"):
        model.set_weights([before[0] + 1, np.ones((2, 2))])
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_own_losses_count(K: Any) -> None:
    model = Sequential([Affine(1, input_shape=(2,))])
    model.add_loss(K.sum(K.square(model.layers[0].W)))
    assert len(model.losses) == 2
    model.add(Affine(1))
    assert len(model.losses) == 3 and len(model.get_losses_for(None)) == 3


def test_layers_popped_by_hand(K: Any) -> None:
    model = Sequential([Affine(3, input_shape=(4,)), Affine(2)])
    model.predict(data(1, 4))
    model.layers.pop()
    model.outputs = [model.layers[-1].output]
    model.layers[-1].outbound_nodes = []
    assert model.predict(data(1, 4)).shape == (1, 3)


def test_input_layer_first(K: Any) -> None:
    from polykeras.engine import InputLayer

    model = Sequential([InputLayer(input_shape=(4,), name="start"), Affine(2)])
    assert model.predict(data(1, 4)).shape == (1, 2) and model.model.input_names == ["start"]


def test_two_hundred_layers(K: Any) -> None:
    model = Sequential([Layer(input_shape=(2,))])
    for _ in range(200):
        model.add(Layer())
    np.testing.assert_allclose(model.predict(data(1, 2)), data(1, 2))
