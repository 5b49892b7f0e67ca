"""NumPy as the program's own files see it: what was taken up to NumPy 1.11 is taken, and gives what it gave.

What is expected was recorded with NumPy 1.13, or, for numbers with a point as sizes, follows from the rule of
NumPy 1.11: the number is cut to an integer.
"""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest


@pytest.fixture(scope="module")
def np(see: Any) -> Any:
    return see("numpy")


class Sentinel:
    """A class that no array of numbers needs."""


def test_ragged_lists_are_objects(np: Any) -> None:
    for make in (np.array, np.asarray, np.asanyarray):
        made = make([[1, 2], [3]])
        assert made.dtype == object and made.tolist() == [[1, 2], [3]] and made.shape == (2,)
    assert np.array([[1, 2], 3]).tolist() == [[1, 2], 3]
    assert np.array([[[1, 2], [3]], [[4], [5]]]).shape == (2, 2)
    pictures = np.array([numpy.zeros((2, 3)), numpy.ones((3, 3))])
    assert pictures.shape == (2,) and pictures[1].shape == (3, 3)
    assert np.array([[1, 2], [3, 4]]).dtype == numpy.int64
    with pytest.raises(ValueError, match="sequence"):
        np.array([[1, 2], [3]], dtype=float)
    with pytest.raises(ValueError):
        numpy.array([[1, 2], [3]])


def test_copy_only_if_it_must(np: Any) -> None:
    array = numpy.zeros(3)
    assert np.array(array, copy=False) is array and np.array(array) is not array
    assert np.array([1, 2], copy=False, dtype="float32", ndmin=2).shape == (1, 2)


def test_integers_wrap(np: Any) -> None:
    assert np.array([-1, 300], dtype=np.uint8).tolist() == [255, 44]
    assert np.asarray([-1.5, 300.2], dtype="uint8").tolist() == [255, 44]
    assert np.full(2, -1, dtype=np.uint8).tolist() == [255, 255]
    assert np.full_like(numpy.zeros(2, numpy.uint8), 257).tolist() == [1, 1]
    assert np.clip(numpy.arange(3, dtype=numpy.uint8), 1, 300).tolist() == [1, 1, 2]
    with pytest.raises(OverflowError):
        np.array([2**70], dtype=np.uint8)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda np: np.zeros(3.0).shape, (3,)),
        (lambda np: np.ones((2.0, numpy.float32(3))).shape, (2, 3)),
        (lambda np: np.empty([2, numpy.array([3])]).shape, (2, 3)),
        (lambda np: np.full((2.0,), 7).tolist(), [7, 7]),
        (lambda np: np.reshape(range(6), (2.0, -1)).shape, (2, 3)),
        (lambda np: np.linspace(0, 1, 3.0).tolist(), [0.0, 0.5, 1.0]),
        (lambda np: np.logspace(0, 1, num=2.0).tolist(), [1.0, 10.0]),
        (lambda np: np.eye(2.0, k=1.0).tolist(), [[0, 1], [0, 0]]),
        (lambda np: np.identity(1.0).tolist(), [[1]]),
        (lambda np: np.tile([1, 2], 2.0).tolist(), [1, 2, 1, 2]),
        (lambda np: np.tile([1], (2.0, 1)).tolist(), [[1], [1]]),
        (lambda np: np.repeat([1, 2], 2.0).tolist(), [1, 1, 2, 2]),
        (lambda np: [part.tolist() for part in np.split(numpy.arange(4), [1.0, 3.0])], [[0], [1, 2], [3]]),
        (lambda np: [len(part) for part in np.array_split(numpy.arange(5), 2.0)], [3, 2]),
        (lambda np: np.roll([1, 2, 3], 1.0).tolist(), [3, 1, 2]),
        (lambda np: np.pad([1], (1.0, 2.0), "constant").tolist(), [0, 1, 0, 0]),
        (lambda np: np.delete([1, 2, 3], 1.0).tolist(), [1, 3]),
        (lambda np: np.resize([1, 2], (2.0, 2)).tolist(), [[1, 2], [1, 2]]),
        (lambda np: np.expand_dims([1, 2], 1.0).shape, (2, 1)),
        (lambda np: np.histogram([1, 2, 2, 4], bins=3.0)[0].tolist(), [1, 2, 1]),
    ],
)
def test_sizes_with_a_point(np: Any, call: Any, expected: Any) -> None:
    assert call(np) == expected


def test_a_size_between_integers_is_cut_with_a_warning(np: Any) -> None:
    with pytest.warns(numpy.exceptions.VisibleDeprecationWarning, match="2.7 is not an integer"):
        assert np.zeros(2.7).shape == (2,)
    with pytest.raises((ValueError, OverflowError)):
        np.zeros(float("nan"))


