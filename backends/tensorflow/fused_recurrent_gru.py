"""One step of a gated recurrent unit, and its derivative, on TensorFlow."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from .fused_recurrent_loop import Cell, product_over_steps, product_with_before


class GRU(Cell):
    """Gates z, r, h; state h."""

    gates = 3
    n_states = 1
    n_factors = 6

    def weights(self, U: Any) -> list[Any]:
        units = U.shape[0]
        return [U[:, : 2 * units], U[:, 2 * units :]]

    def step(self, x: Any, weights: list[Any], states: list[Any]) -> tuple[list[Any], list[Any]]:
        (h,) = states
        units = h.shape[1]
        z, r = tf.split(self.gate(x[:, : 2 * units] + tf.matmul(h, weights[0])), 2, axis=1)
        reset = r * h
        fresh = tf.tanh(x[:, 2 * units :] + tf.matmul(reset, weights[1]))
        factors = [
            (h - fresh) * self.slope(z),
            h * self.slope(r),
            (1.0 - z) * (1.0 - fresh * fresh),
            z,
            r,
            reset,
        ]
        return [z * h + (1.0 - z) * fresh], factors

    def back(self, factors: list[Any], weights: list[Any], by: list[Any]) -> tuple[Any, list[Any]]:
        (by_h,) = by
        to_z, to_r, to_fresh, z, r, _ = factors
        by_fresh = by_h * to_fresh
        by_reset = tf.matmul(by_fresh, weights[1])
        by_gates = tf.concat([by_h * to_z, by_reset * to_r], axis=1)
        before = by_h * z + by_reset * r + tf.matmul(by_gates, weights[0])
        return tf.concat([by_gates, by_fresh], axis=1), [before]

    def by_weights(self, by_x: Any, start: Any, after: Any, factors: list[Any]) -> Any:
        gates = 2 * start.shape[1]
        by_gates = product_with_before(start, after, by_x[:, :, :gates])
        return tf.concat([by_gates, product_over_steps(factors[-1], by_x[:, :, gates:])], axis=1)
