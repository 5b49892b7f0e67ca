"""Connectionist temporal classification by its definition: all paths, one after another."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .math import cast


def _spelled(path: Sequence[int], blank: int) -> tuple[int, ...]:
    """What a path stands for: equal neighbours are one, blanks are left out."""
    return tuple(k for k, _ in itertools.groupby(path) if k != blank)


def _labellings(probabilities: np.ndarray) -> dict[tuple[int, ...], float]:
    """The probability of each labelling, given those of the classes (time, classes)."""
    steps, classes = probabilities.shape
    found: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(classes), repeat=steps):
        found[_spelled(path, classes - 1)] += float(
            np.prod([probabilities[t, k] for t, k in enumerate(path)])
        )
    return found


def _scaled(y_pred: np.ndarray, frames: int) -> np.ndarray:
    rows = y_pred[:frames] + 1e-8
    return rows / rows.sum(axis=1, keepdims=True)


def _ints(lengths: Any) -> list[int]:
    return [int(each) for each in np.ravel(lengths)]


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> np.ndarray:
    costs = []
    for labels, rows, frames, count in zip(
        y_true, y_pred, _ints(input_length), _ints(label_length), strict=True
    ):
        wanted = tuple(int(k) for k in labels[:count])
        likelihood = _labellings(_scaled(rows, frames)).get(wanted, 0.0)
        costs.append([-np.log(likelihood) if likelihood else np.inf])
    return np.array(costs)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[np.ndarray], np.ndarray]:
    """A beam of unlimited width: the most probable ones of all labellings."""
    found: list[list[tuple[tuple[int, ...], float]]] = []
    for rows, frames in zip(y_pred, _ints(input_length), strict=True):
        if greedy:
            best = rows[:frames].argmax(axis=1)
            score = -np.log(rows[:frames].max(axis=1, initial=0) + 1e-8).sum() if frames else 0.0
            found.append([(_spelled(best, rows.shape[1] - 1), float(score))])
        else:
            every = _labellings(_scaled(rows, frames)).items()
            ranked = sorted(every, key=lambda item: -item[1])[:top_paths]
            found.append([(labels, float(np.log(likelihood))) for labels, likelihood in ranked])
    matrices = []
    for ranks in zip(*found, strict=True):
        longest = max(len(labels) for labels, _ in ranks)
        matrices.append(np.array([labels + (-1,) * (longest - len(labels)) for labels, _ in ranks], "int64"))
    return matrices, np.array([[score for _, score in sample] for sample in found])


def ctc_label_dense_to_sparse(labels: np.ndarray, label_lengths: Any) -> np.ndarray:
    """As a dense matrix, zeros where nothing is held."""
    result = np.zeros_like(labels)
    for row, (given, count) in enumerate(zip(labels, _ints(label_lengths), strict=True)):
        result[row, :count] = given[:count]
    return result


def ctc_interleave_blanks(Y: np.ndarray) -> np.ndarray:
    whole = Y if Y.dtype.kind == "i" else cast(Y, "int32")
    return np.array([-1, *itertools.chain.from_iterable((k, -1) for k in whole)], whole.dtype)


def ctc_create_skip_idxs(Y: np.ndarray) -> np.ndarray:
    return np.array([s for s in range(1, len(Y) - 3, 2) if Y[s] != Y[s + 2]], "int32")


def _ways(state: int, skips: Sequence[int], states: int) -> list[int]:
    """The states that may follow one."""
    following = [state, state + 1, *([state + 2] if state in skips else [])]
    return [each for each in following if each < states]


def ctc_update_log_p(
    skip_idxs: Any, zeros: np.ndarray, active: Any, log_p_curr: np.ndarray, log_p_prev: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    sums = np.zeros(len(zeros))
    for state in range(int(active)):
        for following in _ways(state, list(skip_idxs), len(zeros)):
            sums[following] += np.exp(log_p_prev[state])
    reached = sums > 0
    after = np.array(zeros)
    after[reached] = np.log(sums[reached]) + log_p_curr[reached]
    return np.array(reached.sum(), "int32"), after


def _walks(steps: int, states: int, skips: Sequence[int]) -> Iterator[list[int]]:
    """All ways through the states: from one of the first two to one of the last two."""

    def onwards(walk: list[int]) -> Iterator[list[int]]:
        if len(walk) == steps:
            if walk[-1] >= states - 2:
                yield walk
            return
        for following in _ways(walk[-1], skips, states):
            yield from onwards([*walk, following])

    for first in range(min(2, states)):
        yield from onwards([first])


def ctc_path_probs(predict: np.ndarray, Y: np.ndarray, alpha: float = 1e-4) -> tuple[np.ndarray, np.ndarray]:
    emitted = (1 - alpha) * predict[:, [int(k) for k in Y]] + alpha / len(Y)
    sums = np.zeros(emitted.shape)
    for walk in _walks(len(predict), len(Y), list(ctc_create_skip_idxs(Y))):
        likelihood = np.prod([emitted[t, s] for t, s in enumerate(walk)])
        for t, s in enumerate(walk):
            sums[t, s] += likelihood
    reached = sums > 0
    return np.where(reached, np.log(np.where(reached, sums, 1)), -np.inf), reached


def ctc_cost(predict: np.ndarray, Y: np.ndarray) -> np.ndarray:
    log_probs, _ = ctc_path_probs(predict, ctc_interleave_blanks(Y))
    return np.array(-np.log(np.exp(log_probs[0]).sum()) if np.isfinite(log_probs).any() else np.inf)
