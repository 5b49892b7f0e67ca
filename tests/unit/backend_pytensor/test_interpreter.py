"""The NumPy interpreter against PyTensor's own evaluation of the same graphs."""

from __future__ import annotations

import numpy as np
import pytest

pytensor = pytest.importorskip("pytensor")

import pytensor.tensor as pt  # noqa: E402

from polykeras.backends.pytensor.interpreter import interpret  # noqa: E402
from polykeras.backends.pytensor.portable import portable, rewrite  # noqa: E402
from polykeras.backends.pytensor.rewrites import INTERPRETED  # noqa: E402
from polykeras.backends.pytensor.versions import IfElse  # noqa: E402

A = pt.matrix("a", dtype="float32")
B = pt.matrix("b", dtype="float32")
V = pt.vector("v", dtype="float32")
T = pt.tensor3("t", dtype="float32")
N = pt.matrix("n", dtype="int32")
F = pt.scalar("f", dtype="float32")
D = pt.matrix("d", dtype="float64")
BOOL = pt.matrix("bool", dtype="bool")
ROW = pt.tensor("row", dtype="float32", shape=(1, None))

rng = np.random.default_rng(3)
VALUES = {
    A: rng.uniform(0.1, 0.9, (4, 5)).astype("float32"),
    B: rng.uniform(-2, 2, (4, 5)).astype("float32"),
    V: rng.normal(size=5).astype("float32"),
    T: rng.normal(size=(2, 4, 5)).astype("float32"),
    N: rng.integers(-3, 4, (4, 5)).astype("int32"),
    F: np.asarray(1.5, "float32"),
    D: rng.normal(size=(4, 5)),
    BOOL: rng.integers(0, 2, (4, 5)).astype(bool),
    ROW: rng.normal(size=(1, 5)).astype("float32"),
}

UNARY = [
    "exp",
    "log",
    "log1p",
    "expm1",
    "sqrt",
    "sqr",
    "tanh",
    "sigmoid",
    "softplus",
    "abs",
    "neg",
    "sign",
    "floor",
    "ceil",
    "cos",
    "sin",
    "reciprocal",
]

