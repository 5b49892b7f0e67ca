"""One step of a long short-term memory, and its derivative, on TensorFlow."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from .fused_recurrent_loop import SumCell, product_with_before


class LSTM(SumCell):
    """Gates i, f, c, o; states h and cell."""

    gates = 4
    n_states = 2
    n_factors = 6

    def step_from(self, total: Any, states: list[Any]) -> tuple[list[Any], list[Any]]:
        _, cell = states
        i, f, c, o = tf.split(total, 4, axis=1)
        i, f, c, o = self.gate(i), self.gate(f), tf.tanh(c), self.gate(o)
        new_cell = f * cell + i * c
        squashed = tf.tanh(new_cell)
        factors = [
            c * self.slope(i),
            cell * self.slope(f),
            i * (1.0 - c * c),
            squashed * self.slope(o),
            o * (1.0 - squashed * squashed),
            f,
        ]
        return [o * squashed, new_cell], factors

    def back(self, factors: list[Any], weights: list[Any], by: list[Any]) -> tuple[Any, list[Any]]:
        by_h, by_cell = by
        to_i, to_f, to_c, to_o, to_cell, f = factors
        by_cell += by_h * to_cell
        by_x = tf.concat([by_cell * to_i, by_cell * to_f, by_cell * to_c, by_h * to_o], axis=1)
        return by_x, [tf.matmul(by_x, weights[0]), by_cell * f]

    def by_weights(self, by_x: Any, start: Any, after: Any, factors: list[Any]) -> Any:
        return product_with_before(start, after, by_x)
