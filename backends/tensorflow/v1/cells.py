"""Recurrent cells of TensorFlow 1 (``tf.nn.rnn_cell``, ``tf.contrib.rnn``) and the loops over them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from ..graph import graph_scope
from .scopes import get_variable, variable_scope
from .signatures import symbolic

v1 = tf.compat.v1

LSTMStateTuple = namedtuple("LSTMStateTuple", ("c", "h"))


class RNNCell:
    """A step of a recurrent network.

    Attributes:
        output_size: the number of a step's outputs.
        state_size: likewise of its state: a number, or a structure of numbers.
    """

    output_size: Any
    state_size: Any
    _scope = "rnn_cell"

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """A step: outputs and the new state."""
        with graph_scope(), variable_scope(scope or self._scope, reuse=v1.AUTO_REUSE):
            return self.step(inputs, state)

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """What a step computes."""
        raise NotImplementedError(f"{type(self).__name__} has no step.")

    def zero_state(self, batch_size: Any, dtype: Any = tf.float32) -> Any:
        """A state of zeros."""
        with graph_scope():
            return tf.nest.map_structure(lambda size: tf.zeros([batch_size, size], dtype), self.state_size)

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """A state of zeros for the samples of `inputs`."""
        if inputs is not None:
            batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
        return self.zero_state(batch_size, dtype)


def _linear(parts: Sequence[Any], size: int, bias: float = 0.0) -> Any:
    """``concat(parts) @ kernel + bias``, with variables of the open scope."""
    joined = tf.concat(parts, 1)
    kernel = get_variable("kernel", [int(joined.shape[-1]), size], joined.dtype)
    start = v1.constant_initializer(bias)
    return tf.matmul(joined, kernel) + get_variable("bias", [size], joined.dtype, start)


class BasicRNNCell(RNNCell):
    """``activation(W [x, h] + b)``."""

    _scope = "basic_rnn_cell"

    def __init__(
        self, num_units: int, input_size: Any = None, activation: Any = None, reuse: Any = None
    ) -> None:
        self.output_size = self.state_size = num_units
        self._activation = activation or tf.tanh

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        output = self._activation(_linear([inputs, state], self.output_size))
        return output, output


class GRUCell(RNNCell):
    """The gated recurrent unit (Cho et al., 2014); its gates start at a bias of 1."""

    _scope = "gru_cell"

    def __init__(
        self, num_units: int, input_size: Any = None, activation: Any = None, reuse: Any = None
    ) -> None:
        self.output_size = self.state_size = num_units
        self._activation = activation or tf.tanh

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        with variable_scope("gates", reuse=v1.AUTO_REUSE):
            gates = tf.sigmoid(_linear([inputs, state], 2 * self.output_size, 1.0))
            reset, keep = tf.split(gates, 2, axis=1)
        with variable_scope("candidate", reuse=v1.AUTO_REUSE):
            candidate = self._activation(_linear([inputs, reset * state], self.output_size))
        new = keep * state + (1.0 - keep) * candidate
        return new, new


class BasicLSTMCell(RNNCell):
    """Long short-term memory (Zaremba et al., 2014); `forget_bias` is added to the forget gate's bias."""

    _scope = "basic_lstm_cell"

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
    ) -> None:
        self.output_size = num_units
        self._tuple = state_is_tuple
        self.state_size = LSTMStateTuple(num_units, num_units) if state_is_tuple else 2 * num_units
        self._forget_bias = forget_bias
        self._activation = activation or tf.tanh

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        cell, hidden = state if self._tuple else tf.split(state, 2, axis=1)
        into, new, forget, out = tf.split(_linear([inputs, hidden], 4 * self.output_size), 4, axis=1)
        kept = cell * tf.sigmoid(forget + self._forget_bias)
        cell = kept + tf.sigmoid(into) * self._activation(new)
        hidden = self._activation(cell) * tf.sigmoid(out)
        return hidden, LSTMStateTuple(cell, hidden) if self._tuple else tf.concat([cell, hidden], 1)


