"""The cross-entropy of a softmax as one operation: its use, its values, its derivatives of two orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt
from pytensor.tensor.special import softmax

from polykeras.backends.pytensor.execution import Engine
from polykeras.backends.pytensor.ops.softmax_crossentropy import (
    Crossentropy,
    CrossentropySlope,
    SoftmaxCrossentropy,
    SoftmaxCrossentropySlope,
    crossentropy,
    crossentropy_of_logits,
)
from polykeras.backends.pytensor.portable import portable, rewrite
from polykeras.backends.pytensor.rewrites import COMPILED, INTERPRETED
from polykeras.testing.gradcheck import central_differences, weights

EPSILON = 1e-7
FUSED = {SoftmaxCrossentropy, SoftmaxCrossentropySlope}


def run(mode: str, inputs: list[Any], outputs: list[Any], values: list[Any]) -> list[np.ndarray]:
    """The outputs, computed in one of the two ways of execution."""
    engine = Engine()
    engine.set_mode(mode)
    return [np.asarray(each) for each in engine.executable(inputs, outputs, [])(values)]


def placeholders(ndim: int, classes: bool, dtype: str) -> tuple[Any, Any]:
    x = pt.tensor("x", dtype=dtype, shape=(None,) * ndim)
    return x, pt.tensor("target", dtype="int64" if classes else dtype, shape=(None,) * (ndim - classes))


def data(
    shape: tuple[int, ...], classes: bool, dtype: str = "float64", scale: float = 1.0
) -> list[np.ndarray]:
    generator = np.random.RandomState(3)
    x = (scale * generator.normal(size=shape)).astype(dtype)
    if classes:
        return [x, generator.randint(0, shape[-1], shape[:-1])]
    target = generator.uniform(0.1, 1, size=shape)
    return [x, (target / target.sum(axis=-1, keepdims=True)).astype(dtype)]


def reference(x: np.ndarray, target: np.ndarray, epsilon: float) -> np.ndarray:
    """The losses in double precision, as the interface defines them."""
    x = x.astype("float64")
    p = np.exp(x - x.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    limited = np.clip(p, epsilon, 1 - epsilon)
    if target.dtype.kind == "f":
        return -np.sum(target * np.log(limited), axis=-1)
    limited /= limited.sum(axis=-1, keepdims=True)
    return -np.log(np.take_along_axis(limited, target[..., None], -1)[..., 0])


def operations(inputs: list[Any], outputs: list[Any], mode: Any) -> set[type]:
    """The types of the operations of a function that has been rewritten."""
    function, _ = portable(inputs, outputs, [])
    return {type(node.op) for node in rewrite(function, mode).fgraph().apply_nodes}


@pytest.mark.parametrize("mode", [INTERPRETED, COMPILED], ids=["interpret", "compile"])
@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("ndim", [1, 2, 4])
def test_is_used(ndim: int, classes: bool, mode: Any) -> None:
    """For the losses, the probabilities and the gradient two operations are left."""
    x, target = placeholders(ndim, classes, "float32")
    p = softmax(x, axis=-1)
    losses = crossentropy(p, target, EPSILON, classes)
    gradient = pytensor.grad(pt.sum(pt.sqr(losses)), x)
    found = operations([x, target], [losses, p, gradient], mode)
    assert found >= FUSED
    assert not found & {Crossentropy, CrossentropySlope}
    assert operations([x, target], [losses], mode) == {SoftmaxCrossentropy}


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_is_used_in_training(monkeypatch: pytest.MonkeyPatch, loss: str) -> None:
    """A step of training runs both operations, and gives the loss."""
    from polykeras.layers import Dense
    from polykeras.models import Sequential
    from polykeras.testing.plugin import fresh

    ran: list[type] = []
    for kind in FUSED:

        def perform(self: Any, *arguments: Any, kind: Any = kind, inner: Any = kind.perform) -> None:
            ran.append(kind)
            inner(self, *arguments)

        monkeypatch.setattr(kind, "perform", perform)
    x, classes = data((6, 4), True, "float32")
    target = classes[:, None] if loss.startswith("sparse") else np.eye(4, dtype="float32")[classes]
    with fresh("pytensor"):
        model = Sequential([Dense(4, activation="softmax", input_dim=4)])
        model.compile("sgd", loss, metrics=["accuracy"])
        kernel, bias = model.get_weights()
        value, _ = model.train_on_batch(x, target)
    assert set(ran) == FUSED
    np.testing.assert_allclose(value, reference(x @ kernel + bias, classes, EPSILON).mean(), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("classes", [False, True])
def test_same_as_the_ordinary_graph(classes: bool, dtype: str) -> None:
    """Values and gradients, where probabilities lie within the limits and beyond them, and that of the
    probabilities themselves."""
    x, target = placeholders(2, classes, dtype)
    p = softmax(x, axis=-1)
    losses = crossentropy(p, target, EPSILON, classes)
    gradient, by_p = pytensor.grad(pt.sum(pt.sqr(losses)), [x, p])
    expanded = crossentropy(p * np.asarray(1, dtype), target, EPSILON, classes)
    other = pytensor.grad(pt.sum(pt.sqr(expanded)), x)
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    for scale in (1.0, 60.0):
        values = data((40, 7), classes, dtype, scale)
        if not classes:
            values[1][::2] = np.eye(7)[np.arange(20) % 7]
        results = run("interpret", [x, target], [losses, gradient, expanded, other, by_p], values)
        fused_losses, fused_gradient, plain_losses, plain_gradient, slope = results
        np.testing.assert_allclose(fused_losses, reference(*values, EPSILON), rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(plain_losses, fused_losses, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(fused_gradient, plain_gradient, rtol=tolerance, atol=20 * tolerance)
        assert slope.shape == (40, 7) and np.isfinite(slope).all()
    kinds = operations([x, target], [losses, gradient], INTERPRETED)
    assert kinds >= FUSED and not FUSED & operations([x, target], [expanded, other], INTERPRETED)


def check(x: Any, target: Any, losses: Any, values: list[np.ndarray], by: list[int]) -> None:
    """First and second derivatives of the losses against central differences."""
    inputs = [x, target]
    wanted_shape = values[0].shape[:-1]
    cost = pt.sum(losses * weights(wanted_shape) + pt.sqr(losses))
    slopes = pytensor.grad(cost, [inputs[index] for index in by])
    steepness = pt.sum(pt.sqr(slopes[0]) * weights(values[0].shape))
    seconds = pytensor.grad(steepness, [inputs[index] for index in by])
    f = Engine().executable(inputs, [cost, steepness, *slopes, *seconds], [])
    results = f(values)
    for order in (0, 1):
        for place, index in enumerate(by):
            got = results[2 + order * len(by) + place]
            wanted = central_differences(lambda point, order=order: float(f(point)[order]), values, index)
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-7, err_msg=f"{order}, {index}")


@pytest.mark.parametrize("epsilon", [None, 0.15])
@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("shape", [(3, 4), (2, 2, 3), (5,)])
def test_derivatives_of_the_operation(shape: tuple[int, ...], classes: bool, epsilon: float | None) -> None:
    """Of the operation itself, with no rewrite; the limits hold for some of the probabilities."""
    x, target = placeholders(len(shape), classes, "float64")
    losses, p = SoftmaxCrossentropy(epsilon, classes)(x, target)
    values = data(shape, classes)
    check(x, target, losses + pt.sum(pt.sqr(p), axis=-1), values, [0] if classes else [0, 1])


@pytest.mark.parametrize("epsilon", [1e-7, 0.15])
@pytest.mark.parametrize("classes", [False, True])
def test_derivatives_where_it_is_put_in(classes: bool, epsilon: float) -> None:
    x, target = placeholders(3, classes, "float64")
    losses = crossentropy(softmax(x, axis=-1), target, epsilon, classes)
    check(x, target, losses, data((2, 3, 4), classes), [0] if classes else [0, 1])


def test_not_used_where_the_target_depends_on_the_softmax() -> None:
    x, _ = placeholders(2, False, "float64")
    p = softmax(x, axis=-1)
    losses = crossentropy(p, pt.sqr(p), EPSILON, False)
    (value,) = data((3, 4), False)[:1]
    got, gradient = run("interpret", [x], [losses, pytensor.grad(losses.sum(), x)], [value])
    e = np.exp(value)
    e /= e.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(got, -np.sum(e**2 * np.log(e), axis=1))
    assert gradient.shape == value.shape


def test_softmax_along_another_axis_is_left_alone() -> None:
    x, target = placeholders(2, False, "float64")
    losses = crossentropy(softmax(x, axis=0), target, EPSILON, False)
    outputs = [losses, pytensor.grad(losses.sum(), x)]
    assert not FUSED & operations([x, target], outputs, INTERPRETED)
    values = data((3, 4), False)
    p = np.exp(values[0]) / np.exp(values[0]).sum(axis=0)
    wanted = -np.sum(values[1] * np.log(p / p.sum(axis=1, keepdims=True)), axis=1)
    np.testing.assert_allclose(run("interpret", [x, target], outputs, values)[0], wanted)


@pytest.mark.parametrize("classes", [False, True])
def test_without_limits(classes: bool) -> None:
    """Of logits: far out, where probabilities are 0, and in half precision."""
    x, target = placeholders(2, classes, "float32")
    losses = crossentropy_of_logits(x, target, classes)
    gradient = pytensor.grad(losses.sum(), x)
    far = np.array([[200, 0, -200], [-200, 1, 0]], "float32")
    goal = np.array([2, 0]) if classes else np.eye(3, dtype="float32")[[2, 0]]
    got, slope = run("interpret", [x, target], [losses, gradient], [far, goal])
    np.testing.assert_allclose(got, [400, 201 + np.log1p(np.exp(-1))], rtol=1e-6)
    np.testing.assert_allclose(slope[0], [1, 0, -1])
    small, target = placeholders(2, classes, "float16")
    losses = crossentropy_of_logits(small, target, classes)
    value, goal = data((3, 4), classes, "float16")
    assert losses.dtype == "float16"
    assert SoftmaxCrossentropy not in operations([small, target], [losses], INTERPRETED)
    got = run("interpret", [small, target], [losses], [value, goal])[0]
    np.testing.assert_allclose(got, reference(value, goal, 0.0), rtol=1e-2)


def test_shapes() -> None:
    x = pt.tensor("x", dtype="float32", shape=(None, 5, 3))
    target = pt.tensor("target", dtype="int64", shape=(None, 5))
    losses, p = SoftmaxCrossentropy(EPSILON, True)(x, target)
    assert losses.type.shape == (None, 5) and p.type.shape == (None, 5, 3)
    shapes = [losses.shape, p.shape]
    assert operations([x, target], shapes, INTERPRETED).isdisjoint(FUSED)
    value, goal = data((4, 5, 3), True, "float32")
    assert [tuple(each) for each in run("interpret", [x, target], shapes, [value, goal])] == [
        (4, 5),
        (4, 5, 3),
    ]


def test_errors() -> None:
    operation, dense = SoftmaxCrossentropy(EPSILON, True), SoftmaxCrossentropy(EPSILON, False)
    x, target = placeholders(2, True, "float32")
    with pytest.raises(
        TypeError, match="wanted a float tensor and int64 classes of a shape with one axis less"
    ):
        operation(x, x)
    with pytest.raises(TypeError, match="wanted a float tensor and a target of its dtype and shape"):
        dense(x, pt.cast(x, "float64"))
    losses = crossentropy(softmax(x, axis=-1), target, EPSILON, True)
    plain = crossentropy(x, target, EPSILON, True)
    value = np.full((2, 3), 0.5, "float32")
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=rf"\b3\b.*{wrong}"):
            run("interpret", [x, target], [losses], [value, np.array([0, wrong])])
        with pytest.raises(ValueError, match="a class is negative, or there are not so many classes"):
            run("interpret", [x, target], [plain], [value, np.array([0, wrong])])
    with pytest.raises(ValueError, match=r"target of the shape \(2,\).*without its last axis, got \(3,\)"):
        run("interpret", [x, target], [losses], [value, np.array([0, 1, 2])])
    x, target = placeholders(2, False, "float32")
    losses = crossentropy(softmax(x, axis=-1), target, EPSILON, False)
    with pytest.raises(ValueError, match=r"target of the shape \(2, 3\), that of the output, got \(2, 2\)"):
        run("interpret", [x, target], [losses], [value, value[:, :2]])


def test_compiled_equals_interpreted() -> None:
    """Both kinds of target and both dtypes, with and without limits, an input that is not contiguous."""
    inputs: list[Any] = []
    outputs: list[Any] = []
    values: list[np.ndarray] = []
    for dtype, classes in (("float32", False), ("float32", True), ("float64", True), ("float64", False)):
        x, target = placeholders(2, classes, dtype)
        value, goal = data((4, 19), classes, dtype, scale=9.0)
        p = softmax(x.T, axis=-1)
        losses = crossentropy(p, target, 1e-3, classes)
        free = crossentropy_of_logits(x.T, target, classes)
        gradients = [pytensor.grad(pt.sum(pt.sqr(each)), x) for each in (losses, free)]
        inputs += [x, target]
        outputs += [losses, p, free, *gradients]
        values += [value.T.copy(), goal]
    compiled = run("compile", inputs, outputs, values)
    for index, (got, wanted) in enumerate(
        zip(compiled, run("interpret", inputs, outputs, values), strict=True)
    ):
        tolerance = 1e-5 if wanted.dtype == "float32" else 1e-12
        assert got.dtype == wanted.dtype
        np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=10 * tolerance, err_msg=str(index))


def test_compiled_code_is_cached_and_refuses_what_does_not_fit() -> None:
    from polykeras.backends.pytensor.compiled import Link

    steps = []
    for classes in (False, True):
        x, target = placeholders(2, classes, "float32")
        losses = crossentropy(softmax(x, axis=-1), target, EPSILON, classes)
        function, _ = portable([x, target], [losses, pytensor.grad(losses.sum(), x)], [])
        link = Link(rewrite(function, COMPILED))
        assert link.key is not None
        steps.append(link.compile())
    value = np.zeros((2, 3), "float32")
    with pytest.raises(ValueError, match="the shape of the target does not fit"):
        steps[0](value, value[:, :2].copy())
    with pytest.raises(ValueError, match="the shape of the target does not fit"):
        steps[1](value, np.array([0, 1, 2]))
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match="a class is negative, or there are not so many classes"):
            steps[1](value, np.array([0, wrong]))
