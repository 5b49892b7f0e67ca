"""Activation functions, cross-entropies and normalisation."""

from __future__ import annotations

import numpy as np

from ..case import Case
from .values import apart, away, integers, normal, positive, probabilities, uniform

SHAPES = [(), (5,), (2, 3), (2, 3, 2), (1, 2, 1, 2, 3)]
FAR = np.array([-1000.0, -30.0, -1.0, 0.0, 1.0, 30.0, 1000.0])
WIDE = ("float32", "float64")  # float16 holds neither 1000's exponential's logarithm to the end nor 1e-7


def _label(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


ACTIVATIONS = [
    Case(name, _label(shape), (values(*shape),))
    for name, values in {
        "relu": away,
        "elu": away,
        "softplus": normal,
        "softsign": away,
        "sigmoid": normal,
        "tanh": normal,
        "hard_sigmoid": normal,
    }.items()
    for shape in SHAPES
] + [
    Case("relu", "alpha", (away(3, 4),), {"alpha": 0.3}),
    Case("relu", "alpha 1", (away(3, 4),), {"alpha": 1}),
    Case("relu", "negative alpha", (away(3, 4),), {"alpha": -0.5}),
    Case("relu", "max_value", (apart(3, 4),), {"max_value": 0.7}),
    Case("relu", "max_value 0", (apart(3, 4),), {"max_value": 0.0}, smooth=()),
    Case("relu", "alpha and max_value", (apart(3, 4),), {"alpha": 0.1, "max_value": 1}),
    Case(
        "relu",
        "alpha is a tensor",
        (away(3, 4), positive(4)),
        build=lambda K, x, alpha: K.relu(x, alpha=alpha),
        wanted=lambda x, alpha: np.where(x > 0, x, alpha * x),
        unknown=False,
    ),
    Case("relu", "at zero", (np.array([-1.0, 0.0, 1.0]),), smooth=()),
    Case("elu", "alpha", (away(3, 4),), {"alpha": 0.5}),
    Case("elu", "far out", (FAR,), smooth=()),
    Case("softplus", "far out", (FAR,), smooth=(), scale=0.01),
    Case("sigmoid", "far out", (FAR,), smooth=()),
    Case("tanh", "far out", (FAR,), smooth=()),
    Case("softsign", "far out", (FAR,), smooth=()),
    Case("hard_sigmoid", "edges", (np.array([-3.0, -2.5, 0.0, 2.5, 3.0]),), smooth=()),
    Case("softmax", "matrix", (normal(3, 4),), terms=4),
    Case("softmax", "vector", (normal(4),), terms=4),
    Case("softmax", "rank 3", (normal(2, 3, 4),), terms=4),
    Case("softmax", "rank 5", (normal(1, 2, 1, 2, 3),), terms=3),
    Case("softmax", "one class", (normal(3, 1),)),
    Case("softmax", "far out", (np.array([[1000.0, -1000.0, 0.0], [1000.0, 1000.0, 0.0]]),), smooth=()),
]

CLASSES = [
    Case(
        "categorical_crossentropy",
        "probabilities",
        (probabilities(4, 3), probabilities(4, 3, seed=1)),
        terms=9,
    ),
    Case("categorical_crossentropy", "not scaled", (positive(4, 3), probabilities(4, 3)), terms=9),
    Case("categorical_crossentropy", "one hot", (probabilities(3, 3), np.eye(3)), terms=9),
    Case("categorical_crossentropy", "rank 3", (positive(2, 3, 4), probabilities(2, 3, 4)), terms=12),
    Case(
        "categorical_crossentropy",
        "sure and wrong",
        (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])),
        smooth=(),
        dtypes=WIDE,
        terms=16,
    ),
    Case(
        "categorical_crossentropy",
        "logits",
        (normal(4, 3), probabilities(4, 3)),
        {"from_logits": True},
        terms=9,
    ),
    Case(
        "categorical_crossentropy",
        "logits rank 3",
        (normal(2, 2, 3), probabilities(2, 2, 3)),
        {"from_logits": True},
        terms=9,
        smooth=(0,),
    ),
    Case(
        "categorical_crossentropy",
        "logits far out",
        (np.array([[500.0, -500.0, 0.0]]), np.array([[0.2, 0.3, 0.5]])),
        {"from_logits": True},
        smooth=(),
    ),
    *(
        Case("sparse_categorical_crossentropy", label, (output, target), options, smooth=(0,), terms=9)
        for label, output, target, options in (
            ("int32", probabilities(4, 3), np.array([2, 0, 1, 1], "int32"), {}),
            ("a column", probabilities(4, 3), np.array([[2], [0], [1], [1]], "int32"), {}),
            ("floats", probabilities(4, 3), np.array([2.0, 0.0, 1.0, 1.0]), {}),
            ("rank 3", probabilities(2, 3, 4), integers(2, 3, low=0, high=4), {}),
            ("rank 3, a column", probabilities(2, 3, 4), integers(2, 3, 1, low=0, high=4), {}),
            ("logits", normal(4, 3), np.array([2, 0, 1, 1], "int64"), {"from_logits": True}),
            ("logits rank 3", normal(2, 3, 4), integers(2, 3, low=0, high=4), {"from_logits": True}),
        )
    ),
    Case(
        "sparse_categorical_crossentropy",
        "sure and wrong",
        (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1, 1], "int32")),
        smooth=(),
        dtypes=WIDE,
        terms=16,
    ),
    Case(
        "binary_crossentropy",
        "probabilities",
        (uniform(0.1, 0.9, 4, 3), uniform(0, 1, 4, 3, seed=1)),
        terms=4,
    ),
    Case(
        "binary_crossentropy",
        "zeros and ones",
        (uniform(0.1, 0.9, 4, 3), integers(4, 3, low=0, high=2).astype("float64")),
        terms=4,
    ),
    Case("binary_crossentropy", "vector", (uniform(0.1, 0.9, 5), uniform(0, 1, 5, seed=1)), terms=4),
    Case(
        "binary_crossentropy",
        "sure and wrong",
        (np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0])),
        smooth=(),
        dtypes=("float64",),
        terms=16,
    ),
    Case(
        "binary_crossentropy", "logits", (normal(4, 3), uniform(0, 1, 4, 3)), {"from_logits": True}, terms=4
    ),
    Case(
        "binary_crossentropy", "logits far out", (FAR, np.linspace(0, 1, 7)), {"from_logits": True}, smooth=()
    ),
    *(
        Case("in_top_k", f"{label}, k={k}", (scores, targets), {"k": k})
        for label, scores, targets in (
            ("distinct", apart(4, 5), np.array([0, 1, 4, 2], "int32")),
            ("ties", np.array([[0.1, 0.5, 0.5, 0.2], [0.5, 0.5, 0.5, 0.5]]), np.array([2, 3], "int32")),
            ("int64, outside", apart(3, 4), np.array([7, -1, 0], "int64")),
        )
        for k in (1, 2, 4)
    ),
]