class LSTMCell(BasicLSTMCell):
    """Long short-term memory, without peepholes, clipping and projection."""

    _scope = "lstm_cell"

    def __init__(
        self,
        num_units: int,
        input_size: Any = None,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: Any = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        **options: Any,
    ) -> None:
        if use_peepholes or cell_clip is not None or num_proj is not None:
            raise NotImplementedError(
                "LSTMCell: use_peepholes, cell_clip and num_proj are not supported. Write a cell of your own."
            )
        super().__init__(num_units, forget_bias, None, state_is_tuple, activation)
        self._initializer = initializer

    def step(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        with variable_scope("weights", initializer=self._initializer, reuse=v1.AUTO_REUSE):
            return super().step(inputs, state)


class DropoutWrapper(RNNCell):
    """A cell, with a share of its inputs and outputs kept and the others set to zero."""

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        seed: int | None = None,
    ) -> None:
        self._cell = cell
        self._inputs, self._outputs, self._seed = input_keep_prob, output_keep_prob, seed
        self.output_size, self.state_size = cell.output_size, cell.state_size

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        output, state = self._cell(_kept(inputs, self._inputs, self._seed), state, scope)
        return _kept(output, self._outputs, self._seed), state


def _kept(x: Any, share: Any, seed: Any) -> Any:
    if isinstance(share, (int, float)) and share == 1:
        return x
    return tf.nn.dropout(x, rate=1 - share, seed=seed)


class MultiRNNCell(RNNCell):
    """Cells one above the other."""

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        if not state_is_tuple:
            raise NotImplementedError("MultiRNNCell: state_is_tuple=False is not supported. Leave it out.")
        self._cells = list(cells)
        self.output_size = self._cells[-1].output_size
        self.state_size = tuple(each.state_size for each in self._cells)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        states = []
        with graph_scope(), variable_scope(scope or "multi_rnn_cell", reuse=v1.AUTO_REUSE):
            for index, (cell, before) in enumerate(zip(self._cells, state, strict=True)):
                with variable_scope(f"cell_{index}", reuse=v1.AUTO_REUSE):
                    inputs, after = cell(inputs, before)
                states.append(after)
        return inputs, tuple(states)


def static_rnn(
    cell: Any,
    inputs: Sequence[Any],
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """A cell along a list of inputs, one for each step: the list of outputs, and the last state.

    Behind the end of a sequence, if `sequence_length` tells it, outputs are zero and the state stays.
    """
    with graph_scope(), variable_scope(scope or "rnn", reuse=v1.AUTO_REUSE):
        inputs = [tf.convert_to_tensor(each) for each in inputs]
        state = initial_state
        if state is None:
            state = cell.zero_state(tf.shape(inputs[0])[0], dtype or inputs[0].dtype)
        outputs = []
        for number, each in enumerate(inputs):
            output, after = cell(each, state)
            if sequence_length is not None:
                going = tf.reshape(tf.convert_to_tensor(sequence_length) > number, [-1, 1])
                output = tf.where(going, output, tf.zeros_like(output))
                after = tf.nest.map_structure(lambda a, b, go=going: tf.where(go, a, b), after, state)
            outputs.append(output)
            state = after
        return outputs, state


def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: Any = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """A cell along axis 1 of a tensor, or axis 0 if `time_major`: all outputs, and the last state."""
    with variable_scope(scope or "rnn", reuse=v1.AUTO_REUSE):
        return symbolic(v1.nn.dynamic_rnn, always=True)(
            cell,
            inputs,
            sequence_length,
            initial_state,
            dtype=None if initial_state is not None else dtype or tf.float32,
            parallel_iterations=parallel_iterations,
            swap_memory=swap_memory,
            time_major=time_major,
        )


CELLS: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(RNNCell, BasicRNNCell, GRUCell, BasicLSTMCell, LSTMCell, LSTMStateTuple, DropoutWrapper),
        MultiRNNCell,
    )
}
LOOPS: dict[str, Any] = {"static_rnn": static_rnn, "dynamic_rnn": dynamic_rnn, "rnn": static_rnn}
