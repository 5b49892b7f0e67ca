"""Connectionist temporal classification (Graves et al., 2006) as operations of PyTensor.

The classes of a time step lie along the last axis, the blank is the last of them. What is wrong with the data
(a label that is no class, a length beyond the axis) is an error when the operation runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.mode import optdb
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter

from ..versions import SizedOp
from .ctc_beam import beam_search
from .ctc_numpy import check_labels, check_lengths, greedy, log_softmax, loss

LOSS = "ctc_batch_cost"
DECODE = "ctc_decode"


def too_few(wanted: int, samples: str, got: str) -> str:
    """The message that a beam holds fewer labellings than are wanted."""
    return (
        f"{DECODE}: wanted {wanted} paths (top_paths) for {samples}, got {got}: so few labellings are "
        "possible. Ask for fewer."
    )


def _scores(where: str, scores: Any) -> Any:
    scores = pt.as_tensor_variable(scores)
    if scores.ndim != 3 or scores.dtype not in ("float32", "float64"):
        raise TypeError(
            f"{where}: wanted scores (samples, time, classes) of float32 or float64, got {scores.type}."
        )
    return scores


def _integers(where: str, x: Any, rank: int) -> Any:
    x = pt.as_tensor_variable(x)
    if x.ndim != rank or not x.dtype.startswith(("int", "uint")):
        raise TypeError(f"{where}: wanted integers with {rank} axes, got {x.type}.")
    return x if x.dtype == "int64" else pt.cast(x, "int64")


class CTCLoss(SizedOp):
    """From logits, labels, and how much counts of either: negative log-likelihoods, and their derivatives.

    Inputs: logits (samples, time, classes), the input of a softmax; labels (samples, labels); the numbers of
    time steps and of labels that count, each (samples,). Outputs: the losses (samples,), infinite where
    the labels need more time steps than there are; with `with_gradient` also their derivatives by the logits,
    which are 0 there.
    """

    __props__ = ("with_gradient",)

    def __init__(self, with_gradient: bool = True) -> None:
        self.with_gradient = with_gradient

    def make_node(self, *inputs: Any) -> Apply:
        logits, labels, frames, counts = inputs
        logits = _scores(LOSS, logits)
        labels = _integers(LOSS, labels, 2)
        frames, counts = _integers(LOSS, frames, 1), _integers(LOSS, counts, 1)
        known = [x.type.shape[0] for x in (logits, labels, frames, counts)]
        samples = next((size for size in known if size is not None), None)
        outputs = [pt.tensor(dtype=logits.dtype, shape=(samples,))]
        if self.with_gradient:
            outputs.append(pt.tensor(dtype=logits.dtype, shape=logits.type.shape))
        return Apply(self, [logits, labels, frames, counts], outputs)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        logits, labels, frames, counts = inputs
        samples, steps, classes = logits.shape
        if len(labels) != samples:
            raise ValueError(f"{LOSS}: y_pred holds {samples} samples, y_true {len(labels)}.")
        check_lengths(LOSS, frames, samples, steps, "input_length")
        check_lengths(LOSS, counts, samples, labels.shape[1], "label_length")
        check_labels(LOSS, labels, counts, classes)
        losses, gradient = loss(logits, labels, frames, counts, self.with_gradient)
        output_storage[0][0] = losses
        if self.with_gradient:
            output_storage[1][0] = gradient

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        shape = input_shapes[0]
        return [(shape[0],), shape][: len(node.outputs)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True] * len(node.outputs)] + [[False] * len(node.outputs)] * 3

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        if len(outputs) > 1 and not isinstance(output_grads[1].type, DisconnectedType):
            raise NotImplementedError(
                f"{LOSS}: there is no second derivative of the CTC loss. Take the gradient of something else."
            )
        gradient = outputs[1] if len(outputs) > 1 else CTCLoss().make_node(*inputs).outputs[1]
        by_logits = gradient * pt.expand_dims(output_grads[0], (1, 2))
        return [by_logits, *(disconnected_type() for _ in inputs[1:])]


class _Decode(SizedOp):
    """What the decoders have in common.

    Inputs: scores (samples, time, classes) and the number of time steps that count (samples,). Outputs: the
    labels, -1 behind the last one (paths, samples, time); their numbers (paths, samples); and a score of each
    path (samples, paths).
    """

    __props__: tuple[str, ...] = ()
    paths = 1

    def make_node(self, *inputs: Any) -> Apply:
        scores = _scores(DECODE, inputs[0])
        frames = _integers(DECODE, inputs[1], 1)
        samples, steps, _ = scores.type.shape
        outputs = [
            pt.tensor(dtype="int64", shape=(self.paths, samples, steps)),
            pt.tensor(dtype="int64", shape=(self.paths, samples)),
            pt.tensor(dtype=scores.dtype, shape=(samples, self.paths)),
        ]
        return Apply(self, [scores, frames], outputs)

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        scores, frames = inputs
        check_lengths(DECODE, frames, scores.shape[0], scores.shape[1], "input_length")
        for storage, value in zip(output_storage, self.decode(scores, frames), strict=True):
            storage[0] = value

    def decode(self, scores: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, ...]:
        """The values of the outputs."""
        raise NotImplementedError

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        samples, steps, _ = input_shapes[0]
        paths = pt.constant(self.paths, dtype="int64")
        return [(paths, samples, steps), (paths, samples), (samples, paths)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[False] * 3, [False] * 3]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [disconnected_type() for _ in inputs]


class GreedyDecode(_Decode):
    """The best class of each time step; the score is the negative sum of the best scores."""

    def decode(self, scores: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, ...]:
        labels, lengths, total = greedy(scores, frames)
        return labels[None], lengths[None], total[:, None]


class BeamDecode(_Decode):
    """The most probable labellings by prefix beam search; the scores are log-probabilities.

    Args:
        width: how many beginnings of labellings are kept from one time step to the next.
        paths: how many labellings are wanted.
    """

    __props__ = ("width", "paths")

    def __init__(self, width: int, paths: int) -> None:
        self.width, self.paths = width, paths

    def decode(self, scores: np.ndarray, frames: np.ndarray) -> tuple[np.ndarray, ...]:
        samples, steps, _ = scores.shape
        labels = np.full((self.paths, samples, steps), -1, "int64")
        lengths = np.zeros((self.paths, samples), "int64")
        found = np.zeros((samples, self.paths))
        log_probs = log_softmax(scores)
        for sample, count in enumerate(frames):
            got = beam_search(
                log_probs[sample, :count], self.width, labels[:, sample], lengths[:, sample], found[sample]
            )
            if got < self.paths:
                raise ValueError(too_few(self.paths, f"sample {sample}", str(got)))
        return labels, lengths, found.astype(scores.dtype)


@node_rewriter([CTCLoss])
def without_gradient(fgraph: FunctionGraph, node: Any) -> Any:
    """Leaves out derivatives that nobody asks for."""
    if not node.op.with_gradient or fgraph.clients[node.outputs[1]]:
        return None
    return {node.outputs[0]: CTCLoss(with_gradient=False)(*node.inputs)}


optdb.register("polykeras_ctc_without_gradient", dfs_rewriter(without_gradient), "fast_run", position=3.0)
