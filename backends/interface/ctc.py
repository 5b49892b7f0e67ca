"""Connectionist temporal classification: labels for a sequence, whatever time steps they belong to.

The classes of a time step are the labels and, as the last class, the blank. A path chooses a class for each
time step. With equal neighbours merged, and then without the blanks, it spells a labelling. The likelihood of
a labelling is the sum over its paths (Graves et al., 2006, "Connectionist temporal classification").
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from .checks import whole
from .recurrent import Recurrent

# What is added to the outputs of a softmax before their logarithm is taken.
EPSILON = 1e-8
# How much of a uniform distribution `ctc_cost` mixes into such outputs, by default `ctc_path_probs` too.
ALPHA = 1e-4


class CTC(Recurrent):
    """Loss and decoding of sequences of labels."""

    graph_scope: Callable[[], AbstractContextManager[Any]]  # see `Graph`

    @abstractmethod
    def ctc_decode(
        self, y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
    ) -> tuple[list[Any], Any]:
        """The labels that the outputs of a softmax stand for.

        Args:
            y_pred: (samples, time, classes), the outputs of a softmax; the last class is the blank.
            input_length: how many time steps of each sample count, (samples,) or (samples, 1).
            greedy: whether to take the best class of each time step, merge equal neighbours and leave out
                the blanks. Else labellings are looked for by prefix beam search (Graves, 2012, "Supervised
                sequence labelling with recurrent neural networks", section 7.5).
            beam_width: how many beginnings of labellings beam search keeps from one time step to the next.
            top_paths: how many labellings of each sample beam search gives, at most `beam_width`.

        Returns:
            A list of matrices of labels, (samples, most labels), int64, -1 behind the last label of a sample:
            one for greedy decoding, else one for each of the `top_paths` labellings, the most probable first.
            And their scores, (samples, number of matrices): for greedy decoding the *negative* sum of the
            logarithms of the best outputs; for beam search the log-probability of the paths that were
            found, the outputs scaled to sum 1. 1e-8 is added to `y_pred` first. Nothing of this has a
            derivative. The beam search of TensorFlow adds up in single precision, whatever the dtype.

        Raises:
            ValueError: if the number of axes is wrong, or `top_paths` exceeds `beam_width`. When the function
                runs, an error of the engine if a length is negative or exceeds the number of time steps, or
                fewer than `top_paths` labellings are possible.
            TypeError: if `beam_width` or `top_paths` is no whole number.
        """

    @abstractmethod
    def ctc_label_dense_to_sparse(self, labels: Any, label_lengths: Any) -> Any:
        """The first `label_lengths` labels of each sample as a sparse matrix of the shape of `labels`.

        Args:
            labels: (samples, labels).
            label_lengths: (samples,) or (samples, 1).

        Returns:
            A sparse tensor of the dtype of `labels`. A label 0 is among what it holds explicitly.

        Raises:
            ValueError: if the number of axes is wrong.
        """

    @abstractmethod
    def ctc_create_skip_idxs(self, Y: Any) -> Any:
        """Where a path may go on to the next but one of `Y`: from a label to a different label.

        Args:
            Y: labels with blanks between them, as `ctc_interleave_blanks` gives them.

        Returns:
            The indices of these labels in `Y`, ascending, int32.

        Raises:
            ValueError: if `Y` has other than one axis.
        """

    def ctc_batch_cost(self, y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
        """The negative log-likelihood of the labels of each sample.

        Args:
            y_true: (samples, labels), classes as integers or floats; what follows the first `label_length`
                of a sample has no influence.
            y_pred: (samples, time, classes), the outputs of a softmax; the last class is the blank. 1e-8 is
                added and the sum scaled to 1.
            input_length: how many time steps of each sample count, (samples, 1) or (samples,).
            label_length: how many labels each sample has, likewise. A sample may have none.

        Returns:
            (samples, 1), of the dtype of `y_pred`. The cost is infinite, with a derivative of zero, where the
            labels need more time steps than count (one each, and one more between equal neighbours). Second
            derivatives are not promised: engines that have none say so when they are asked for.

        Raises:
            ValueError: if the number of axes is wrong or numbers of samples, where known, differ. When the
                function runs, an error of the engine if a label is no class or the blank, or a length
                exceeds its axis.
        """
        with self.graph_scope():
            labels, scores, frames, counts = self._ctc_batch(y_true, y_pred, input_length, label_length)
            return self.expand_dims(self._ctc_losses(labels, scores, frames, counts), 1)

    def ctc_interleave_blanks(self, Y: Any) -> Any:
        """Labels with a blank before, between and behind them; -1 stands for the blank, the last class.

        Args:
            Y: (labels,), integers or floats.

        Returns:
            (2 * labels + 1,), of the dtype of `Y` if that is an integer type of up to 32 bits, else int32.

        Raises:
            ValueError: if `Y` has other than one axis.
        """
        with self.graph_scope():
            labels = self._ctc_labels("ctc_interleave_blanks", Y)
            blank = self.constant([-1], dtype=self.dtype(labels))
            pairs = self.stack([self.zeros_like(labels) + blank, labels])
            return self.concatenate([self.flatten(self.transpose(pairs)), blank], axis=0)

    def ctc_update_log_p(
        self, skip_idxs: Any, zeros: Any, active: Any, log_p_curr: Any, log_p_prev: Any
    ) -> tuple[Any, Any]:
        """One time step of all paths through the states of a labelling (labels and blanks).

        A path stays in its state, goes on to the next one, or from those of `skip_idxs` to the next but one.

        Args:
            skip_idxs: indices, see `ctc_create_skip_idxs`.
            zeros: (states,), what the states hold that no path has reached.
            active: how many states could be reached before, 1 at the start.
            log_p_curr: (states,), the log-probability of each state in this time step alone.
            log_p_prev: (states,), that of all ways to be in a state before.

        Returns:
            How many states can be reached now (int32), and the log-probability of all ways to be in them.
        """
        with self.graph_scope():
            states = self.arange(self._ctc_size(zeros, 0))
            skips = self.any(
                self.equal(self.expand_dims(states, 1), self.expand_dims(self.cast(skip_idxs, "int32"), 0)),
                axis=1,
            )
            return self._ctc_step(states, skips, zeros, active, log_p_curr, log_p_prev)

    def ctc_path_probs(self, predict: Any, Y: Any, alpha: float = 1e-4) -> tuple[Any, Any]:
        """For each time step and state of a labelling, all paths that are in this state then.

        Args:
            predict: (time, classes), the outputs of a softmax for one sequence.
            Y: (states,), labels and blanks, see `ctc_interleave_blanks`; negative numbers count from the
                last class.
            alpha: how much of a uniform distribution over the states is mixed into the probabilities:
                ``(1 - alpha) * p + alpha / states``. It keeps logarithms finite.

        Returns:
            The log-probabilities (time, states), -inf where there is no path; and where there is one (bool).

        Raises:
            ValueError: if the number of axes is wrong.
        """
        with self.graph_scope():
            predict = self._ctc_tensor("ctc_path_probs", "predict", predict, 2, "(time, classes)")
            Y = self._ctc_labels("ctc_path_probs", Y)
            dtype = self.dtype(predict)
            classes = self._ctc_size(predict, 1)
            states = self.arange(self._ctc_size(Y, 0))
            Y = self.cast(Y, "int32")
            spelled = self.expand_dims(self.switch(self.lesser(Y, 0), Y + classes, Y), 0)
            one_hot = self.cast(self.equal(spelled, self.expand_dims(self.arange(classes), 1)), dtype)
            emitted = self.log(self.dot(self._ctc_smooth(predict, self._ctc_size(Y, 0), alpha), one_hot))
            forward_skips = self._ctc_skips(Y)
            backward_skips = self._ctc_skips(self.reverse(Y, 0))
            zeros = self.zeros_like(self.sum(emitted, axis=0))
            one = self.constant(1, dtype="int32")

            def step(slices: list[Any], before: list[Any]) -> tuple[list[Any], list[Any]]:
                forward = self._ctc_step(states, forward_skips, zeros, before[0], slices[0], before[1])
                backward = self._ctc_step(states, backward_skips, zeros, before[2], slices[1], before[3])
                return [*forward, *backward], [*forward, *backward]

            (f_active, f_paths, b_active, b_paths), _ = self.scan(
                step, [emitted, self.reverse(emitted, [0, 1])], [one, zeros, one, zeros]
            )
            f_reached = self.lesser(states, self.expand_dims(f_active, 1))
            b_reached = self.reverse(self.lesser(states, self.expand_dims(b_active, 1)), [0, 1])
            reached = f_reached & b_reached
            log_probs = f_paths + self.reverse(b_paths, [0, 1]) - emitted
            return self.switch(reached, log_probs, self._ctc_filled(log_probs, -np.inf)), reached

    def ctc_cost(self, predict: Any, Y: Any) -> Any:
        """The negative log-likelihood of the labels of one sequence.

        Args:
            predict: (time, classes), the outputs of a softmax; the last class is the blank. They are
                smoothed as in `ctc_path_probs`, with its default for alpha, and not scaled.
            Y: (labels,), without blanks.

        Returns:
            A scalar; infinite, with a derivative of zero, if the labels need more time steps than there are.
            (Keras 1 added up the paths of all time steps: its figure was smaller by ``log(time)``.)

        Raises:
            ValueError: if the number of axes is wrong. When the function runs, an error of the engine if a
                label is no class or the blank.
        """
        with self.graph_scope():
            predict = self._ctc_tensor("ctc_cost", "predict", predict, 2, "(time, classes)")
            labels = self.cast(self._ctc_labels("ctc_cost", Y), "int32")
            smooth = self._ctc_smooth(predict, 2 * self._ctc_size(labels, 0) + 1, ALPHA)
            frames = self.sum(self.ones_like(predict[:, :1], dtype="int32"), axis=0)
            counts = self.sum(self.ones_like(self.expand_dims(labels, 0)), axis=1)
            scores = self.expand_dims(self.log(smooth), 0)
            costs = self._ctc_losses(self.expand_dims(labels, 0), scores, frames, counts)
            return costs[0] - self.sum(self.log(self.sum(smooth, axis=1)))

    def _ctc_losses(self, labels: Any, scores: Any, frames: Any, counts: Any) -> Any:
        """The costs of `ctc_batch_cost` (samples,), from what `_ctc_batch` gives."""
        dtype = self.dtype(scores)
        low = _low(dtype)
        steps, classes = self._ctc_size(scores, 1), self._ctc_size(scores, 2)
        states = self.arange(2 * self._ctc_size(labels, 1) + 1)
        spelled = self._ctc_states(labels, counts, classes - 1)
        one_hot = self.cast(self.equal(self.expand_dims(spelled, 2), self.arange(classes)), dtype)
        log_probs = scores - self.log(self.sum(self.exp(scores), axis=2, keepdims=True))
        emitted = self._swapped(self.batch_dot(log_probs, one_hot, axes=(2, 2)))
        counted = self.lesser(self.expand_dims(self.arange(steps), 1), self.expand_dims(frames, 0))
        skips = self.not_equal(spelled, self._ctc_shifted(spelled, 2, -1)) & self.equal(states % 2, 1)

        def step(slices: list[Any], before: list[Any]) -> tuple[list[Any], list[Any]]:
            ways = self._ctc_ways(before[0], skips)
            return [], [self.switch(slices[1], slices[0] + ways, before[0])]

        start = self.cast(self.greater(self.zeros_like(spelled) + states, 0), dtype)
        start = start * self.constant(low, dtype)
        _, (paths,) = self.scan(step, [emitted, counted], [start])
        last = 2 * self.expand_dims(counts, 1)
        ends = self.equal(states, last) | self.equal(states, last - 1)
        likelihood = self._log_sum(self.switch(ends, paths, self._ctc_filled(paths, low)), 1)
        impossible = self._ctc_filled(likelihood, np.inf)
        return self.switch(self.greater(likelihood, 0.5 * low), -likelihood, impossible)

    def _ctc_batch(self, y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> tuple[Any, ...]:
        """The arguments of `ctc_batch_cost`: labels (int32), logarithms, and the two lengths (samples,)."""
        where = "ctc_batch_cost"
        labels = self.cast(self._ctc_tensor(where, "y_true", y_true, 2, "(samples, labels)"), "int32")
        scores = self._ctc_scores(where, y_pred)
        frames = self._ctc_lengths(where, "input_length", input_length)
        counts = self._ctc_lengths(where, "label_length", label_length)
        sizes = [(self.int_shape(x) or (None,))[0] for x in (labels, scores, frames, counts)]
        if len(set(sizes) - {None}) > 1:
            raise ValueError(
                f"{where}: y_true, y_pred, input_length and label_length must hold as many samples as one "
                f"another, got {', '.join(str(size) for size in sizes)}."
            )
        return labels, scores, frames, counts

    def _ctc_decoding(
        self, y_pred: Any, input_length: Any, beam_width: int, top_paths: int
    ) -> tuple[Any, Any, int, int]:
        """What `ctc_decode` works on: logarithms, lengths (samples,), the width and the number of paths."""
        where = "ctc_decode"
        width = whole(where, "beam_width", beam_width, least=1)
        paths = whole(where, "top_paths", top_paths, least=1)
        if paths > width:
            raise ValueError(
                f"{where}: top_paths must be at most beam_width, {width}, got {paths}. Widen the beam."
            )
        scores = self._ctc_scores(where, y_pred)
        return scores, self._ctc_lengths(where, "input_length", input_length), width, paths

    def _ctc_tensor(self, where: str, name: str, x: Any, rank: int, shape: str) -> Any:
        """`x` as a tensor.

        Raises:
            ValueError: if it has another number of axes than `rank`.
        """
        x = x if self.is_tensor(x) else self.constant(x)
        got = self.ndim(x)
        if got is not None and got != rank:
            axes = "axis" if rank == 1 else "axes"
            raise ValueError(f"{where}: {name} must have {rank} {axes}, {shape}, got {got}.")
        return x

    def _ctc_scores(self, where: str, y_pred: Any) -> Any:
        """The logarithms of `y_pred`."""
        x = self._as_float(self._ctc_tensor(where, "y_pred", y_pred, 3, "(samples, time, classes)"))
        return self.log(x + self.constant(EPSILON, dtype=self.dtype(x)))

    def _ctc_lengths(self, where: str, name: str, lengths: Any) -> Any:
        """Lengths (samples, 1) or (samples,) as integers (samples,)."""
        lengths = lengths if self.is_tensor(lengths) else self.constant(lengths, dtype="int32")
        rank, shape = self.ndim(lengths), self.int_shape(lengths)
        if rank not in (None, 1, 2) or (rank == 2 and shape is not None and shape[1] not in (None, 1)):
            raise ValueError(f"{where}: {name} must have the shape (samples, 1) or (samples,), got {shape}.")
        lengths = self.cast(lengths, "int32")
        return lengths if rank == 1 else self.reshape(lengths, (-1,))

    def _ctc_labels(self, where: str, Y: Any) -> Any:
        """`Y` as a vector of integers of up to 32 bits."""
        Y = self._ctc_tensor(where, "Y", Y, 1, "(labels,)")
        return Y if self.dtype(Y) in ("int8", "int16", "int32") else self.cast(Y, "int32")

    def _ctc_size(self, x: Any, axis: int) -> Any:
        """The size of an axis: a number where it is known, else a symbolic int32."""
        known = (self.int_shape(x) or (None,) * (axis + 1))[axis]
        return self.cast(self.shape(x)[axis], "int32") if known is None else known

    def _ctc_skips(self, Y: Any) -> Any:
        """Whether a path may go on from each state to the next but one, (states,)."""
        count = self._ctc_size(Y, 0)
        states = self.arange(count)
        two_on = self.reverse(self._ctc_shifted(self.reverse(Y, 0), 2, -1), 0)
        inside = self.lesser(states, count - 3)
        return self.not_equal(Y, two_on) & self.equal(states % 2, 1) & inside

    def _ctc_shifted(self, x: Any, by: int, value: float) -> Any:
        """`x` moved along its last axis, `value` moving in."""
        before = [(0, 0)] * ((self.ndim(x) or 1) - 1)
        return self.pad(x, (*before, (by, 0)), value)[..., :-by]

    def _ctc_states(self, labels: Any, counts: Any, blank: Any) -> Any:
        """The classes of the states of each sample, (samples, 2 * labels + 1)."""
        blanks = self.zeros_like(labels) + blank
        pairs = self.permute_dimensions(self.stack([blanks, labels]), (1, 2, 0))
        flat = self.reshape(pairs, (self._ctc_size(labels, 0), 2 * self._ctc_size(labels, 1)))
        return self.concatenate([flat, self.expand_dims(self.zeros_like(counts) + blank, 1)], axis=1)

    def _ctc_ways(self, before: Any, skips: Any) -> Any:
        """Log-probabilities of all ways into each state; `skips`: which may be reached from two before."""
        low = _low(self.dtype(before))
        jumps = self.switch(skips, self._ctc_shifted(before, 2, low), self._ctc_filled(before, low))
        return self._log_sum(self.stack([before, self._ctc_shifted(before, 1, low), jumps]), 0)

    def _ctc_smooth(self, predict: Any, states: Any, alpha: float) -> Any:
        """Probabilities with a part of a uniform distribution over the states of a labelling mixed in."""
        dtype = self.dtype(predict)
        uniform = self.constant(alpha, dtype) / self.cast(states, dtype)
        return self.constant(1 - alpha, dtype) * predict + uniform

    def _ctc_step(
        self, states: Any, skips: Any, zeros: Any, active: Any, log_p_curr: Any, log_p_prev: Any
    ) -> tuple[Any, Any]:
        """See `ctc_update_log_p`; `skips` tells of each state whether it may be left for the next but one."""
        was_active = self.lesser(states, active)
        before = self.switch(was_active, log_p_prev, self._ctc_filled(zeros, _low(self.dtype(zeros))))
        leaving = skips & was_active
        furthest = self.max(self.switch(leaving, states, self.zeros_like(states) - 1)) + 3
        now_active = self.minimum(self.maximum(active + 1, furthest), self._ctc_size(zeros, 0))
        entered = self.cast(self._ctc_shifted(self.cast(leaving, "int32"), 2, 0), "bool")
        after = log_p_curr + self._ctc_ways(before, entered)
        return now_active, self.switch(self.lesser(states, now_active), after, zeros)

    def _ctc_filled(self, x: Any, value: float) -> Any:
        """`value` in the shape of `x`."""
        return self.zeros_like(x) + self.constant(value, dtype=self.dtype(x))

    def _log_sum(self, x: Any, axis: int) -> Any:
        """log(sum(exp(x))) along an axis of finite numbers."""
        largest = self.stop_gradient(self.max(x, axis=axis, keepdims=True))
        total = self.log(self.sum(self.exp(x - largest), axis=axis))
        return total + self.squeeze(largest, axis)


def _low(dtype: str) -> float:
    """A logarithm that stands for that of 0: finite, so that derivatives are."""
    return -3e4 if dtype == "float16" else -1e30
