"""Connectionist temporal classification: costs, decoding, and paths through the states of a labelling.

All paths are counted by the oracle, so there are few time steps and classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import oracle
from ..case import Case
from .nn import WIDE
from .values import normal, probabilities

SURE = np.array(
    [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]]
)  # without 1e-8 its logarithms are not finite


def column(*lengths: int) -> np.ndarray:
    return np.array(lengths, "int32")[:, None]


def cost(
    label: str, labels: Any, shape: tuple[int, ...], frames: np.ndarray, counts: np.ndarray, **options: Any
) -> Case:
    """The cost of a batch; `shape` is that of the predictions."""
    arrays = (np.array(labels), probabilities(*shape), frames, counts)
    given: dict[str, Any] = {"smooth": (1,), "dtypes": WIDE, "terms": 4 * shape[1], "scale": 3, **options}
    return Case("ctc_batch_cost", label, arrays, **given)


def decoded(label: str, predictions: np.ndarray, frames: np.ndarray, **options: Any) -> Case:
    def build(K: Any, y_pred: Any, lengths: Any) -> list[Any]:
        matrices, scores = K.ctc_decode(y_pred, lengths, **options)
        return [*matrices, scores]

    def wanted(y_pred: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
        matrices, scores = oracle.ctc_decode(y_pred, lengths, **options)
        return [*matrices, scores]

    # TensorFlow's beam search adds up in single precision, whatever the dtype.
    dtypes = WIDE if options.get("greedy", True) else ("float32",)
    terms = 4 * predictions.shape[1]
    return Case(
        "ctc_decode", label, (predictions, frames), {}, build, wanted, (), dtypes, terms, 3, settles=False
    )


def sparse(label: str, labels: np.ndarray, lengths: np.ndarray) -> Case:
    def build(K: Any, dense: Any, counts: Any) -> Any:
        result = K.ctc_label_dense_to_sparse(dense, counts)
        assert K.is_sparse(result)
        return K.to_dense(result)

    return Case(
        "ctc_label_dense_to_sparse",
        label,
        (labels, lengths),
        build=build,
        wanted=oracle.ctc_label_dense_to_sparse,
        smooth=(),
        dtypes=WIDE,
        settles=False,
    )


def update(label: str, skips: list[int], active: int, states: int) -> Case:
    arrays = (np.array(skips, "int32"), np.array(active, "int32"), normal(states), normal(states, seed=1))
    return Case(
        "ctc_update_log_p",
        label,
        arrays,
        build=lambda K, skips, active, now, before: K.ctc_update_log_p(
            skips, K.zeros_like(now), active, now, before
        )[1],
        wanted=lambda skips, active, now, before: oracle.ctc_update_log_p(
            skips, np.zeros(states), active, now, before
        )[1],
        terms=8,
        smooth=(2, 3),
        dtypes=WIDE,
        unknown=False,
    )


def paths(label: str, steps: int, labels: list[int], dtype: str = "int32", **options: Any) -> Case:
    spelled = oracle.ctc_interleave_blanks(np.array(labels, "int32")).astype(dtype)
    return Case(
        "ctc_path_probs",
        label,
        (probabilities(steps, 4), spelled),
        options,
        build=lambda K, predict, Y: [
            K.ctc_path_probs(predict, Y, **options)[0],
            K.cast(K.ctc_path_probs(predict, Y, **options)[1], "int32"),
        ],
        wanted=lambda predict, Y: [
            oracle.ctc_path_probs(predict, Y, **options)[0],
            oracle.ctc_path_probs(predict, Y, **options)[1].astype("int32"),
        ],
        terms=6 * steps,
        scale=3,
        smooth=(),
        dtypes=WIDE,
    )


COSTS = [
    cost("two samples", [[0, 1], [2, 1]], (2, 4, 4), column(4, 4), column(2, 2)),
    cost("labels are floats", [[0.0, 1.0], [2.0, 1.0]], (2, 4, 4), column(4, 4), column(2, 2)),
    cost("int64", np.array([[0, 1], [2, 1]]), (2, 4, 4), column(4, 4), column(2, 2)),
    cost("short inputs", np.array([[0, 1], [1, 0]], "int32"), (2, 5, 3), column(2, 4), column(2, 1)),
    cost("repeated", np.array([[1, 1], [0, 0]], "int32"), (2, 4, 3), column(4, 3), column(2, 2)),
    cost("lengths (samples,)", [[0, 1], [1, 0]], (2, 4, 3), np.array([4, 3]), np.array([2, 1])),
    cost("lengths are floats", [[0, 1]], (1, 4, 3), np.array([[3.0]]), np.array([[2.0]])),
    cost("padded by -1", [[0, -1, -1], [1, 1, -1]], (2, 4, 3), column(4, 4), column(1, 2)),
    cost("padded by what is no class", [[0, 99]], (1, 3, 3), column(3), column(1)),
    cost("no labels", [[0, 1], [0, 1]], (2, 3, 3), column(3, 2), column(0, 1)),
    cost("no time steps", [[0, 1], [0, 1]], (2, 3, 3), column(0, 3), column(0, 2)),
    cost("one label, one time step", [[0]], (1, 1, 2), column(1), column(1)),
    cost("just enough time", [[0, 0, 1]], (1, 4, 3), column(4), column(3)),
    cost("too long", [[0, 1, 0], [0, 1, 0]], (2, 3, 3), column(2, 3), column(3, 3), smooth=()),
    cost("too long by a repetition", [[0, 0], [0, 1]], (2, 3, 3), column(2, 3), column(2, 2), smooth=()),
    Case(
        "ctc_batch_cost",
        "sure and wrong",
        (np.array([[1, 0]]), SURE, column(3), column(2)),
        smooth=(),
        dtypes=WIDE,
        terms=64,
        scale=20,
    ),
    Case(
        "ctc_batch_cost",
        "not scaled",
        (np.array([[1, 0]]), 3 * probabilities(1, 4, 3), column(4), column(2)),
        smooth=(1,),
        dtypes=WIDE,
        terms=16,
        scale=3,
    ),
]

DECODED = [
    decoded("greedy", probabilities(3, 6, 4), column(6, 6, 6)),
    decoded("greedy, short", probabilities(3, 6, 4), np.array([6, 3, 0])),
    decoded("greedy, nothing", np.array([[[0.1, 0.9], [0.2, 0.8]]]), column(2)),
    decoded("greedy, repeated", np.eye(3)[None, [0, 0, 2, 0, 1, 1, 2, 2, 1]] * 0.8 + 0.05, column(9)),
    decoded("beam", probabilities(3, 5, 3), column(5, 5, 5), greedy=False),
    decoded("beam, short", probabilities(2, 5, 4), np.array([3, 5]), greedy=False),
    decoded("beam, three paths", probabilities(2, 5, 3), column(5, 4), greedy=False, top_paths=3),
    decoded("beam, sure", SURE * 0.9 + 1 / 30, column(3), greedy=False, beam_width=50, top_paths=2),
]

STATES = [
    sparse("int32", np.array([[3, 0, 2], [1, 1, 9], [0, 9, 9]], "int32"), np.array([3, 2, 0], "int32")),
    sparse("column of lengths", np.array([[3, 0], [1, 1]], "int64"), column(1, 2)),
    sparse("floats", np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([1, 2])),
    Case("ctc_interleave_blanks", "int32", (np.array([2, 0, 0, 1], "int32"),)),
    Case("ctc_interleave_blanks", "one", (np.array([2], "int32"),)),
    Case("ctc_interleave_blanks", "none", (np.zeros(0, "int32"),)),
    Case("ctc_interleave_blanks", "floats", (np.array([2.0, 0.0]),), smooth=()),
    Case("ctc_create_skip_idxs", "repeated", (np.array([-1, 2, -1, 2, -1, 0, -1, 1, -1]),), settles=False),
    Case("ctc_create_skip_idxs", "one label", (np.array([-1, 2, -1], "int32"),), settles=False),
    Case("ctc_create_skip_idxs", "no label", (np.array([-1], "int32"),), settles=False),
    update("the first step", [1, 3], 1, 7),
    update("in the middle", [1, 5], 3, 7),
    update("past the end", [1, 3], 6, 7),
    update("no skips", [], 2, 5),
    Case(
        "ctc_update_log_p",
        "how many",
        (np.array([1, 3], "int32"), np.array(2, "int32"), normal(7)),
        build=lambda K, skips, active, x: K.ctc_update_log_p(skips, K.zeros_like(x), active, x, x)[0],
        wanted=lambda skips, active, x: np.array(4, "int32"),
        smooth=(),
        unknown=False,
    ),
    paths("two labels", 5, [2, 0]),
    paths("repeated", 4, [2, 2]),
    paths("no label", 3, []),
    paths("too short", 2, [1, 1]),
    paths("alpha", 4, [0, 1], alpha=0.2),
    paths("no alpha, floats", 4, [0, 1], "float64", alpha=0.0),
    *(
        Case(
            "ctc_cost",
            label,
            (probabilities(steps, 4), np.array(labels)),
            smooth=smooth,
            dtypes=WIDE,
            terms=32,
        )
        for label, steps, labels, smooth in (
            ("two labels", 5, [2, 0], (0,)),
            ("repeated", 5, [1, 1], (0,)),
            ("floats", 4, [1.0, 0.0], (0,)),
            ("no label", 3, np.zeros(0, "int32"), (0,)),
            ("too short", 2, [0, 0], ()),
        )
    ),
]

CASES = COSTS + DECODED + STATES
