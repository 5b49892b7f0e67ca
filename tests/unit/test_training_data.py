"""Users' data: what is accepted, and what the errors say."""

import numpy as np
import pytest
import scipy.sparse

from polykeras import objectives
from polykeras.engine.standardize import (
    check_array_lengths,
    standardize_class_weights,
    standardize_input_data,
    standardize_sample_weights,
    standardize_weights,
)
from polykeras.engine.target_checks import check_loss_and_target_compatibility


class Rows:
    """An array that lies in a file: it has a shape and a type, and gives rows."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        return self.array[key]


@pytest.mark.parametrize(
    "data", [np.ones((4, 3)), [np.ones((4, 3))], {"a": np.ones((4, 3))}, [[1, 1, 1]] * 4]
)
def test_one_array_in_every_form(data):
    (array,) = standardize_input_data(data, ["a"], [(None, 3)])
    np.testing.assert_array_equal(array, np.ones((4, 3)))


def test_nested_list_for_one_input():
    assert standardize_input_data([[[1, 2, 3], [4, 5, 6]]], ["a"], [(None, 3)])[0].shape == (2, 3)
    assert standardize_input_data([[1, 2, 3]], ["a"], [(None, 3)])[0].shape == (1, 3)
    assert standardize_input_data([1, 2, 3], ["a"], [(None, 1)])[0].shape == (3, 1)


def test_several_arrays_in_every_form():
    a, b = np.ones((4, 3)), np.zeros((4, 2))
    for data in ([a, b], (a, b), {"b": b, "a": a}):
        first, second = standardize_input_data(data, ["a", "b"], [(None, 3), (None, 2)])
        assert first is a and second is b


def test_one_axis_gets_a_second():
    assert standardize_input_data(np.arange(5), ["a"], [(None, 1)])[0].shape == (5, 1)
    assert standardize_input_data(np.arange(5), ["a"], [(None,)])[0].shape == (5,)


def test_arrays_in_files_and_sparse_matrices_stay_so():
    rows = Rows(np.ones((4, 3)))
    assert standardize_input_data(rows, ["a"], [(None, 3)])[0] is rows
    assert scipy.sparse.issparse(standardize_input_data(scipy.sparse.eye(3).tocoo(), ["a"], [(None, 3)])[0])


@pytest.mark.parametrize(
    "data, names, shapes, error, message",
    [
        (np.ones((4, 2)), ["a"], [(None, 3)], ValueError, r"model input 'a'.*\(None, 3\).*\(4, 2\)"),
        (np.ones((4, 3, 1)), ["a"], [(None, 3)], ValueError, r"\(4, 3, 1\)"),
        (np.ones((4, 3)), ["a"], [(2, 3)], ValueError, r"\(2, 3\).*\(4, 3\)"),
        (np.ones((4, 3)), ["a", "b"], None, ValueError, "list of 2 arrays, for 'a', 'b'"),
        ([np.ones((4, 3))] * 3, ["a", "b"], None, ValueError, "2 arrays.*got 3"),
        ([np.ones((4, 3))] * 2, ["a"], None, ValueError, "one array.*list of 2"),
        ({"a": np.ones((4, 3))}, ["a", "b"], None, ValueError, "no data for 'b'"),
        ({"a": np.ones(4), "bb": np.ones(4)}, ["a", "bbb"], None, ValueError, "unknown names 'bb'.*'bbb'"),
        (np.array(["x", "y"]), ["a"], None, ValueError, "numbers.*U1"),
        (np.ones((4, 3), complex), ["a"], None, ValueError, "complex128"),
        ([[1, 2], [3]], ["a"], None, ValueError, "ragged"),
        (np.array([[1, 2], [3]], object), ["a"], None, ValueError, "object"),
        (None, ["a"], None, TypeError, "NoneType"),
        ("text", ["a"], None, TypeError, "str"),
        (3, ["a"], None, TypeError, "int"),
        (np.float32(3), ["a"], None, ValueError, "single number"),
    ],
)
def test_bad_arrays(data, names, shapes, error, message):
    with pytest.raises(error, match=message):
        standardize_input_data(data, names, shapes, exception_prefix="model input")


def test_batch_axis_is_checked_on_demand():
    assert len(standardize_input_data(np.ones((4, 3)), ["a"], [(2, 3)], check_batch_axis=False)[0]) == 4


def test_numbers_in_an_object_array():
    assert standardize_input_data(np.array([[1, 2.5]], object), ["a"])[0].dtype == float


def test_weights_for_outputs():
    w = np.ones(4)
    assert standardize_sample_weights(None, ["a", "b"]) == [None, None]
    assert standardize_sample_weights(w, ["a"])[0] is w
    assert standardize_sample_weights([w], ["a"])[0] is w
    assert standardize_sample_weights({"a": w}, ["a"])[0] is w
    assert standardize_sample_weights([w, None], ["a", "b"])[1] is None
    assert standardize_sample_weights({"b": w}, ["a", "b"])[0] is None
    assert standardize_class_weights({0: 1.0, 1: 2.0}, ["a"]) == [{0: 1.0, 1: 2.0}]
    assert standardize_class_weights({"a": {0: 1.0}}, ["a", "b"]) == [{0: 1.0}, None]


@pytest.mark.parametrize(
    "weights, error, message",
    [
        ([np.ones(4)], ValueError, "2 outputs.*got 1"),
        ({"c": np.ones(4)}, ValueError, "'a', 'b', got 'c'"),
        (np.ones(4), TypeError, "2 outputs"),
    ],
)
def test_bad_weights_for_outputs(weights, error, message):
    with pytest.raises(error, match=message):
        standardize_sample_weights(weights, ["a", "b"])


def test_class_weights():
    weight = {0: 1.0, 1: 5.0, 2: 0.5}
    one_hot = np.eye(3)[[0, 2, 1, 1]]
    np.testing.assert_array_equal(standardize_weights(one_hot, class_weight=weight), [1, 0.5, 5, 5])
    column = np.array([[0.0], [2.0], [1.0]])
    np.testing.assert_array_equal(standardize_weights(column, class_weight=weight), [1, 0.5, 5])
    np.testing.assert_array_equal(standardize_weights(one_hot), np.ones(4))
    assert standardize_weights(np.ones((4, 5, 2)), sample_weight_mode="temporal").shape == (4, 5)


@pytest.mark.parametrize(
    "kwargs, message",
    [
        ({"y": np.ones((4, 2)), "sample_weight": np.ones(3)}, r"\(4,\).*\(3,\)"),
        ({"y": np.ones((4, 2)), "sample_weight": np.ones((4, 2))}, "temporal"),
        ({"y": np.ones((4, 2)), "sample_weight_mode": "temporal"}, "time axis"),
        ({"y": np.ones((4, 2)), "sample_weight_mode": "time"}, "'time'"),
        (
            {"y": np.ones((4, 5, 2)), "sample_weight_mode": "temporal", "sample_weight": np.ones(4)},
            r"\(4, 5\).*\(4,\)",
        ),
        ({"y": np.ones((4, 1)), "class_weight": {0: 1.0}}, r"none for \[1.0\]"),
        ({"y": np.ones((4, 1)), "class_weight": "even"}, "'even'"),
        ({"y": np.ones((4, 5, 2)), "class_weight": {0: 1.0}}, "sample_weight"),
    ],
)
def test_bad_weights(kwargs, message):
    with pytest.raises(ValueError, match=message):
        standardize_weights(**kwargs)


def test_lengths():
    check_array_lengths([np.ones((4, 3))], [np.ones((4, 1))], [np.ones(4)])
    with pytest.raises(ValueError, match=r"input arrays: 4; target arrays: 5"):
        check_array_lengths([np.ones((4, 3))], [np.ones((5, 1))], [])
    with pytest.raises(ValueError, match=r"input arrays: 4, 6"):
        check_array_lengths([np.ones((4, 3)), np.ones((6, 3))], [], [])
    with pytest.raises(ValueError, match="at least one sample"):
        check_array_lengths([np.ones((0, 3))], [], [])


@pytest.mark.parametrize(
    "loss, target, message",
    [
        (objectives.categorical_crossentropy, (4, 1), "to_categorical"),
        (objectives.categorical_crossentropy, (4, 5), r"\(None, 3\).*\(4, 5\)"),
        (objectives.sparse_categorical_crossentropy, (4, 3), "categorical_crossentropy for targets with"),
        (objectives.mse, (4, 2), "mean_squared_error"),
    ],
)
def test_targets_that_do_not_fit_the_loss(loss, target, message):
    shape = (None, 1) if loss is objectives.sparse_categorical_crossentropy else (None, 3)
    with pytest.raises(ValueError, match=message):
        check_loss_and_target_compatibility([np.ones(target)], [loss], [shape])
    check_loss_and_target_compatibility([np.ones(target)], [lambda y, p: p], [None])
