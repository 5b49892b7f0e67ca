"""Connectionist temporal classification on TensorFlow."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..interface import CTC
from .graph import in_graph
from .math import cast, dtype_of, sizes_of


class TFCTC(CTC):
    """The loss is TensorFlow's own in single precision. In double precision that has no more digits: there
    the loop of the interface computes it."""

    @in_graph
    def ctc_decode(
        self, y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
    ) -> tuple[list[Any], Any]:
        scores, frames, width, paths = self._ctc_decoding(y_pred, input_length, beam_width, top_paths)
        dtype = dtype_of(scores)
        scores = cast(scores, _computed_in(dtype))
        scores = _checked(scores, _within("ctc_decode", "input_length", frames, sizes_of(scores)[1]))
        samples = sizes_of(scores)[0]
        by_time = tf.transpose(_filled_up(scores, 2), (1, 0, 2))
        frames = _filled_up(frames)
        if greedy:
            decoded, found = tf.nn.ctc_greedy_decoder(by_time, frames)
        else:
            decoded, found = tf.nn.ctc_beam_search_decoder(by_time, frames, width, paths)
        labels = [tf.sparse.to_dense(each, tf.constant(-1, tf.int64))[:samples] for each in decoded]
        for each in labels:
            each.set_shape((scores.shape[0], None))
        found = found[:samples]
        found.set_shape((scores.shape[0], len(labels)))
        return labels, cast(found, dtype)

    @in_graph
    def ctc_label_dense_to_sparse(self, labels: Any, label_lengths: Any) -> Any:
        where = "ctc_label_dense_to_sparse"
        labels = tf.convert_to_tensor(self._ctc_tensor(where, "labels", labels, 2, "(samples, labels)"))
        return _sparse(labels, self._ctc_lengths(where, "label_lengths", label_lengths))

    @in_graph
    def ctc_create_skip_idxs(self, Y: Any) -> Any:
        skips = self._ctc_skips(self._ctc_labels("ctc_create_skip_idxs", Y))
        return tf.cast(tf.where(skips)[:, 0], tf.int32)

    def _ctc_losses(self, labels: Any, scores: Any, frames: Any, counts: Any) -> Any:
        where, dtype = "ctc_batch_cost", dtype_of(scores)
        _, steps, classes = sizes_of(scores)
        meant = tf.sequence_mask(counts, sizes_of(labels)[1])
        wrong = tf.boolean_mask(labels, meant & ((labels < 0) | (labels >= classes - 1)))
        checks = [
            _within(where, "input_length", frames, steps),
            _within(where, "label_length", counts, sizes_of(labels)[1]),
            tf.debugging.Assert(
                tf.equal(tf.size(wrong), 0),
                [
                    f"{where}: a label must be a class other than the blank, from 0 to",
                    classes - 2,
                    "got",
                    wrong,
                ],
            ),
        ]
        scores = cast(_checked(scores, checks), _computed_in(dtype))
        if dtype == "float64" or scores.shape[2] in (None, 1):  # TensorFlow's takes two classes for granted
            return super()._ctc_losses(labels, scores, frames, counts)
        losses = _native_losses(
            _filled_up(labels), _filled_up(scores, 2), _filled_up(frames), _filled_up(counts)
        )
        losses = losses[: sizes_of(scores)[0]]
        losses.set_shape(scores.shape[:1])
        return cast(losses, dtype)


def _computed_in(dtype: str) -> str:
    return dtype if dtype == "float64" else "float32"


def _within(where: str, name: str, lengths: Any, most: Any) -> Any:
    """An operation that fails unless all lengths are from 0 to `most`."""
    return tf.debugging.Assert(
        tf.reduce_all((lengths >= 0) & (lengths <= most)),
        [f"{where}: {name} must be from 0 to", most, "for every sample, got", lengths],
    )


def _checked(x: Any, checks: Any) -> Any:
    """`x`, computed after the checks."""
    with tf.control_dependencies(tf.nest.flatten(checks)):
        return tf.identity(x)


def _sparse(labels: Any, counts: Any) -> Any:
    """The first `counts` labels of each sample."""
    meant = tf.sequence_mask(counts, sizes_of(labels)[1])
    shape = tf.shape(labels, out_type=tf.int64)
    return tf.SparseTensor(tf.where(meant), tf.boolean_mask(labels, meant), shape)


def _filled_up(x: Any, axes: int = 1) -> Any:
    """`x`, with a slice of zeros along each of its first axes that has none: TensorFlow's operations on
    sequences refuse to work on nothing."""
    known = x.shape.as_list()
    missing = [
        0 if size or axis >= axes else tf.maximum(1 - tf.shape(x)[axis], 0) for axis, size in enumerate(known)
    ]
    result = tf.pad(x, [[0, each] for each in missing])
    result.set_shape([size or None if axis < axes else size for axis, size in enumerate(known)])
    return result


def _native_losses(labels: Any, scores: Any, frames: Any, counts: Any) -> Any:
    """The negative log-likelihoods (samples,), by TensorFlow's operation.

    That one refuses samples without labels and passes over others that are too long. Such samples are given a
    label that costs something finite, and their own cost is put in afterwards.
    """
    meant = tf.sequence_mask(counts, sizes_of(labels)[1])
    equal = (labels[:, 1:] == labels[:, :-1]) & meant[:, 1:]
    possible = counts + tf.reduce_sum(tf.cast(equal, tf.int32), axis=1) <= frames
    usual = possible & (counts > 0)
    labels = tf.pad(tf.where(usual[:, None], labels, 0), [[0, 0], [0, 1]])
    losses = tf.compat.v1.nn.ctc_loss(
        _sparse(labels, tf.where(usual, counts, 1)),
        scores,
        frames,
        time_major=False,
        ignore_longer_outputs_than_inputs=True,
    )
    blanks = tf.nn.log_softmax(scores)[:, :, -1]
    counted = tf.sequence_mask(frames, sizes_of(scores)[1])
    silent = -tf.reduce_sum(tf.where(counted, blanks, tf.zeros_like(blanks)), axis=1)
    without = tf.where(possible, silent, tf.constant(float("inf"), scores.dtype))
    return tf.where(usual, losses, without)