def test_random_sizes(np: Any) -> None:
    random = np.random
    assert random.rand(2.0, 3).shape == random.randn(2.0, 3).shape == (2, 3)
    for name in ("normal", "uniform", "laplace", "gamma"):
        shape = (2.0, 3.0)
        assert (
            getattr(random, name)(1, 2, shape).shape
            == getattr(random, name)(1, 2, size=shape).shape
            == (2, 3)
        )
    assert (
        random.random(4.0).shape
        == random.random_sample(size=4.0).shape
        == random.poisson(1, 4.0).shape
        == (4,)
    )
    assert random.randint(10.0, size=(3.0,)).shape == (3,) and random.randint(2.0, 3.0) == 2
    assert random.random_integers(5, 5) == 5 and set(random.random_integers(2, size=100)) == {1, 2}
    assert random.choice(5.0, 2.0).shape == (2,) and random.choice([7], size=1.0).tolist() == [7]
    assert sorted(random.permutation(3.0)) == [0, 1, 2] and sorted(random.permutation([4, 5])) == [4, 5]
    assert random.multivariate_normal([0, 0], numpy.eye(2), 3.0).shape == (3, 2)


def test_random_numbers_are_as_ever(np: Any) -> None:
    np.random.seed(1)
    first = np.random.rand(3.0)
    assert numpy.allclose(
        first, [4.17022005e-01, 7.20324493e-01, 1.14374817e-04]
    )  # of MT19937 with this seed
    state = np.random.RandomState(1)
    assert numpy.array_equal(state.rand(3.0), first) and isinstance(state, numpy.random.RandomState)
    assert state.uniform(0, 1, size=2.0).shape == (2,) and state.choice(3.0, 1.0).shape == (1,)
    assert pickle.loads(pickle.dumps(state)).rand() == state.rand()


def test_iterators_are_stacked(np: Any) -> None:
    assert np.vstack([each] for each in (1, 2)).tolist() == [[1], [2]]
    assert np.hstack(map(list, [[1], [2]])).tolist() == [1, 2]
    assert np.concatenate([[1], [2]]).tolist() == [1, 2] and np.sum(each for each in (1, 2)) == 3


def test_histograms(np: Any) -> None:
    assert np.histogram([1, 2, 2, 4], bins=3, normed=True)[0].tolist() == [0.25, 0.5, 0.25]
    assert np.histogram([1, 2, 2, 4], 3, None, True)[0].tolist() == [0.25, 0.5, 0.25]
    assert np.histogram([1, 2, 2, 4], 3, None, False, [1, 1, 1, 5])[0].tolist() == [1, 2, 5]
    assert np.histogram2d([1, 2], [1, 2], bins=2, normed=True)[0].tolist() == [[2, 0], [0, 2]]


def test_changed_ways(np: Any) -> None:
    assert np.bool is bool and np.long is int and numpy.bool is not bool
    assert np.zeros(1, dtype=np.bool).dtype == numpy.bool_
    assert np.cross([1, 2], [3, 4]) == -2 and np.cross([1, 2], [3, 4, 5]).tolist() == [10, -5, -2]
    values, inverse = np.unique([[1, 2], [2, 1]], return_inverse=True)
    assert inverse.tolist() == [0, 1, 1, 0] and values[inverse].tolist() == [1, 2, 2, 1]
    _, first, inverse, counts = np.unique([[5, 5]], True, True, True)
    assert (first.tolist(), inverse.tolist(), counts.tolist()) == ([0], [0, 0], [2])
    assert [each.tolist() for each in np.where(True)] == [[0]] and np.where(True, 1, 2) == 1
    assert [each.tolist() for each in np.nonzero(3)] == [[0]]
    assert np.percentile([1, 2, 3, 4], 50, interpolation="lower") == 2
    assert [int(each) for each in np.unravel_index(5, dims=(2, 3))] == [1, 2]
    assert np.reshape(numpy.arange(4), newshape=(2, 2)).shape == (2, 2)


def test_a_star_import_leaves_the_builtins(np: Any) -> None:
    names: dict[str, Any] = {}
    exec("from numpy import *", names)  # of the module itself: today's
    assert "max" in names
    handed_out = set(np.__all__)
    assert not handed_out & {"abs", "bool", "int", "max", "min", "pow", "round", "str"}
    assert {"array", "alltrue", "float_", "math", "random", "sum", "NaN"} <= handed_out
    for name in np.__all__:
        getattr(np, name)


def test_all_elements_are_shown(np: Any) -> None:
    usual = numpy.get_printoptions()
    try:
        for threshold in (np.nan, "nan", np.inf):
            np.set_printoptions(threshold=threshold)
            assert "..." not in str(numpy.zeros(2000))
        np.set_printoptions(precision=2.0)
        assert str(numpy.array([1.23456])) == "[1.23]"
    finally:
        numpy.set_printoptions(precision=usual["precision"], threshold=usual["threshold"])