NORMALISED = [
    Case("l2_normalize", "rows", (normal(3, 4),), {"axis": 1}, terms=4),
    Case("l2_normalize", "columns", (normal(3, 4),), {"axis": 0}, terms=3),
    Case("l2_normalize", "last axis of rank 3", (normal(2, 3, 4),), {"axis": -1}, terms=4),
    Case("l2_normalize", "vector", (normal(4),), {"axis": 0}, terms=4),
    Case(
        "l2_normalize",
        "a zero row",
        (np.array([[3.0, 4.0], [0.0, 0.0]]),),
        {"axis": 1},
        smooth=(),
        dtypes=WIDE,
    ),
    *(
        Case(
            "batch_normalization",
            label,
            (
                normal(*shape),
                normal(*size, seed=1),
                positive(*size, seed=2),
                normal(*size, seed=3),
                positive(*size, seed=4),
            ),
            options,
            unknown=False,
            terms=4,
            scale=4,
        )
        for label, shape, size, options in (
            ("vector of means", (4, 3), (3,), {}),
            ("rank 4", (2, 1, 2, 3), (3,), {}),
            ("wide means", (2, 3, 2), (1, 3, 1), {}),
            ("epsilon", (4, 3), (3,), {"epsilon": 0.1}),
        )
    ),
    *(
        Case(
            "normalize_batch_in_training",
            f"{'x'.join(map(str, shape))} axes {axes}",
            (normal(*shape), positive(*size), normal(*size, seed=1)),
            {"reduction_axes": axes, **options},
            build=lambda K, x, gamma, beta, axes=axes, options=options: K.normalize_batch_in_training(
                x, gamma, beta, axes, **options
            ),
            unknown=False,
            terms=24,
            scale=2,
        )
        for shape, size, axes, options in (
            ((6, 3), (3,), [0], {}),
            ((4, 3, 2), (2,), [0, 1], {}),
            ((4, 3, 2), (3,), [0, -1], {}),
            ((3, 2, 2, 2), (2,), [0, 1, 2], {"epsilon": 0.01}),
            ((3, 2, 2, 2), (2,), [0, 2, 3], {}),
        )
    ),
]

CASES = ACTIVATIONS + CLASSES + NORMALISED
