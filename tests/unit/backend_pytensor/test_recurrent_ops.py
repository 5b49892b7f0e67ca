"""The operations of recurrent layers: compiled as interpreted, what they keep, what they refuse."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt
from pytensor.graph.basic import equal_computations
from pytensor.graph.fg import FunctionGraph

from polykeras.backends.pytensor.ops.gru import GRU, GRUGradient
from polykeras.backends.pytensor.ops.lstm import LSTM, LSTMGradient
from polykeras.backends.pytensor.ops.recurrence import Recurrence
from polykeras.backends.pytensor.portable import portable, rewrite
from polykeras.backends.pytensor.rewrites import COMPILED, INTERPRETED

SAMPLES, TIME, UNITS = 3, 5, 7  # no multiples of the width of a vector
each_kind = pytest.mark.parametrize("kind", [LSTM, GRU])
PLAIN = pytensor.compile.mode.Mode(linker="py", optimizer="fast_compile")


def variables(kind: type[Recurrence], dtype: str, masked: bool = False) -> list[Any]:
    x, U = pt.tensor3("x", dtype=dtype), pt.matrix("U", dtype=dtype)
    states = [pt.matrix(f"state{index}", dtype=dtype) for index in range(kind.n_states)]
    return [x, U, *states, *([pt.matrix("flags", dtype="bool")] if masked else [])]


def values(kind: type[Recurrence], dtype: str, masked: bool = False, units: int = UNITS) -> list[Any]:
    random = np.random.default_rng(11)
    width = kind.gates * units
    shapes = [(SAMPLES, TIME, width), (units, width), *[(SAMPLES, units)] * kind.n_states]
    floats = [random.normal(size=shape).astype(dtype) for shape in shapes]
    return [*floats, *([random.uniform(size=(TIME, SAMPLES)) < 0.6] if masked else [])]


def with_gradients(operation: Recurrence, inputs: list[Any]) -> list[Any]:
    """The main results, and the derivatives of a weighted sum of them by all floats."""
    main = operation.make_node(*inputs).outputs[: 2 + operation.n_states]
    total = sum(
        ((index + 1) * pt.sum(pt.sin(each)) for index, each in enumerate(main)), pt.zeros((), inputs[0].dtype)
    )
    return [*main, *pytensor.grad(total, inputs[: 2 + operation.n_states])]


@pytest.mark.slow
@pytest.mark.filterwarnings("error:Numba will use object mode")
@pytest.mark.parametrize(
    ("kind", "dtype", "inner_activation", "go_backwards", "masked"),
    [
        (LSTM, "float32", "hard_sigmoid", False, False),
        (LSTM, "float64", "sigmoid", True, True),
        (GRU, "float32", "hard_sigmoid", True, True),
    ],
    ids=["lstm", "lstm-all", "gru-all"],
)
def test_compiled_and_interpreted_agree(
    kind: type[Recurrence], dtype: str, inner_activation: str, go_backwards: bool, masked: bool
) -> None:
    from polykeras.backends.pytensor import numba_ops as numba_ops  # registers what is tested

    inputs = variables(kind, dtype, masked)
    results = with_gradients(kind(inner_activation, go_backwards, masked), inputs)
    # Without derivatives nothing is kept.
    lean = kind(inner_activation, go_backwards, masked).make_node(*inputs).outputs[: 2 + kind.n_states]
    compiled = pytensor.function(inputs, [*results, *[each * 1 for each in lean]], mode=COMPILED)
    alone = pytensor.function(inputs, lean, mode=COMPILED)
    interpreted = pytensor.function(inputs, results, mode=PLAIN)
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    given = values(kind, dtype, masked)
    # Other layouts in memory than that of C.
    strided = [np.asfortranarray(each) for each in given]
    for arguments in (given, strided):
        wanted = interpreted(*arguments)
        for got, want in zip(compiled(*arguments), [*wanted, *wanted[: len(lean)]], strict=True):
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)
        for got, want in zip(alone(*arguments), wanted, strict=False):
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)
    wrong = [each[:-1] if index == len(given) - 1 else each for index, each in enumerate(given)]
    with pytest.raises(ValueError, match=f"{kind.__name__}: wanted x"):
        alone(*wrong)
    nothing = [given[0][:, :0], *given[1 : 2 + kind.n_states], *([given[-1][:0]] if masked else [])]
    for got, want in zip(compiled(*nothing), interpreted(*nothing), strict=False):
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "hard_sigmoid"])
def test_functions_of_gates_in_compiled_code(dtype: str, name: str) -> None:
    """Within a few units in the last place, everywhere; and vector code."""
    numba = pytest.importorskip("numba")
    from polykeras.backends.pytensor.ops.numba_gates import gate_functions

    tanh, gate, slope = gate_functions(dtype, "sigmoid" if name == "tanh" else name)
    function = tanh if name == "tanh" else gate

    @numba.njit
    def run(x, y, slopes):  # type: ignore[no-untyped-def]
        for index in range(x.size):
            y[index] = function(x[index])
        for index in range(x.size):
            slopes[index] = slope(y[index])

    small = np.logspace(-30, 1.9, 100_001)
    x = np.concatenate([np.linspace(-12, 12, 200_001), small, -small]).astype(dtype)
    y, slopes = np.empty_like(x), np.empty_like(x)
    run(x, y, slopes)
    exact = x.astype(np.longdouble)
    references: dict[str, Callable[[], Any]] = {
        "tanh": lambda: np.tanh(exact),
        "sigmoid": lambda: 1 / (1 + np.exp(-exact)),
        "hard_sigmoid": lambda: np.clip(np.longdouble("0.2") * exact + np.longdouble("0.5"), 0, 1),
    }
    wanted = references[name]()
    unit = np.finfo(dtype).eps
    # The hard sigmoid adds numbers of the size 1/2: its error is relative to them.
    limit = 3 * unit * (0.5 if name == "hard_sigmoid" else np.abs(wanted))
    assert (np.abs(y - wanted) <= limit).all()
    if name == "sigmoid":
        np.testing.assert_allclose(slopes, y * (1 - y), rtol=4 * unit)
    if name == "hard_sigmoid":
        np.testing.assert_array_equal(slopes, np.where((y > 0) & (y < 1), x.dtype.type(0.2), 0))
    special = np.array([np.nan, np.inf, -np.inf, 0, 1e30, -1e30], dtype)
    result = np.empty_like(special)
    run(special, result, np.empty_like(special))
    low, middle = (-1, 0) if name == "tanh" else (0, 0.5)
    np.testing.assert_allclose(result, [np.nan, 1, low, middle, 1, low], atol=1e-30)
    (code,) = run.inspect_llvm().values()
    assert re.search(r"fmul [^\n]*<\d+ x (float|double)>", code), "the loop is no vector code"


@each_kind
def test_nothing_is_kept_without_a_gradient(kind: type[Recurrence]) -> None:
    inputs = variables(kind, "float32")
    for mode in (INTERPRETED, COMPILED):
        for take, keeps in ((lambda results: results[:1], False), (lambda results: results, True)):
            results = take(with_gradients(kind("sigmoid"), inputs))
            rewritten = rewrite(portable(inputs, results, [])[0], mode).fgraph()
            found = [node.op for node in rewritten.apply_nodes if isinstance(node.op, Recurrence)]
            assert [(type(op), op.keeps) for op in found] == [(kind, keeps)]


@each_kind
def test_lean_operations_are_differentiable(kind: type[Recurrence]) -> None:
    """Somebody may differentiate a graph that has been rewritten."""
    inputs = variables(kind, "float64")
    found = [with_gradients(kind("hard_sigmoid", keeps=keeps), inputs) for keeps in (False, True)]
    function = pytensor.function(inputs, found[0] + found[1], mode=PLAIN)
    got = function(*values(kind, "float64"))
    for one, other in zip(got[: len(found[0])], got[len(found[0]) :], strict=True):
        np.testing.assert_array_equal(one, other)


@each_kind
def test_shapes(kind: type[Recurrence]) -> None:
    """Known ones stand in the types, others follow without a computation."""
    x = pt.tensor("x", dtype="float32", shape=(SAMPLES, TIME, kind.gates * UNITS))
    U = pt.tensor("U", dtype="float32", shape=(UNITS, kind.gates * UNITS))
    open_states = [pt.matrix(dtype="float32") for _ in range(kind.n_states)]
    outputs = kind("sigmoid").make_node(x, U, *open_states).outputs
    assert outputs[0].type.shape == (SAMPLES, TIME, UNITS)
    assert {each.type.shape for each in outputs[1 : 2 + kind.n_states]} == {(SAMPLES, UNITS)}
    inputs = variables(kind, "float32")
    arrays = values(kind, "float32")
    node = kind("sigmoid").make_node(*inputs)
    by = pytensor.grad(node.outputs[1].sum(), inputs)
    sizes = [each.shape for each in (*node.outputs, *by)]
    function = pytensor.function(inputs, sizes, mode=pytensor.compile.mode.Mode("py", "fast_run"))
    assert not any(isinstance(each.op, Recurrence) for each in function.maker.fgraph.apply_nodes)
    everything = pytensor.function(inputs, [*node.outputs, *by], mode=PLAIN)(*arrays)
    assert [tuple(each) for each in function(*arrays)] == [each.shape for each in everything]


@each_kind
def test_travels_to_another_process(kind: type[Recurrence]) -> None:
    inputs = variables(kind, "float64", masked=True)
    graph = FunctionGraph(inputs, with_gradients(kind("sigmoid", True, True), inputs), clone=False)
    copy = pickle.loads(pickle.dumps(graph))
    assert equal_computations(graph.outputs, copy.outputs, graph.inputs, copy.inputs)
    assert kind("sigmoid") == kind("sigmoid") != kind("hard_sigmoid")
    assert kind.gradient("sigmoid", False, False) != kind.gradient("sigmoid", True, False)


@each_kind
def test_errors(kind: type[Recurrence]) -> None:
    name = kind.__name__
    x, U, *states = variables(kind, "float32")
    with pytest.raises(
        TypeError, match=rf"{name}: wanted x with 3 axes, U and {kind.n_states} states .* got Matrix"
    ):
        kind("sigmoid").make_node(U, U, *states)
    with pytest.raises(TypeError, match=rf"{name}: .*of one dtype; got .*float64"):
        kind("sigmoid").make_node(x, U, *[pt.matrix(dtype="float64")] * kind.n_states)
    with pytest.raises(TypeError, match=f"{name}: wanted float32 or float64, got float16"):
        kind("sigmoid").make_node(*variables(kind, "float16"))
    with pytest.raises(TypeError, match=f"{name}: wanted flags of the type bool with 2 axes, got Matrix"):
        kind("sigmoid", masked=True).make_node(x, U, *states, pt.matrix(dtype="int8"))
    function = pytensor.function(
        [x, U, *states], kind("sigmoid").make_node(x, U, *states).outputs[0], mode=PLAIN
    )
    wrong = values(kind, "float32")
    wrong[-1] = wrong[-1][:-1]
    with pytest.raises(ValueError, match=rf"{name}: wanted x .*, got the shapes .*\(2, {UNITS}\)"):
        function(*wrong)


def test_gradients_belong_together() -> None:
    assert (LSTM.gradient, LSTMGradient.forward) == (LSTMGradient, LSTM)
    assert (GRU.gradient, GRUGradient.forward) == (GRUGradient, GRU)
