"""Regions for XLA: loops over time and updates of variables, when they are compiled, and that it makes no
difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

SAMPLES, TIME, UNITS = 4, 16, 48  # as much as is worth a compilation
GATES = {"lstm": 4, "gru": 3}


@pytest.fixture
def regions() -> Any:
    from polykeras.backends.tensorflow import regions

    return regions


@pytest.fixture
def compiled(regions: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The accounts of the traces that are made, in order."""
    accounts: list[Any] = []
    original = regions.Regions

    class Account(original):  # type: ignore[misc, valid-type]
        def __init__(self, allowed: bool) -> None:
            super().__init__(allowed)
            accounts.append(self)

    monkeypatch.setattr(regions, "Regions", Account)
    yield accounts


def values(kind: str, samples: int = SAMPLES, time: int = TIME) -> list[np.ndarray]:
    random = np.random.default_rng(3)
    width = GATES[kind] * UNITS
    shapes = [(samples, time, width), (UNITS, width), *[(samples, UNITS)] * (2 if kind == "lstm" else 1)]
    scales = [0.5, 0.1, 0.5, 0.5]
    return [
        random.normal(size=shape, scale=scale).astype("float32")
        for shape, scale in zip(shapes, scales, strict=False)
    ]


def built(K: Any, kind: str, samples: int | None, time: int | None, mask: Any = None) -> Any:
    """A function of x, U and the states that gives the results and the gradients of their sum."""
    shapes = [each.shape for each in values(kind)]
    inputs = [
        K.placeholder(shape=(samples, time, shapes[0][2])),
        K.placeholder(shape=shapes[1]),
        *[K.placeholder(shape=(samples, UNITS)) for _ in shapes[2:]],
    ]
    last, outputs, states = getattr(K, kind)(inputs[0], inputs[1], inputs[2:], mask=mask)
    total = K.sum(K.sin(outputs)) + K.sum(last) + K.sum(states[-1])
    return K.function(inputs, [last, outputs, *states, *K.gradients(total, inputs)])


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("masked", [False, True])
def test_compiled_and_not(K: Any, monkeypatch: Any, compiled: Any, kind: str, masked: bool) -> None:
    mask = (
        K.constant(np.random.default_rng(1).uniform(size=(SAMPLES, TIME)) < 0.7, "float32")
        if masked
        else None
    )
    given = values(kind)
    got = built(K, kind, SAMPLES, TIME, mask)(given)
    assert [each.compiled for each in compiled] == [2]
    from polykeras.backends.tensorflow import fused_recurrent_loop

    monkeypatch.setattr(fused_recurrent_loop, "WORTHWHILE", 1 << 20)
    wanted = built(K, kind, SAMPLES, TIME, mask)(given)
    assert [each.compiled for each in compiled] == [2, 0]
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("result", ["last", "outputs"])
@pytest.mark.parametrize("masked", [False, True])
def test_inputs_are_multiplied_step_by_step_or_all_at_once(
    K: Any, monkeypatch: Any, masked: bool, result: str, go_backwards: bool
) -> None:
    """Step by step for 16 samples or more, and for as many units as the input has features, or more."""
    from polykeras.backends.tensorflow import fused_recurrent_loop

    taken: list[bool] = []
    original = fused_recurrent_loop._by_steps
    monkeypatch.setattr(
        fused_recurrent_loop, "_by_steps", lambda *given: taken.append(original(*given)) or taken[-1]
    )
    random = np.random.default_rng(5)
    shapes = [(16, TIME, 20), (32, 128), (20, 128), (128,), (16, 32), (16, 32)]
    given = [random.normal(size=shape, scale=0.25).astype("float32") for shape in shapes]
    mask = K.constant(random.uniform(size=(16, TIME)) < 0.7, "float32") if masked else None
    found = []
    for cached in (1 << 18, 0):
        monkeypatch.setattr(fused_recurrent_loop, "CACHED", cached)
        inputs = [K.placeholder(shape=shape) for shape in shapes]
        x, U, W, b, *states = inputs
        last, outputs, _ = K.lstm(x, U, states, mask=mask, go_backwards=go_backwards, W=W, b=b)
        total = K.sum(K.sin(last if result == "last" else outputs))
        found.append(K.function(inputs, [last, outputs, *K.gradients(total, inputs)])(given))
    assert taken == [True, False]
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("shape", [(15, TIME, 20), (16, TIME, 33), (None, TIME, 20)])
def test_inputs_that_are_multiplied_all_at_once(K: Any, shape: tuple[Any, ...]) -> None:
    from polykeras.backends.tensorflow.fused_recurrent_loop import _by_steps
    from polykeras.backends.tensorflow.regions import tracing

    U = K.placeholder(shape=(32, 128))
    with tracing(True):
        assert _by_steps(K.placeholder(shape=(16, TIME, 32)), U)
        assert not _by_steps(K.placeholder(shape=shape), U)
    with tracing(False):
        assert not _by_steps(K.placeholder(shape=(16, TIME, 32)), U)