def test_linear_algebra(see: Any) -> None:
    linalg = see("numpy.linalg")
    # A singular value of 3e-16 counted, as it is above the precision of 2.2e-16: rcond was -1.
    matrix = numpy.diag([1.0, 3e-16])
    assert numpy.allclose(linalg.lstsq(matrix, numpy.array([1.0, 3e-16]))[0], [1.0, 1.0])
    assert numpy.allclose(numpy.linalg.lstsq(matrix, numpy.array([1.0, 3e-16]))[0], [1.0, 0.0])
    matrices = numpy.stack([numpy.eye(2), 2 * numpy.eye(2)])
    assert linalg.solve(matrices, numpy.array([[1.0, 2], [2, 4]])).tolist() == [[1, 2], [1, 2]]
    assert linalg.solve(numpy.eye(2), numpy.array([1.0, 2])).tolist() == [1, 2]


def test_bytes_become_numbers(np: Any) -> None:
    for data in (b"\x01\x00\x02\x00", "\x01\x00\x02\x00"):
        made = np.fromstring(data, dtype="<u2")
        assert made.tolist() == [1, 2]
        made[0] = 5  # it can be written to
    assert np.fromstring("1 2", dtype=int, sep=" ").tolist() == [1, 2]


def test_converters_take_text_or_bytes(np: Any) -> None:
    def of_text(text: str) -> float:
        return float(text.strip("%"))

    def of_bytes(data: bytes) -> float:
        return float(data.decode("ascii").strip("%"))

    for converter in (of_text, of_bytes):
        for read in (np.loadtxt, np.genfromtxt):
            assert read(io.StringIO("5% 1\n"), converters={0: converter}).tolist() == [5, 1]
    with pytest.raises((ValueError, TypeError)):
        np.loadtxt(io.StringIO("x 1\n"), converters={0: lambda text: len(5)})  # type: ignore[arg-type]


def test_objects_in_files(np: Any, tmp_path: Path) -> None:
    weights = {"conv1": [numpy.arange(3, dtype="float32"), "text", None], b"k": ({1, 2}, 2.5, 1 + 2j)}
    numpy.save(tmp_path / "weights.npy", weights, allow_pickle=True)  # type: ignore[arg-type]
    read = np.load(tmp_path / "weights.npy").item()
    assert read["conv1"][0].tolist() == [0, 1, 2] and read["conv1"][1:] == ["text", None]
    assert read[b"k"] == ({1, 2}, 2.5, 1 + 2j)
    with open(tmp_path / "weights.npy", "rb") as file:
        assert np.load(file).shape == ()
    np.savez(tmp_path / "pair.npz", ragged=[[1, 2], [3]], plain=[1.5])
    with np.load(str(tmp_path / "pair.npz")) as pair:
        assert pair["ragged"].tolist() == [[1, 2], [3]] and pair["plain"].tolist() == [1.5]
    np.save(tmp_path / "ragged.npy", [[1, 2], [3]])
    assert np.load(tmp_path / "ragged.npy").tolist() == [[1, 2], [3]]
    (tmp_path / "pickle").write_bytes(pickle.dumps([numpy.ones(2)]))
    assert np.load(tmp_path / "pickle")[0].tolist() == [1, 1]
    grid = numpy.empty((2, 2), dtype=object, order="F")
    grid[...] = [[1, "a"], [2, "b"]]
    numpy.save(tmp_path / "grid.npy", grid, allow_pickle=True)
    assert np.load(tmp_path / "grid.npy").tolist() == [[1, "a"], [2, "b"]]


def test_objects_of_python_2(np: Any, tmp_path: Path) -> None:
    """Text of Python 2 comes as text, without an encoding given."""
    header = b"{'descr': '|O8', 'fortran_order': False, 'shape': (), }".ljust(69) + b"\n"
    array = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01)cnumpy\ndtype\n"
        b"U\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]}U\x04conv]K\x05asatb."
    )
    (tmp_path / "old.npy").write_bytes(b"\x93NUMPY\x01\x00F\x00" + header + array)
    assert np.load(tmp_path / "old.npy").item() == {"conv": [5]}


def test_what_a_file_would_run_is_not_run(np: Any, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return sys.setrecursionlimit, (12345,)

    limit = sys.getrecursionlimit()
    path = tmp_path / "evil.npy"
    numpy.save(path, numpy.array([Evil()], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"np\.load: .*refers to sys\.setrecursionlimit.*allow_pickle=True"):
        np.load(path)
    numpy.savez(tmp_path / "evil.npz", evil=numpy.array([Evil()], dtype=object))
    with pytest.raises(ValueError, match=r"evil in .*refers to sys\.setrecursionlimit"):
        np.load(tmp_path / "evil.npz")["evil"]
    assert sys.getrecursionlimit() == limit
    numpy.save(path, numpy.array([Sentinel()], dtype=object), allow_pickle=True)
    assert isinstance(np.load(path, allow_pickle=True)[0], Sentinel)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(path, allow_pickle=False)
    with pytest.raises(FileNotFoundError):
        np.load(tmp_path / "none.npy")


def test_the_module_itself_is_as_it_is(np: Any) -> None:
    assert np.zeros is not numpy.zeros and np.add is numpy.add and np.random.seed is numpy.random.seed
    with pytest.raises(TypeError):
        numpy.zeros(3.0)  # type: ignore[call-overload]
    with pytest.raises(OverflowError):
        numpy.array([-1], dtype=numpy.uint8)
