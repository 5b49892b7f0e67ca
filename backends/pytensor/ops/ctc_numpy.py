"""Connectionist temporal classification in NumPy: the loss with its derivative, and greedy decoding.

All samples of a batch go through the time steps together. The states of a sample are its labels with a blank
before, between and behind them; state 0 doubles as the start, since a blank may come first or not.
"""

from __future__ import annotations

import numpy as np


def check_lengths(where: str, lengths: np.ndarray, samples: int, most: int, name: str) -> None:
    """Whether there is a length for each sample, from 0 to `most`.

    Raises:
        ValueError: if not; it names the sample.
    """
    if lengths.shape != (samples,):
        raise ValueError(f"{where}: {name} must have the shape ({samples}, 1), got {len(lengths)} samples.")
    wrong = np.flatnonzero((lengths < 0) | (lengths > most))
    if wrong.size:
        raise ValueError(
            f"{where}: {name} must be from 0 to {most}, got {lengths[wrong[0]]} for sample {wrong[0]}."
        )


def check_labels(where: str, labels: np.ndarray, counts: np.ndarray, classes: int) -> None:
    """Whether the first `counts` labels of each sample are classes other than the blank, the last one.

    Raises:
        ValueError: if not; it names the label.
    """
    meant = np.arange(labels.shape[1]) < counts[:, None]
    wrong = np.argwhere(meant & ((labels < 0) | (labels >= classes - 1)))
    if wrong.size:
        sample, place = wrong[0]
        raise ValueError(
            f"{where}: a label must be a class from 0 to {classes - 2} (class {classes - 1} is the blank), "
            f"got {labels[sample, place]} for sample {sample}."
        )


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of the softmax along the last axis, in float64."""
    shifted = logits.astype("float64") - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class Lattice:
    """The states of all samples and how likely each is to emit what it stands for.

    Args:
        log_probs: logarithms of probabilities, (samples, time, classes).
        labels: classes, (samples, labels).
        counts: how many labels each sample has; the rest is padding.

    Attributes:
        classes: the class of each state, (samples, states).
        emitted: log-probability of that class, (time, samples, states).
        skip: 0 where a state may be left for the next but one, else -inf, (samples, states - 2).
        ends: 0 for the states that a sample may end in, else -inf, (samples, states).
    """

    def __init__(self, log_probs: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> None:
        samples, _, classes = log_probs.shape
        meant = np.arange(labels.shape[1]) < counts[:, None]
        self.classes = np.full((samples, 2 * labels.shape[1] + 1), classes - 1)
        self.classes[:, 1::2] = np.where(meant, labels, 0)
        states = np.arange(self.classes.shape[1])
        self.emitted = np.take_along_axis(log_probs, self.classes[:, None, :], axis=2).transpose(1, 0, 2)
        different = self.classes[:, 2:] != self.classes[:, :-2]
        self.skip = np.where(different & (states[2:] % 2 == 1), 0.0, -np.inf)
        last = 2 * counts[:, None]
        self.ends = np.where((states == last) | (states == last - 1), 0.0, -np.inf)

    def forward(self, frames: np.ndarray) -> np.ndarray:
        """For each time step the log-probability of all ways to be in a state then: (time, samples, states).

        A sample stays as it is after its last frame.
        """
        steps, samples, states = self.emitted.shape
        result = np.empty((steps, samples, states))
        before = np.full((samples, states), -np.inf)
        before[:, 0] = 0.0
        for step in range(steps):
            after = result[step]
            after[:] = before
            np.logaddexp(after[:, 1:], before[:, :-1], out=after[:, 1:])
            np.logaddexp(after[:, 2:], before[:, :-2] + self.skip, out=after[:, 2:])
            after += self.emitted[step]
            ended = step >= frames
            after[ended] = before[ended]
            before = after
        return result

    def backward(self, frames: np.ndarray) -> np.ndarray:
        """For each time step the log-probability of all that may follow a state until the last frame."""
        result = np.empty_like(self.emitted)
        after = self.ends
        for step in reversed(range(len(result))):
            before = result[step]
            if step + 1 < len(result):
                before[:] = after + self.emitted[step + 1]
                following = before.copy()
                np.logaddexp(before[:, :-1], following[:, 1:], out=before[:, :-1])
                np.logaddexp(before[:, :-2], following[:, 2:] + self.skip, out=before[:, :-2])
            last = step >= frames - 1
            before[last] = self.ends[last]
            after = before
        return result


def loss(
    logits: np.ndarray,
    labels: np.ndarray,
    frames: np.ndarray,
    counts: np.ndarray,
    with_gradient: bool,
) -> tuple[np.ndarray, np.ndarray | None]:
    """The negative log-likelihood of each sample, and its derivative by the logits.

    Args:
        logits: the input of a softmax, (samples, time, classes); the last class is the blank.
        labels: (samples, labels).
        frames: how many time steps of each sample count.
        counts: how many labels.
        with_gradient: whether the derivative is wanted.

    Returns:
        The losses, infinite where no path gives the labels, and the derivative: 0 for such samples and for
        time steps that do not count. None if it is not wanted. Both in the type of `logits`.
    """
    samples = np.arange(len(logits))
    steps = int(frames.max(initial=0))
    log_probs = log_softmax(logits[:, :steps])
    lattice = Lattice(log_probs, labels, counts)
    forward = lattice.forward(frames)
    if steps:
        last = forward[-1]
    else:
        last = np.full(lattice.ends.shape, -np.inf)
        last[:, 0] = 0.0
    likelihood = np.logaddexp.reduce(last + lattice.ends, axis=1)
    losses = (-likelihood).astype(logits.dtype)
    if not with_gradient:
        return losses, None
    possible = likelihood > -np.inf
    occupied = forward + lattice.backward(frames)
    occupied -= np.where(possible, likelihood, 0.0)[:, None]
    np.exp(occupied, out=occupied)
    derivative = np.exp(log_probs)
    derivative[:, :, -1] -= occupied[:, :, ::2].sum(axis=2).T
    for state in range(1, occupied.shape[2], 2):
        derivative[samples, :, lattice.classes[:, state]] -= occupied[:, :, state].T
    derivative[(np.arange(steps) >= frames[:, None]) | ~possible[:, None]] = 0.0
    result = np.zeros(logits.shape, logits.dtype)
    result[:, :steps] = derivative
    return losses, result


def greedy(scores: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The labels of the best class of each time step, equal neighbours merged and blanks left out.

    Args:
        scores: (samples, time, classes); the last class is the blank.
        frames: how many time steps of each sample count.

    Returns:
        The labels, -1 behind the last one (samples, time); their number; and the negative sum of the best
        scores (samples,).
    """
    counted = np.arange(scores.shape[1]) < frames[:, None]
    best = scores.argmax(axis=2)
    kept = counted & (best != scores.shape[2] - 1)
    kept[:, 1:] &= best[:, 1:] != best[:, :-1]
    labels = np.full(best.shape, -1, "int64")
    labels[np.nonzero(kept)[0], (np.cumsum(kept, axis=1) - 1)[kept]] = best[kept]
    total = np.where(counted, scores.max(axis=2), 0).sum(axis=1, dtype="float64")
    return labels, kept.sum(axis=1), -total.astype(scores.dtype)