def test_sizes_that_are_open_are_settled_by_the_call(K: Any, compiled: Any) -> None:
    """The first few shapes are traced and compiled by themselves, further ones share one form."""
    function = built(K, "gru", None, None)
    whole = function(values("gru"))
    assert [(each.compiled, each.open) for each in compiled] == [(0, 2), (2, 0)]
    function(values("gru"))
    assert len(compiled) == 2
    for time in range(TIME - 1, TIME - 6, -1):
        shorter = values("gru")
        shorter[0] = shorter[0][:, :time]
        np.testing.assert_allclose(function(shorter)[1], whole[1][:, :time], rtol=1e-4, atol=1e-5)
    assert len(compiled) == 1 + 4


def test_small_loops_are_left_to_tensorflow(K: Any, compiled: Any) -> None:
    x = K.placeholder(shape=(2, 3, 4 * UNITS))
    U, state = K.zeros((UNITS, 4 * UNITS)), K.zeros((2, UNITS))
    K.function([x], [K.lstm(x, U, [state, state])[0]])([np.ones((2, 3, 4 * UNITS))])
    assert [(each.compiled, each.open) for each in compiled] == [(0, 0)]


def test_what_xla_refuses_runs_without_it(
    tf: Any, K: Any, monkeypatch: pytest.MonkeyPatch, compiled: Any
) -> None:
    from polykeras.backends.tensorflow import fused_recurrent

    class Refused(fused_recurrent.GRU):
        def weights(self, U: Any) -> list[Any]:
            same = tf.numpy_function(lambda each: each, [U], U.dtype)  # calls Python, which XLA cannot
            same.set_shape(U.shape)
            return super().weights(same)

    wanted = built(K, "gru", SAMPLES, TIME)(values("gru"))
    monkeypatch.setattr(fused_recurrent, "GRU", Refused)
    function = built(K, "gru", SAMPLES, TIME)
    for _ in range(2):
        for one, other in zip(function(values("gru")), wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert [(each.allowed, each.compiled) for each in compiled] == [(True, 2), (True, 2), (False, 0)]


def test_wrong_arguments_cost_no_compiled_code(K: Any, compiled: Any) -> None:
    """An error of the arguments raises, and the compiled form stays in use."""
    table = K.variable(np.ones((5, 4 * UNITS)))
    indices = K.placeholder(shape=(SAMPLES, TIME), dtype="int32")
    state = K.zeros((SAMPLES, UNITS))
    last, _, _ = K.lstm(K.gather(table, indices), K.zeros((UNITS, 4 * UNITS)), [state, state])
    function = K.function([indices], [last])
    good = function([np.zeros((SAMPLES, TIME))])[0]
    with pytest.raises(Exception, match="5"):
        function([np.full((SAMPLES, TIME), 5)])
    assert function._programs[0].uncompiled is not None
    np.testing.assert_array_equal(function([np.zeros((SAMPLES, TIME))])[0], good)


@pytest.mark.parametrize("shape", [(32, 20), None], ids=["known", "open"])
def test_derivatives_of_many_gathered_rows(K: Any, compiled: Any, shape: Any) -> None:
    """Summed by XLA from 32768 elements on, rows that were gathered twice twice, by one table or by two."""
    random = np.random.default_rng(2)
    table = K.variable(random.normal(size=(60, 64)))
    indices = K.placeholder(shape=shape or (None, None), dtype="int32")
    other = K.placeholder(shape=(shape or (None, None))[:1], dtype="int32")
    total = K.sum(K.square(K.gather(table, indices))) + 3 * K.sum(K.gather(table, other))
    function = K.function([indices, other], K.gradients(total, [table]))
    given = [random.integers(0, 60, (32, 20)), random.integers(0, 60, 32)]
    counts = np.bincount(given[0].ravel(), minlength=60)[:, None]
    wanted = 2 * counts * K.get_value(table) + 3 * np.bincount(given[1], minlength=60)[:, None]
    for _ in range(2):
        np.testing.assert_allclose(function(given)[0], wanted, rtol=1e-5, atol=1e-5)
    assert sum(each.compiled for each in compiled) == 1
    few = [each[:2, ...] for each in given] if shape is None else given
    function(few)
    assert sum(each.compiled for each in compiled) == 1


def test_second_derivatives_of_many_gathered_rows(K: Any, compiled: Any) -> None:
    table = K.variable(np.linspace(-1, 1, 10 * 64).reshape(10, 64))
    indices = np.arange(640).reshape(32, 20) % 7
    rows = K.gather(table, K.constant(indices, "int32"))
    slope = K.gradients(K.sum(rows * rows * rows), [table])[0]
    second = K.function([], K.gradients(K.sum(slope), [table]))([])[0]
    wanted = 6 * np.bincount(indices.ravel(), minlength=10)[:, None] * K.get_value(table)
    np.testing.assert_allclose(second, wanted, rtol=1e-4, atol=1e-4)
    assert sum(each.compiled for each in compiled) >= 1


def test_few_numbers_are_updated_without_xla(K: Any, compiled: Any) -> None:
    w = K.variable(np.ones((300, 256)))
    K.function([], [], [(w, w * 2 + 1)])([])
    assert [each.compiled for each in compiled] == [0]


def adam(value: np.ndarray, gradients: list[np.ndarray]) -> np.ndarray:
    """Adam by its formulas, in float64."""
    value, mean, size = value.astype("float64"), 0.0, 0.0
    for step, gradient in enumerate(gradients, 1):
        mean = 0.9 * mean + 0.1 * gradient
        size = 0.999 * size + 0.001 * gradient**2
        value = value - 0.001 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step) * mean / (np.sqrt(size) + 1e-8)
    return value


