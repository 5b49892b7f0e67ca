"""Prefix beam search for connectionist temporal classification (Graves, 2012, section 7.5).

Written so that Numba can compile it as it stands: numba_ctc.py does.
"""

from __future__ import annotations

import heapq

import numpy as np


def beam_search(
    log_probs: np.ndarray, width: int, paths: np.ndarray, lengths: np.ndarray, scores: np.ndarray
) -> int:
    """The most probable labellings of one sample, the most probable first.

    A node stands for a beginning of the labels, its parent for the same without the last one. Of each node on
    the beam the log-probabilities of all ways found so far to emit it are known, by what came last: its last
    label, or a blank. In a time step first the nodes of the beam stay as they are; then each of them, the
    most probable first, grows by one label. What falls off the beam loses its place at once, and a node that
    then fails to come back as the child of another does not grow itself in that step. These are the rules of
    TensorFlow's decoder: both find the same labellings.

    Args:
        log_probs: logarithms of probabilities, (time, classes), of the time steps that count; the last class
            is the blank.
        width: how many nodes the beam keeps.
        paths: (wanted, time); is filled with labels, -1 behind the last one.
        lengths: (wanted,); is filled with the number of labels.
        scores: (wanted,); is filled with log-probabilities.

    Returns:
        How many labellings there are on the beam, `width` at most; all are filled in if that is enough.
    """
    steps, classes = log_probs.shape
    blank = classes - 1
    none = -np.inf
    parent = [-1]
    label = [-1]
    first_child = [-1]
    next_sibling = [-1]
    total, by_blank, by_label = [0.0], [0.0], [none]
    old_total, old_blank = [none], [none]
    beam = [(0.0, 0)]
    child_of = np.full(classes, -1)
    for step in range(steps):
        emitted = log_probs[step]
        branches = [(-probability, node) for probability, node in beam]
        branches.sort()
        for _, node in branches:
            old_total[node] = total[node]
            old_blank[node] = by_blank[node]
        beam = [(0.0, 0) for _ in range(0)]
        for _, node in branches:
            above = parent[node]
            if above >= 0:
                last = label[node]
                if total[above] > none:
                    before = old_blank[above] if last == label[above] else old_total[above]
                    by_label[node] = np.logaddexp(by_label[node], before)
                by_label[node] += emitted[last]
            by_blank[node] = old_total[node] + emitted[blank]
            total[node] = np.logaddexp(by_blank[node], by_label[node])
            heapq.heappush(beam, (total[node], node))
        for _, node in branches:
            limit = beam[0][0] if len(beam) == width else none
            if old_total[node] <= limit:
                continue
            grown = emitted[:blank] + old_total[node]
            if label[node] >= 0:
                grown[label[node]] = emitted[label[node]] + old_blank[node]
            promising = grown > limit
            child = first_child[node]
            while child >= 0:
                child_of[label[child]] = child
                promising[label[child]] = True
                child = next_sibling[child]
            for k in np.nonzero(promising)[0]:
                child = child_of[k]
                child_of[k] = -1
                if child >= 0 and total[child] > none:
                    continue
                limit = beam[0][0] if len(beam) == width else none
                if grown[k] <= limit:
                    if child >= 0:
                        old_total[child] = none
                    continue
                if child < 0:
                    child = len(parent)
                    parent.append(node)
                    label.append(int(k))
                    first_child.append(-1)
                    next_sibling.append(first_child[node])
                    first_child[node] = child
                    total.append(none)
                    by_blank.append(none)
                    by_label.append(none)
                    old_total.append(none)
                    old_blank.append(none)
                total[child] = by_label[child] = grown[k]
                by_blank[child] = none
                if len(beam) == width:
                    dropped = beam[0][1]
                    heapq.heapreplace(beam, (total[child], child))
                    total[dropped] = by_blank[dropped] = by_label[dropped] = none
                else:
                    heapq.heappush(beam, (total[child], child))
    branches = [(-probability, node) for probability, node in beam]
    branches.sort()
    if len(branches) < len(scores):
        return len(branches)
    for rank in range(len(scores)):
        score, node = branches[rank]
        scores[rank] = -score
        count = 0
        end = node
        while parent[end] >= 0:
            count += 1
            end = parent[end]
        lengths[rank] = count
        paths[rank] = -1
        for place in range(count - 1, -1, -1):
            paths[rank, place] = label[node]
            node = parent[node]
    return len(branches)
