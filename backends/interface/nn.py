"""Activation functions, cross-entropies, dropout and normalisation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ... import config
from .arguments import check_dropped
from .random import Random
from .shape import Shape


class NN(Shape, Random):
    """Operations of neural networks. Activations keep the shape of their argument."""

    @abstractmethod
    def relu(self, x: Any, alpha: float = 0.0, max_value: float | None = None) -> Any:
        """max(x, 0) + alpha * min(x, 0), the first part limited to `max_value` if that is given."""

    @abstractmethod
    def elu(self, x: Any, alpha: float = 1.0) -> Any:
        """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015)."""

    @abstractmethod
    def softmax(self, x: Any) -> Any:
        """exp(x) / sum(exp(x)) along the last axis, computed without overflow."""

    @abstractmethod
    def softplus(self, x: Any) -> Any:
        """log(1 + exp(x)), computed without overflow."""

    @abstractmethod
    def sigmoid(self, x: Any) -> Any:
        """1 / (1 + exp(-x))."""

    @abstractmethod
    def tanh(self, x: Any) -> Any:
        """The hyperbolic tangent of each element."""

    @abstractmethod
    def categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        """-sum(target * log(output)) along the last axis.

        Args:
            output: probabilities, scaled to sum 1 and clipped to [epsilon, 1 - epsilon] first; with
                `from_logits` the input of a softmax.
            target: distributions of the same shape.

        Returns:
            The shape of `output` without its last axis.
        """

    @abstractmethod
    def sparse_categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        """-log(output at the index `target`) along the last axis.

        Args:
            output: probabilities, clipped to [epsilon, 1 - epsilon] and then scaled to sum 1; with
                `from_logits` the input of a softmax.
            target: integer class indices (any number type), the shape of `output` without its last axis, or
                with a last axis of size 1.

        Returns:
            The shape of `output` without its last axis.
        """

    @abstractmethod
    def binary_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        """-target * log(output) - (1 - target) * log(1 - output), element by element.

        Args:
            output: probabilities (clipped to [epsilon, 1 - epsilon]), or with `from_logits` the input of a
                sigmoid.
            target: numbers of [0, 1] of the same shape.
        """

    @abstractmethod
    def in_top_k(self, predictions: Any, targets: Any, k: int) -> Any:
        """Whether the target class is among the k most probable ones (bool), for each sample.

        Args:
            predictions: (samples, classes).
            targets: class indices, (samples,). A class as probable as the k-th counts as within.
            k: how many.
        """

    def softsign(self, x: Any) -> Any:
        """x / (1 + abs(x))."""
        return x / (1.0 + self.abs(x))

    def hard_sigmoid(self, x: Any) -> Any:
        """0.2 * x + 0.5 limited to [0, 1]."""
        return self.clip(0.2 * x + 0.5, 0.0, 1.0)

    def l2_normalize(self, x: Any, axis: int) -> Any:
        """`x` divided by its Euclidean norm along `axis`; a zero vector stays zero.

        The squared norm is kept above 1e-12, so that the gradient exists everywhere.
        """
        squared = self.sum(self.square(x), axis=axis, keepdims=True)
        return x / self.sqrt(self.maximum(squared, 1e-12))

    def dropout(self, x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
        """Elements set to zero at random, the others divided by 1 - level (Srivastava et al., 2014).

        Args:
            x: a tensor.
            level: the fraction to drop, 0 <= level < 1.
            noise_shape: the shape of the mask, which is broadcast to `x`; that of `x` by default.
            seed: seed of the random numbers; drawn from numpy's global generator by default.

        Raises:
            ValueError: if `level` is outside [0, 1).
        """
        keep = 1.0 - check_dropped(level)
        mask = self.random_binomial(
            self.shape(x) if noise_shape is None else noise_shape, keep, self.dtype(x), seed
        )
        return x * mask / keep

    def batch_normalization(
        self, x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3
    ) -> Any:
        """(x - mean) / sqrt(var + epsilon) * gamma + beta (Ioffe and Szegedy, 2015), with broadcasting."""
        scale = gamma / self.sqrt(var + epsilon)
        return x * scale + (beta - mean * scale)

    def normalize_batch_in_training(
        self, x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
    ) -> tuple[Any, Any, Any]:
        """Normalises `x` by its own mean and variance.

        Args:
            x: a tensor.
            gamma, beta: scale and shift, vectors over the axes that are not reduced.
            reduction_axes: the axes over which mean and (biased) variance are taken.
            epsilon: added to the variance.

        Returns:
            ``(normalised, mean, variance)``; the last two without the reduced axes.
        """
        axes = sorted(axis % (self.ndim(x) or 1) for axis in reduction_axes)
        mean, var = self.mean(x, axis=axes), self.var(x, axis=axes)
        rank = self.ndim(x) or 0
        if axes == list(range(rank - 1)):
            return self.batch_normalization(x, mean, var, beta, gamma, epsilon), mean, var
        sizes = [1 if axis in axes else size for axis, size in enumerate(self.sizes(x))]
        wide_mean, wide_var, shift, scale = (self.reshape(each, sizes) for each in (mean, var, beta, gamma))
        return self.batch_normalization(x, wide_mean, wide_var, shift, scale, epsilon), mean, var

    def _clip_probability(self, x: Any) -> Any:
        """`x` limited to [epsilon, 1 - epsilon]."""
        return self.clip(x, config.epsilon(), 1.0 - config.epsilon())