CASES = {
    **{name: (lambda name=name: [getattr(pt, name)(A)]) for name in UNARY},
    **{f"{name}_scalar": (lambda name=name: [getattr(pt, name)(F)]) for name in UNARY},
    **{
        f"{name}_int": (lambda name=name: [getattr(pt, name)(N)])
        for name in ("exp", "abs", "sqr", "sign", "tanh")
    },
    "n-ary add": lambda: [A + B + V + 1, pt.add(V, A, B, A), pt.add(B, B, B)],
    "n-ary mul": lambda: [A * B * V, pt.mul(V, A, B, A, F), pt.mul(BOOL, A, N)],
    "booleans": lambda: [pt.and_(BOOL, A > 0.5), pt.or_(BOOL, N > 0), ~BOOL, pt.mul(BOOL, BOOL)],
    "comparisons": lambda: [A > B, N <= 0, pt.eq(N, 1), pt.neq(A, B), pt.ge(A, V)],
    "division": lambda: [A / B, N / (N + 10), N // 2, N % 3, A % np.float32(0.3), 1 / A],
    "mixed types": lambda: [N + A, N * D, A + D, pt.cast(N, "int8") + pt.cast(abs(N), "uint8"), BOOL + N],
    "powers": lambda: [A**2, A**0.5, A**3, A ** (-1), N**2, pt.pow(A, B), F**2],
    "rounding": lambda: [pt.round(B * 4), pt.round(B * 4, mode="half_away_from_zero"), pt.trunc(B)],
    "clip": lambda: [pt.clip(B, -1, 1), pt.clip(B, V, 2), pt.clip(N, -1, 1), pt.clip(F, 0, 1)],
    "switch": lambda: [
        pt.switch(BOOL, A, B),
        pt.switch(A > 0.5, B, 0.0),
        pt.switch(F > 1, A, B),
        pt.switch(BOOL, N, A),
    ],
    "max, min": lambda: [pt.maximum(A, B), pt.minimum(A, V), pt.maximum(N, 0), pt.maximum(A, 0.0)],
    "cast": lambda: [
        pt.cast(B, "int32"),
        pt.cast(N, "float64"),
        pt.cast(BOOL, "float32"),
        pt.cast(F, "int64"),
    ],
    "sums": lambda: [A.sum(), A.sum(0), A.sum(1), T.sum((0, 2)), N.sum(0), BOOL.sum(1), D.sum(), V.sum()],
    "means": lambda: [A.mean(), A.mean(0), T.mean((1, 2)), N.mean(1), A.var(0), A.mean(1, keepdims=True)],
    "extremes": lambda: [A.max(), B.max(0), N.min(1), T.max((0, 1)), BOOL.max(0)],
    "products": lambda: [A.prod(), N.prod(1), T.prod((0,))],
    "any, all": lambda: [pt.any(BOOL, 0), pt.all(BOOL), pt.any(A > 0.5), pt.all(T > 0, axis=(0, 2))],
    "arg": lambda: [pt.argmax(A, 0), pt.argmax(A, 1), pt.argmax(A), pt.argmin(T, 2), pt.argmax(V)],
    "dot": lambda: [A @ B.T, A.T @ B, V @ A.T, A @ V, V @ V, D @ D.T, N @ N.T, pt.dot(A, B.T)],
    "batched": lambda: [T @ T.dimshuffle(0, 2, 1), pt.tensordot(T, A, [[1], [0]])],
    "dimshuffle": lambda: [
        T.dimshuffle(2, 0, 1),
        A.dimshuffle("x", 1, 0),
        F.dimshuffle("x"),
        ROW.dimshuffle(1) * 2,
    ],
    "reshape": lambda: [
        A.reshape((5, 4)),
        T.reshape((-1, 5)),
        A.flatten(),
        T.reshape(A.shape.prod(keepdims=True) * 2),
    ],
    "shapes": lambda: [
        A.shape,
        T.shape[1],
        T.shape[0] * A.shape[1],
        pt.zeros((A.shape[0], 3)),
        pt.ones_like(A),
    ],
    "alloc": lambda: [
        pt.alloc(V, A.shape[0], A.shape[1]),
        pt.alloc(F, 2, 3),
        pt.fill(A, F),
        pt.zeros_like(T),
    ],
    "join": lambda: [
        pt.concatenate([A, B], 0),
        pt.concatenate([A, B], 1),
        pt.stack([A, B]),
        pt.concatenate([A, D]),
    ],
    "index": lambda: [
        A[0],
        A[1:3],
        A[:, ::2],
        A[-1, 2],
        T[:, 1],
        A[:, None],
        A[::-1],
        T[0, 1:, 2],
        A[N[0] % 4],
    ],
    "moving index": lambda: [A[pt.cast(F, "int64")], A[: A.shape[0] - 1], pt.take(A, [0, 2], axis=1)],
    "set index": lambda: [
        pt.set_subtensor(A[0], V),
        pt.inc_subtensor(A[:, 1], 1.0),
        pt.inc_subtensor(A[N[0] % 4], V),
    ],
    "special": lambda: [
        pt.special.softmax(A, axis=-1),
        pt.special.log_softmax(B, axis=1),
        pt.special.softmax(T, axis=1),
    ],
    "logarithms": lambda: [
        pt.log(pt.special.softmax(B, axis=-1)),
        pt.log(pt.sigmoid(B)),
        pt.log(1 - pt.sigmoid(B)),
    ],
    "condition": lambda: [IfElse(n_outs=1)(F > 1, A, B), IfElse(n_outs=1)(F > 2, V + 1, V)],
    "same twice": lambda: [A, A, A + 0, A.T, V[None]],
    "sorting": lambda: [pt.sort(A, axis=1), pt.argsort(B, axis=0), pt.cumsum(A, axis=1), pt.diag(A[:4, :4])],
    "repeat": lambda: [pt.repeat(A, 2, axis=1), pt.tile(A, (2, 3)), pt.arange(5), pt.arange(A.shape[0])],
    "gradients": lambda: [
        *pt.grad((pt.tanh(A @ B.T) ** 2).sum(), [A, B]),
        pt.grad(pt.special.softmax(A, axis=-1)[0, 0], A),
        pt.grad((A[:, 1:] * V[1:]).sum(), V),
    ],
    "error function": lambda: [pt.erf(A), pt.gammaln(A)],
    "isnan": lambda: [pt.isnan(A), pt.isinf(A / 0.0)],
}


def scan_cases() -> list:
    total = pytensor.scan(
        lambda x, s: s + x, sequences=[A], outputs_info=[pt.zeros_like(V)], return_updates=False
    )
    swapped = pytensor.scan(lambda a, b: (b, a), outputs_info=[V, V * 2], n_steps=3, return_updates=False)
    fibonacci = pytensor.scan(
        lambda a, b: a + b,
        outputs_info=[{"initial": pt.stack([F, F]), "taps": [-2, -1]}],
        n_steps=7,
        return_updates=False,
    )
    mapped = pytensor.scan(lambda x: (x * 2, x.sum()), sequences=[A], return_updates=False)
    until = pytensor.scan(
        lambda s: (s * 2, pytensor.scan.until(s > 10) if hasattr(pytensor.scan, "until") else None)[0],
        outputs_info=[F],
        n_steps=5,
        return_updates=False,
    )
    final = pytensor.scan(
        lambda x, s: pt.tanh(s + x), sequences=[A], outputs_info=[pt.zeros_like(V)], return_updates=False
    )[-1]
    return [total, total[-1], *swapped, fibonacci, *mapped, until, *pt.grad(final.sum(), [A])]


def check(outputs: list) -> None:
    inputs = list(VALUES)
    values = [VALUES[x] for x in inputs]
    expected = pytensor.function(inputs, outputs, mode="FAST_COMPILE", on_unused_input="ignore")(*values)
    before = [value.copy() for value in values]
    step = interpret(rewrite(portable(inputs, outputs, [])[0], INTERPRETED).fgraph())
    for _ in range(2):
        results = step(*values)
        for got, want, symbol in zip(results, expected, outputs, strict=True):
            assert isinstance(got, np.ndarray)
            assert got.dtype == want.dtype == symbol.dtype
            assert got.shape == want.shape
            np.testing.assert_allclose(got, want, rtol=2e-5, atol=1e-6)
    for value, kept in zip(values, before, strict=True):
        np.testing.assert_array_equal(value, kept)
    for index, result in enumerate(results):
        assert not any(np.shares_memory(result, value) for value in values)
        assert not any(np.shares_memory(result, other) for other in results[:index])


@pytest.mark.parametrize("case", CASES)
def test_same_values_as_pytensor(case: str) -> None:
    check(CASES[case]())


def test_loops() -> None:
    check(scan_cases())
