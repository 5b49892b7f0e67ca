"""How Numba compiles connectionist temporal classification. Imported only when something is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .ctc import DECODE, LOSS, BeamDecode, CTCLoss, GreedyDecode, too_few
from .ctc_beam import beam_search

VERSION = 1
_search = numba_njit(beam_search)


@numba_njit
def _log_softmax(scores, log_probs):
    """Writes the logarithms of the softmax of each row of `scores`."""
    steps, classes = log_probs.shape
    for step in range(steps):
        largest = -np.inf
        for k in range(classes):
            largest = max(largest, np.float64(scores[step, k]))
        total = 0.0
        for k in range(classes):
            log_probs[step, k] = scores[step, k] - largest
            total += np.exp(log_probs[step, k])
        shift = np.log(total)
        for k in range(classes):
            log_probs[step, k] -= shift


@numba_njit
def _add(a, b):
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == -np.inf else a + np.log1p(np.exp(b - a))


@numba_njit
def _check_lengths(where, name, lengths, samples, most):
    if len(lengths) != samples:
        raise ValueError(f"{where}: {name} must have the shape ({samples}, 1), got {len(lengths)} samples.")
    for sample in range(samples):
        if lengths[sample] < 0 or lengths[sample] > most:
            raise ValueError(
                f"{where}: {name} must be from 0 to {most}, got {lengths[sample]} for sample {sample}."
            )


@numba_njit
def _check_labels(where, labels, counts, classes):
    for sample in range(len(labels)):
        for place in range(counts[sample]):
            label = labels[sample, place]
            if label < 0 or label >= classes - 1:
                raise ValueError(
                    f"{where}: a label must be a class from 0 to {classes - 2} (class {classes - 1} is the "
                    f"blank), got {label} for sample {sample}."
                )


@numba_njit
def _may_skip(state, states, labels):
    """Whether `state` may be left for the next but one: both stand for labels, and different ones."""
    return state % 2 == 1 and state + 2 < states and labels[state // 2] != labels[state // 2 + 1]


@numba_njit
def _sample(log_probs, labels, gradient):
    """The loss of one sample; its derivative is written to `gradient` unless that has no rows."""
    steps, classes = log_probs.shape
    states = 2 * len(labels) + 1
    blank = classes - 1
    none = -np.inf
    forward = np.full((steps + 1, states), none)
    forward[0, 0] = 0.0
    for step in range(steps):
        # States further on cannot be reached yet; from those further back the end is out of reach.
        first = max(0, states - 2 * (steps - step))
        for state in range(first, min(states, 2 * step + 2)):
            ways = forward[step, state]
            if state > 0:
                ways = _add(ways, forward[step, state - 1])
            if state > 1 and _may_skip(state - 2, states, labels):
                ways = _add(ways, forward[step, state - 2])
            k = labels[state // 2] if state % 2 else blank
            forward[step + 1, state] = ways + log_probs[step, k]
    likelihood = forward[steps, states - 1]
    if states > 1:
        likelihood = _add(likelihood, forward[steps, states - 2])
    if len(gradient) == 0:
        return -likelihood
    gradient[:] = 0
    if likelihood == none:
        return -likelihood
    after = np.full(states, none)
    after[max(0, states - 2) :] = 0.0
    before = np.full(states, none)
    occupied = np.empty(classes)
    for step in range(steps - 1, -1, -1):
        if step < steps - 1:
            for state in range(states):
                k = labels[state // 2] if state % 2 else blank
                before[state] = after[state] + log_probs[step + 1, k]
            for state in range(states):
                ways = before[state]
                if state + 1 < states:
                    ways = _add(ways, before[state + 1])
                if _may_skip(state, states, labels):
                    ways = _add(ways, before[state + 2])
                after[state] = ways
        occupied[:] = 0.0
        for state in range(states):
            k = labels[state // 2] if state % 2 else blank
            occupied[k] += np.exp(forward[step + 1, state] + after[state] - likelihood)
        for k in range(classes):
            gradient[step, k] = np.exp(log_probs[step, k]) - occupied[k]
    return -likelihood


@register_funcify_default_op_cache_key(CTCLoss)
def _loss(op: CTCLoss, node: Any, **kwargs: Any) -> Any:
    with_gradient = op.with_gradient

    @numba_njit
    def losses_and_gradient(logits, labels, frames, counts):
        samples, steps, classes = logits.shape
        if len(labels) != samples:
            raise ValueError(f"{LOSS}: y_pred holds {samples} samples, y_true {len(labels)}.")
        _check_lengths(LOSS, "input_length", frames, samples, steps)
        _check_lengths(LOSS, "label_length", counts, samples, labels.shape[1])
        _check_labels(LOSS, labels, counts, classes)
        losses = np.empty(samples, logits.dtype)
        gradient = np.zeros(logits.shape if with_gradient else (samples, 0, 0), logits.dtype)
        log_probs = np.empty((steps, classes))
        for sample in range(samples):
            count = frames[sample]
            rows = log_probs[:count]
            _log_softmax(logits[sample], rows)
            losses[sample] = _sample(rows, labels[sample, : counts[sample]], gradient[sample, :count])
        return losses, gradient

    if with_gradient:
        return losses_and_gradient, VERSION

    @numba_njit
    def losses_alone(logits, labels, frames, counts):
        return losses_and_gradient(logits, labels, frames, counts)[0]

    return losses_alone, VERSION


@register_funcify_default_op_cache_key(GreedyDecode)
def _greedy(op: GreedyDecode, node: Any, **kwargs: Any) -> Any:
    @numba_njit
    def greedy(scores, frames):
        samples, steps, classes = scores.shape
        _check_lengths(DECODE, "input_length", frames, samples, steps)
        labels = np.full((1, samples, steps), -1)
        lengths = np.zeros((1, samples), np.int64)
        totals = np.empty((samples, 1), scores.dtype)
        for sample in range(samples):
            total, previous, count = 0.0, classes - 1, 0
            for step in range(frames[sample]):
                row = scores[sample, step]
                best = np.argmax(row)
                total -= row[best]
                if best != previous and best != classes - 1:
                    labels[0, sample, count] = best
                    count += 1
                previous = best
            lengths[0, sample] = count
            totals[sample, 0] = total
        return labels, lengths, totals

    return greedy, VERSION


@register_funcify_default_op_cache_key(BeamDecode)
def _beam(op: BeamDecode, node: Any, **kwargs: Any) -> Any:
    width, paths = op.width, op.paths
    message = too_few(paths, "each sample", "fewer for some")

    @numba_njit
    def beam(scores, frames):
        samples, steps, classes = scores.shape
        _check_lengths(DECODE, "input_length", frames, samples, steps)
        labels = np.full((paths, samples, steps), -1)
        lengths = np.zeros((paths, samples), np.int64)
        found = np.empty((samples, paths))
        log_probs = np.empty((steps, classes))
        for sample in range(samples):
            rows = log_probs[: frames[sample]]
            _log_softmax(scores[sample], rows)
            if _search(rows, width, labels[:, sample], lengths[:, sample], found[sample]) < paths:
                raise ValueError(message)
        return labels, lengths, found.astype(scores.dtype)

    return beam, VERSION