@pytest.fixture
def eager_to_compile(K: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from polykeras.backends.tensorflow import updates

    monkeypatch.setattr(updates, "WORTHWHILE", 1 << 16)


@pytest.fixture
def large(K: Any) -> Iterator[Any]:
    """The façade, bound to this engine: optimizers go through it."""
    from polykeras.testing.plugin import fresh

    with fresh("tensorflow") as module:
        yield module


@pytest.mark.usefixtures("eager_to_compile")
@pytest.mark.parametrize("many", [5, 6])
def test_updates_of_large_variables_are_one_region(
    large: Any, compiled: Any, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    from polykeras.backends.tensorflow import updates as module
    from polykeras.optimizers import Adam

    K = large
    monkeypatch.setattr(module, "MANY", many)
    random = np.random.default_rng(2)
    start = random.normal(size=(300, 256)).astype("float32")
    w, small = K.variable(start), K.variable(start[:3])
    x = K.placeholder(shape=(300, 256))
    loss = K.sum(x * w) + K.sum(K.square(small))
    with K.graph_scope():
        updates = Adam().get_updates([w, small], {}, loss)
    function = K.function([x], [loss], updates)
    gradients = [random.normal(size=start.shape).astype("float32") for _ in range(3)]
    for gradient in gradients:
        before = K.get_value(w)
        got = function([gradient])[0]
        wanted = np.sum(gradient.astype("float64") * before)
        assert abs(got - wanted - np.sum(np.square(K.get_value(small)))) < 20
        assert not np.array_equal(K.get_value(w), before)
    assert [each.compiled for each in compiled] == [1]
    # The count of steps is a number; all else is made together, unless there are many variables.
    fused = {id(variable) for variable, _ in function._fused.pairs}
    assert fused == {
        id(variable)
        for variable, _ in updates
        if K.ndim(variable) and (many == 6 or variable.shape == w.shape)
    }
    np.testing.assert_allclose(K.get_value(w), adam(start, gradients), rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("eager_to_compile")
def test_updates_that_are_alike_are_compiled_once(K: Any, compiled: Any) -> None:
    from polykeras.backends.tensorflow.updates import _region

    def build(factor: float) -> Any:
        a, b = K.variable(np.ones((256, 256))), K.variable(np.full((256, 256), 2.0))
        return a, b, K.function([], [], [(a, a * factor + b), (b, K.square(b) - a)])

    made = []
    for factor in (3.0, 3.0, 4.0):
        a, b, function = build(factor)
        for _ in range(2):
            function([])
        made.append(_region.cache_info().currsize)
        np.testing.assert_array_equal(K.get_value(b), np.full((256, 256), (4 - 1) ** 2 - (factor + 2)))
        np.testing.assert_array_equal(K.get_value(a), np.full((256, 256), (factor + 2) * factor + 3))
    assert made[0] == made[1] == made[2] - 1
    assert [each.compiled for each in compiled] == [1, 1, 1]


@pytest.mark.usefixtures("eager_to_compile")
def test_all_is_read_before_anything_is_written(K: Any, compiled: Any) -> None:
    """In the region too, and between it and what is written outside."""
    shape = (256, 256)
    a, b, c = (K.variable(np.full(shape, number)) for number in (1.0, 2.0, 3.0))
    count = K.variable(10.0)
    function = K.function(
        [], [a[0, 0], K.sum(b) / 65536], [(a, a + b * count), (b, b - a), (c, b), (count, count + a[0, 0])]
    )
    assert [float(each) for each in function([])] == [1, 2]
    assert [each.compiled for each in compiled] == [1]
    for variable, wanted in ((a, 21), (b, 1), (c, 2)):
        np.testing.assert_array_equal(K.get_value(variable), np.full(shape, wanted))
    assert K.get_value(count) == 11
    assert [float(each) for each in function([])] == [21, 1]
    assert K.get_value(a)[0, 0] == 21 + 11 and K.get_value(c)[0, 0] == 1


@pytest.mark.usefixtures("eager_to_compile")
def test_beside_operations_that_write_themselves(tf: Any, K: Any, compiled: Any) -> None:
    """They would see what the region has written, or it what they have: it is done without."""
    a, b = K.variable(np.ones((256, 256))), K.variable(np.full((256, 256), 2.0))
    with K.graph_scope():
        own = b.assign_add(a)
    K.function([], [], [(a, a + b * 2), own])([])
    assert [each.compiled for each in compiled] == [0]
    np.testing.assert_array_equal(K.get_value(a), np.full((256, 256), 5))
    np.testing.assert_array_equal(K.get_value(b), np.full((256, 256), 3))


@pytest.mark.usefixtures("eager_to_compile")
def test_what_goes_on_from_a_new_value_is_left_out(large: Any, compiled: Any) -> None:
    """A constraint looks at the new weights as a whole: they are computed outside."""
    from polykeras.constraints import maxnorm
    from polykeras.optimizers import SGD

    K = large
    w = K.variable(np.full((300, 256), 1.0))
    loss = K.sum(K.square(w))
    with K.graph_scope():
        updates = SGD(lr=0.25).get_updates([w], {w: maxnorm(2)}, loss)
    function = K.function([], [loss], updates)
    function([])
    half = np.full((300, 256), 0.5)
    norms = np.sqrt(np.sum(half**2, axis=0, keepdims=True))
    np.testing.assert_allclose(K.get_value(w), half * np.clip(norms, 0, 2) / (1e-7 + norms), rtol=1e-5)
    assert w not in [variable for variable, _ in function._fused.pairs]


@pytest.mark.usefixtures("eager_to_compile")
def test_in_a_loop_over_batches(large: Any, compiled: Any) -> None:
    """As `fit` runs it: many steps in one dispatch give the same as one by one."""
    from polykeras.optimizers import Adam

    K = large
    random = np.random.default_rng(5)
    x, y = (
        random.normal(size=(12, TIME, 3)).astype("float32"),
        random.normal(size=(12, UNITS)).astype("float32"),
    )
    start = [random.normal(size=shape, scale=0.3) for shape in ((3, 4 * UNITS), (UNITS, 4 * UNITS))]
    found = []
    for together in (True, False):
        inputs, target = K.placeholder(shape=(None, TIME, 3)), K.placeholder(shape=(None, UNITS))
        weights = [K.variable(each) for each in start]
        table = K.variable(np.ones((256, 256)))
        with K.graph_scope():
            state = K.zeros_like(target)
            last, _, _ = K.lstm(K.dot(inputs, weights[0]), weights[1], [state, state])
            loss = K.mean(K.square(last - target)) + 1e-5 * K.sum(K.square(table))
            updates = Adam(lr=0.01).get_updates([*weights, table], {}, loss)
        runner = K.function([inputs, target], [loss], updates).over([x, y])
        batches = [(0, 4), (4, 8), (8, 12)] * 2
        losses = runner.run(batches) if together else [runner.run([each])[0] for each in batches]
        found.append([*losses, *(K.get_value(each) for each in (*weights, table))])
    assert [each.compiled for each in compiled] == [3, 3]
    assert found[0][5][0] < found[0][0][0]
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
