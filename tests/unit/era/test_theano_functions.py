"""`theano.function`, `theano.shared`, loops and random streams on PyTensor."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from theano_modules import theano_modules


@pytest.fixture
def theano() -> Iterator[Any]:
    with theano_modules() as package:
        yield package


@pytest.fixture
def T(theano: Any) -> Any:
    return importlib.import_module("theano.tensor")


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def value(x: Any) -> Any:
    return x.eval()


def test_function_forms(theano: Any, T: Any) -> None:
    x, y = T.dscalars("x", "y")
    f = theano.function([x, theano.Param(y, default=2.0)], x * y)
    assert f(3.0) == 6.0 and f(3.0, 4.0) == 12.0 and f(x=1.0, y=5.0) == 5.0 and f(3.0).shape == ()
    g = theano.function(
        [x, theano.In(y, value=1.0, name="second")], [x + y, x - y], name="both", mode="FAST_RUN"
    )
    assert g(2.0, second=5.0) == [7.0, -3.0] and g.name == "both"
    assert theano.function([x], {"double": 2 * x, "half": x / 2})(4.0) == {"double": 8.0, "half": 2.0}
    assert theano.function([], None)() == []
    assert theano.function([x], [x])(1.0) == [1.0]


def test_function_errors(theano: Any, T: Any) -> None:
    x, y = T.fmatrix("x"), T.fscalar("y")
    f = theano.function([x], x + 1)
    with pytest.raises(TypeError, match="input 0 \\('x'\\)"):
        f(np.ones((2, 2)))  # float64
    assert theano.function([x], x + 1, allow_input_downcast=True)(np.ones((2, 2))).dtype == "float32"
    with pytest.raises(TypeError):
        f(np.ones(2, "float32"))
    with pytest.raises(TypeError, match="misses its input 0"):
        f()
    unused = importlib.import_module("theano.compile").UnusedInputError
    with pytest.raises(unused, match="input 1, y"):
        theano.function([x, y], x)
    with pytest.warns(UserWarning, match="input 1, y"):
        theano.function([x, y], x, on_unused_input="warn")
    with pytest.raises(Exception, match="depend on y"):
        theano.function([x], x + y)
    with pytest.raises(TypeError, match="list"):
        theano.function(x, x)
    with pytest.raises(ValueError, match="FAST_RUN"):
        theano.function([x], x, mode="FASTRUN")
    with pytest.raises(TypeError, match="shared"):
        theano.function([x], x, updates=[(y, y + 1)])
    counter = theano.shared(np.int64(0))
    with pytest.raises(TypeError, match="float64"):
        theano.function([], [], updates=[(counter, counter + 0.5)])
    with pytest.raises(ValueError, match="twice"):
        theano.function([], [], updates=[(counter, counter + 1), (counter, counter + 2)])


def test_updates_read_the_values_of_before(theano: Any, T: Any) -> None:
    a, b = theano.shared(1.0, name="a"), theano.shared(np.array([1.0, 2.0]), borrow=True)
    f = theano.function([], a * 10, updates={a: a + 1, b: b * a})
    assert [float(f()), float(f())] == [10.0, 20.0]
    assert a.get_value() == 3.0
    np.testing.assert_array_equal(b.get_value(), [2.0, 4.0])
    a.set_value(0.0)
    assert float(f()) == 0.0
    assert theano.shared(np.ones((1, 3)), broadcastable=(True, False)).broadcastable == (True, False)
    assert theano.shared(2).dtype == "int64" and theano.shared(np.float32(2)).dtype == "float32"


def test_givens_and_batches(theano: Any, T: Any) -> None:
    data = theano.shared(np.arange(12.0).reshape(6, 2))
    index, x = T.lscalar(), T.matrix("x")
    f = theano.function([index], x.sum(axis=1), givens={x: data[index * 2 : (index + 1) * 2]})
    np.testing.assert_array_equal(f(1), [9.0, 13.0])
    k = T.iscalar("k")
    assert theano.function([x], x.sum() * k, givens=[(k, np.int32(3))])(np.ones((2, 2))) == 12.0
    with pytest.raises(TypeError, match="dimshuffle"):
        theano.function([], x.sum(), givens={x: T.constant([1.0])})


def test_a_first_call_takes_less_than_a_second(theano: Any, T: Any) -> None:
    x = T.matrix("x")
    T.exp(x).eval({x: np.ones((1, 1))})  # loads what PyTensor loads once
    start = time.perf_counter()
    w = theano.shared(draw(5, 3))
    cost = T.nnet.softmax(T.dot(T.tanh(x), w)).sum()
    theano.function([x], cost, updates=[(w, w - T.grad(cost, w))])(draw(4, 5))
    assert time.perf_counter() - start < 3.0  # of a machine that does other things as well


def test_what_a_function_was_made_of(theano: Any, T: Any) -> None:
    x, w = T.matrix("x"), theano.shared(draw(2, 2), name="w")
    f = theano.function([x], T.dot(x, w), updates=[(w, w * 2)])
    kinds = [type(node.op).__name__ for node in f.maker.fgraph.toposort()]
    assert "Dot" in kinds
    assert f.get_shared() == [w]
    frozen = f.copy(delete_updates=True)
    before = w.get_value()
    frozen(np.eye(2))
    np.testing.assert_array_equal(w.get_value(), before)
    other = theano.shared(np.eye(2))
    np.testing.assert_array_equal(f.copy(swap={w: other}, delete_updates=True)(np.eye(2)), np.eye(2))
    assert "dot" in theano.printing.debugprint(f, file="str").lower()
    assert theano.pp(x + 1) == "(x + 1)" or "x" in theano.pp(x + 1)


def test_nan_guard(theano: Any, T: Any) -> None:
    guard = importlib.import_module("theano.compile.nanguardmode").NanGuardMode
    x = T.matrix("x")
    mode = guard(nan_is_error=True, inf_is_error=True, big_is_error=True)
    f = theano.function([x], T.log(x), mode=mode)
    np.testing.assert_array_equal(f(np.ones((1, 2))), np.zeros((1, 2)))
    with pytest.raises(AssertionError):
        f(-np.ones((1, 2)))


def test_scan_forms(theano: Any, T: Any) -> None:
    x, n = T.vector("x"), T.iscalar("n")
    sums, updates = theano.scan(
        lambda each, total: each + total, sequences=x, outputs_info=T.constant(np.float64(0))
    )
    assert theano.function([x], sums)(np.array([1.0, 2.0, 3.0])).tolist() == [1.0, 3.0, 6.0] and not updates
    powers, _ = theano.scan(
        fn=lambda before, a: before * a, outputs_info=T.ones_like(x), non_sequences=x, n_steps=n
    )
    np.testing.assert_array_equal(theano.function([x, n], powers[-1])(np.array([2.0, 3.0]), 3), [8.0, 27.0])
    fibonacci, _ = theano.scan(
        lambda a, b: a + b,
        outputs_info=[{"initial": T.constant(np.array([0.0, 1.0])), "taps": [-2, -1]}],
        n_steps=5,
    )
    assert fibonacci.eval().tolist() == [1, 2, 3, 5, 8]
    differences, _ = theano.scan(lambda now, after: after - now, sequences={"input": x, "taps": [0, 1]})
    assert theano.function([x], differences)(np.array([1.0, 4.0, 9.0])).tolist() == [3.0, 5.0]
    (a, b), _ = theano.scan(lambda each: [each * 2, each * 3], sequences=[x], go_backwards=True)
    assert [each.tolist() for each in theano.function([x], [a, b])(np.array([1.0, 2.0]))] == [[4, 2], [6, 3]]
    until = theano.scan_module.until
    stopped, _ = theano.scan(lambda i: (i * i, until(T.gt(i * i, 10))), sequences=T.arange(100))
    assert stopped.eval().tolist() == [0, 1, 4, 9, 16]
    single, _ = theano.scan(lambda before: before + 1, outputs_info=T.constant(np.float64(1)), n_steps=1)
    assert single.eval().tolist() == [2.0]


def test_scan_with_updates_of_shared_variables(theano: Any, T: Any) -> None:
    count, x = theano.shared(np.int64(0)), T.vector("x")
    total, updates = theano.scan(
        lambda each: (each + T.cast(count, "float64"), {count: count + 1}), sequences=x
    )
    f = theano.function([x], total, updates=updates)
    assert f(np.zeros(3)).tolist() == [0.0, 1.0, 2.0] and count.get_value() == 3
    assert f(np.zeros(2)).tolist() == [3.0, 4.0] and count.get_value() == 5
    _, only = theano.scan(lambda: {count: count * 2}, n_steps=2)
    theano.function([], [], updates=only)()
    assert count.get_value() == 20


def test_pickled_with_arrays_apart(theano: Any, tmp_path: Any) -> None:
    pkl_utils = importlib.import_module("theano.misc.pkl_utils")
    kept = {"W": np.arange(6.0).reshape(2, 3), "names": ["a", "b"], "b": theano.shared(np.ones(3), name="b")}
    with open(tmp_path / "model.zip", "wb") as stream:
        pkl_utils.dump(kept, stream)
    with open(tmp_path / "model.zip", "rb") as stream:
        found = pkl_utils.load(stream)
    np.testing.assert_array_equal(found["W"], kept["W"])
    assert found["names"] == kept["names"] and found["b"].name == "b"
    np.testing.assert_array_equal(found["b"].get_value(), np.ones(3))


def test_random_numbers_in_a_loop(theano: Any, T: Any) -> None:
    streams = T.shared_randomstreams.RandomStreams(7)
    drawn, updates = theano.scan(lambda i: streams.uniform((2,)) + 0 * i, sequences=T.arange(4.0))
    f = theano.function([], drawn, updates=updates)
    first, second = f(), f()
    assert len(np.unique(np.concatenate([first, second]))) == 16


def test_reductions(theano: Any, T: Any) -> None:
    x = T.vector("x")
    total, _ = theano.reduce(lambda each, so_far: so_far + each, x, T.constant(np.float64(0)))
    right, _ = theano.foldr(lambda each, so_far: each - so_far, x, T.constant(np.float64(0)))
    doubled, _ = theano.map(lambda each: each * 2, x)
    f = theano.function([x], [total, right, doubled])
    result = f(np.array([1.0, 2.0, 4.0]))
    assert result[0] == 7.0 and result[1] == 1 - (2 - (4 - 0)) and result[2].tolist() == [2, 4, 8]


def test_a_loop_s_derivative(theano: Any, T: Any) -> None:
    w, x = theano.shared(0.5), T.vector("x")
    states, _ = theano.scan(
        lambda each, h: T.tanh(each + w * h), sequences=x, outputs_info=T.constant(np.float64(0))
    )
    slope = theano.function([x], T.grad(states[-1], w))
    at = np.array([0.3, -0.2])
    h1 = np.tanh(0.3)
    np.testing.assert_allclose(slope(at), (1 - np.tanh(-0.2 + 0.5 * h1) ** 2) * h1)


def test_ifelse(theano: Any, T: Any) -> None:
    x = T.scalar("x")
    f = theano.function([x], theano.ifelse.ifelse(T.gt(x, 0), x * 2, x * 3))
    assert f(2.0) == 4.0 and f(-2.0) == -6.0


@pytest.mark.parametrize("home", ["theano.tensor.shared_randomstreams", "theano.sandbox.rng_mrg"])
def test_random_streams(theano: Any, T: Any, home: str) -> None:
    module = importlib.import_module(home)
    made = getattr(module, "RandomStreams" if "shared" in home else "MRG_RandomStreams")
    streams, again = made(seed=3), made(3)
    f = theano.function(
        [], [streams.uniform((50, 40), low=-1, high=3), streams.normal(size=(50, 40), avg=5, std=2)]
    )
    uniform, normal = f()
    assert uniform.min() >= -1 and uniform.max() < 3 and uniform.mean() == pytest.approx(1, abs=0.1)
    assert normal.mean() == pytest.approx(5, abs=0.2) and normal.std() == pytest.approx(2, abs=0.15)
    assert not np.array_equal(f()[0], uniform)
    same = theano.function([], again.uniform((50, 40), low=-1, high=3))()
    np.testing.assert_array_equal(same, uniform)
    x = T.matrix()
    mask = theano.function([x], streams.binomial(x.shape, p=0.8, dtype="float32"))(np.ones((60, 50)))
    assert (
        mask.dtype == "float32"
        and set(np.unique(mask)) == {0.0, 1.0}
        and mask.mean() == pytest.approx(0.8, abs=0.05)
    )
    rows = theano.function([x], streams.multinomial(pvals=x))(np.array([[0.0, 1.0], [1.0, 0.0]]))
    np.testing.assert_array_equal(rows, [[0, 1], [1, 0]])
    order = theano.function([], streams.permutation(n=10))()
    assert sorted(order.tolist()) == list(range(10))
    picked = theano.function([], streams.choice(size=(100,), a=3))()
    assert set(picked.tolist()) == {0, 1, 2}
    fixed = theano.function([], streams.uniform((2,)), no_default_updates=True)
    np.testing.assert_array_equal(fixed(), fixed())
    assert len(streams.updates()) >= 6


def test_warnings_of_the_engine_do_not_reach_the_program(theano: Any, T: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theano.scan(lambda i: i, sequences=T.arange(3))
        T.TensorType("float32", (False, True))()
        T.shared_randomstreams.RandomStreams(1).normal((2,))
        importlib.import_module("theano.tensor.nlinalg").matrix_inverse(T.matrix())
        theano.ifelse.ifelse(T.iscalar(), T.scalar(), T.scalar())


def test_the_compiled_way(tmp_path: Any) -> None:
    """The same numbers when Numba compiles what is called."""
    pytest.importorskip("numba")
    code = (
        "import polykeras.alias; polykeras.alias.install(era=True)\n"
        "import numpy as np, theano, theano.tensor as T\n"
        "x, w = T.matrix(), theano.shared(np.ones((2, 2)))\n"
        "cost = T.tanh(T.dot(x, w)).sum()\n"
        "f = theano.function([x], cost, updates=[(w, w - T.grad(cost, w))])\n"
        "print(float(f(np.eye(2) * 0.5)), w.get_value()[0, 0])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "POLYKERAS_PYTENSOR_MODE": "compile"},
    )
    assert result.returncode == 0, result.stderr
    cost, weight = map(float, result.stdout.split())
    assert cost == pytest.approx(4 * np.tanh(0.5)) and weight == pytest.approx(
        1 - 0.5 * (1 - np.tanh(0.5) ** 2)
    )
