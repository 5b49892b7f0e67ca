"""Names that the modules of Keras 1.2.2 handed out because they had no ``__all__``."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from polykeras.backend import common
from polykeras.layers import Dense
from polykeras.models import Sequential


def _engine_module(K: Any) -> Any:
    return importlib.import_module(f"polykeras.backend.{K.backend()}_backend")


def test_the_engine_itself(K) -> None:  # type: ignore[no-untyped-def]
    """``K.tf.Session``, ``from keras.backend import tf``; ``K.T``, ``K.theano``."""
    if K.backend() == "tensorflow":
        import tensorflow as tf

        scope: dict[str, Any] = {}
        exec("from polykeras.backend import tf", scope)
        exec("from polykeras.backend.tensorflow_backend import tf as again", scope)
        assert K.tf is tf is scope["tf"] is scope["again"]
        assert K.ctc.__name__.endswith("ctc_ops") and hasattr(K.control_flow_ops, "while_loop")
        assert hasattr(K.tensor_array_ops, "TensorArray")
        assert (K.tf_major_version, K.tf_minor_version) == (1, 0)
        absent = ("T", "theano", "RandomStreams", "th_sparse_module")
    else:
        x = K.placeholder((None, 3))
        assert K.eval(K.T.sum(K.variable(np.ones((2, 2))))) == 4
        assert type(K.T.exp(x)) is type(K.exp(x))
        assert hasattr(K.theano, "shared") and hasattr(K.th_sparse_module, "csr_matrix")
        assert callable(K.RandomStreams)
        module = importlib.import_module("polykeras.backend.theano_backend")
        assert module.th_sparse_module is K.th_sparse_module
        absent = ("tf", "ctc", "tf_major_version")
    for name in absent:
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(K, name)
        with pytest.raises(ImportError):
            exec(f"from polykeras.backend import {name}")


def test_what_both_had_imported(K) -> None:  # type: ignore[no-untyped-def]
    assert K.np is np is _engine_module(K).np
    assert K.py_all([True]) is True
    assert K.common is common
    for name in ("os", "warnings", "copy"):
        assert getattr(K, name) is importlib.import_module(name)
    with pytest.raises(AttributeError):
        K.pickle  # noqa: B018


def test_a_star_import_of_the_backend(K) -> None:  # type: ignore[no-untyped-def]
    for module in ("polykeras.backend", f"polykeras.backend.{K.backend()}_backend"):
        scope: dict[str, Any] = {}
        exec(f"from {module} import *", scope)
        assert {"dot", "function", "floatx", "py_all", "np", "epsilon"} <= scope.keys()
        assert ("tf" in scope) == (K.backend() == "tensorflow")
        assert scope["np"] is np and not any(name.startswith("_") for name in scope if name != "__builtins__")


def test_the_variables_of_common(K) -> None:  # type: ignore[no-untyped-def]
    """``from keras.backend.common import _EPSILON, _FLOATX, _UID_PREFIXES``."""
    from polykeras.backend.common import _EPSILON, _FLOATX, _UID_PREFIXES

    assert (_EPSILON, _FLOATX) == (K.epsilon(), K.floatx()) == (1e-7, "float32")
    assert K.common._EPSILON == 1e-7
    assert _engine_module(K)._EPSILON == 1e-7 and _engine_module(K)._FLOATX == "float32"
    assert K.image_dim_ordering() == common._IMAGE_DIM_ORDERING
    try:
        common._EPSILON, common._FLOATX = 1e-5, "float64"
        assert (K.epsilon(), K.floatx()) == (1e-5, "float64")
        with pytest.raises(ValueError, match=r"floatx|float16"):
            common._FLOATX = "float7"
    finally:
        common._EPSILON, common._FLOATX = 1e-7, "float32"
    K.get_uid("thing"), K.get_uid("thing")
    assert _UID_PREFIXES["thing"] == 2
    for reset in (
        lambda: _UID_PREFIXES.clear(),
        lambda: _UID_PREFIXES.update(thing=0),
        lambda: setattr(common, "_UID_PREFIXES", {}),
        lambda: K.reset_uids(),
    ):
        reset()
        assert K.get_uid("thing") == 1
    assert Dense(1).name == "dense_1"


def test_helpers_of_the_convolutions(K) -> None:  # type: ignore[no-untyped-def]
    """Layers of the time that call the engine's own convolution prepare its arguments with these."""
    module = _engine_module(K)
    x, kernel = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5), np.arange(6 * 3 * 2 * 2.0).reshape(6, 3, 2, 2)
    images, weights = K.variable(x), K.variable(kernel)
    if K.backend() == "tensorflow":
        found = [
            module._preprocess_conv2d_input(images, "th"),
            module._postprocess_conv2d_output(module._preprocess_conv2d_input(images, "th"), "th"),
            module._preprocess_conv2d_kernel(weights, "th"),
            module._preprocess_deconv_output_shape(images, (None, 3, 8, 10), "th"),
        ]
        wanted = [x.transpose(0, 2, 3, 1), x, kernel.transpose(2, 3, 1, 0), [2, 8, 10, 3]]
        assert [module._preprocess_border_mode(mode) for mode in ("same", "valid")] == ["SAME", "VALID"]
        assert module._preprocess_conv2d_input(images, "tf") is images
        volumes = K.variable(x[..., None])
        found.append(module._preprocess_conv3d_input(volumes, "th"))
        wanted.append(x[..., None].transpose(0, 2, 3, 4, 1))
        found.append(module._postprocess_conv3d_output(volumes, "th"))
        wanted.append(x[..., None].transpose(0, 4, 1, 2, 3))
    else:
        last, kernel_last = K.variable(x.transpose(0, 2, 3, 1)), K.variable(kernel.transpose(2, 3, 1, 0))
        found = [
            module._preprocess_conv2d_input(last, "tf"),
            module._preprocess_conv2d_kernel(kernel_last, "tf"),
        ]
        wanted = [x, kernel]
        assert [module._preprocess_border_mode(mode) for mode in ("same", "valid")] == ["half", "valid"]
        assert module._preprocess_conv2d_input(images, "th") is images
    for tensor, value in zip(K.function([], found)([]), wanted, strict=True):
        np.testing.assert_array_equal(tensor, value)
    with pytest.raises(ValueError, match="Invalid border mode"):
        module._preprocess_border_mode("around")


def test_data_of_the_last_fit(K) -> None:  # type: ignore[no-untyped-def]
    """``model.validation_data`` is set by `fit`; ``training_data`` was never there in 1.2.2 either."""
    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 3)), np.zeros((4, 1))
    model.fit(x, y, nb_epoch=1, verbose=0, validation_data=(x, y))
    np.testing.assert_array_equal(model.validation_data[0], x)
    for name in ("training_data", "validation_data"):
        assert isinstance(getattr(Sequential, name), property)
    with pytest.raises(AttributeError, match="training_data"):
        model.training_data  # noqa: B018
