"""The façade `K`. Made by tools/make_backend_stub.py from the abstract interface: do not edit."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..backends.interface import Backend
from ..backends.interface import Function as Function
from ..backends.interface.conv import Sizes
from ..backends.interface.math import Axis
from ..backends.interface.recurrent import Body
from ..config import cast_to_floatx as cast_to_floatx
from ..config import epsilon as epsilon
from ..config import floatx as floatx
from ..config import image_dim_ordering as image_dim_ordering
from ..config import legacy_weight_ordering as legacy_weight_ordering
from ..config import set_epsilon as set_epsilon
from ..config import set_floatx as set_floatx
from ..config import set_image_dim_ordering as set_image_dim_ordering
from ..config import set_legacy_weight_ordering as set_legacy_weight_ordering
from .binding import py_all as py_all

_BACKEND: str

def use(name: str, source: str = ...) -> Backend: ...
def adapter() -> Backend: ...
def backend() -> str: ...

# variables
def variable(value: Any, dtype: str | None=None, name: str | None=None) -> Any:
    """A tensor with a state, which `set_value` and updates of a `function` change."""
def placeholder(shape: Sequence[int | None] | None=None, ndim: int | None=None, dtype: str | None=None, sparse: bool=False, name: str | None=None) -> Any:
    """A tensor without a value, to be an input of a `function`."""
def constant(value: Any, dtype: str | None=None, shape: Sequence[int] | None=None, name: str | None=None) -> Any:
    """A tensor that never changes; a scalar `value` fills `shape` if one is given."""
def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor or variable of this engine, dense or sparse (numpy arrays are not)."""
def is_variable(x: Any) -> bool:
    """Whether `x` is a variable of this engine, one that `set_value` accepts."""
def is_sparse(tensor: Any) -> bool:
    """Whether `tensor` is a sparse tensor of this engine."""
def to_dense(tensor: Any) -> Any:
    """The dense tensor of the same values; a dense one is returned as it is."""
def shape(x: Any) -> Any:
    """The shape as the engine's own symbolic integer vector; an element of it is a symbolic scalar."""
def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, None for sizes not known before there are data."""
def ndim(x: Any) -> int | None:
    """The number of axes."""
def dtype(x: Any) -> str:
    """The element type, for example ``'float32'``."""
def eval(x: Any) -> Any:
    """The present value of a tensor that depends on no placeholder (the learning phase counts as 0)."""
def get_value(x: Any) -> np.ndarray:
    """A copy of a variable's value as a numpy array."""
def set_value(x: Any, value: Any) -> None:
    """Gives a variable a new value, cast to its dtype."""
def update(x: Any, new_x: Any) -> Any:
    """An update for `function`: variable `x` becomes `new_x`."""
def update_add(x: Any, increment: Any) -> Any:
    """An update for `function`: variable `x` becomes ``x + increment``."""
def update_sub(x: Any, decrement: Any) -> Any:
    """An update for `function`: variable `x` becomes ``x - decrement``."""
def moving_average_update(variable: Any, value: Any, momentum: float) -> Any:
    """An update for `function`: ``variable * momentum + value * (1 - momentum)``."""
def batch_get_value(xs: Iterable[Any]) -> list[np.ndarray]:
    """The values of several variables."""
def batch_set_value(tuples: Iterable[tuple[Any, Any]]) -> None:
    """Sets several variables, all or none."""
def get_variable_shape(x: Any) -> tuple[int, ...]:
    """The shape of a variable, a tuple of integers."""
def count_params(x: Any) -> int:
    """The number of elements of a variable."""
def zeros(shape: Sequence[int], dtype: str | None=None, name: str | None=None) -> Any:
    """A variable of the given shape, filled with zeros."""
def ones(shape: Sequence[int], dtype: str | None=None, name: str | None=None) -> Any:
    """A variable of the given shape, filled with ones."""
def eye(size: int, dtype: str | None=None, name: str | None=None) -> Any:
    """A variable that holds the identity matrix, (size, size)."""
def random_uniform_variable(shape: Sequence[int], low: float, high: float, dtype: str | None=None, name: str | None=None, seed: int | None=None) -> Any:
    """A variable filled once with uniform numbers of [low, high)."""
def random_normal_variable(shape: Sequence[int], mean: float, scale: float, dtype: str | None=None, name: str | None=None, seed: int | None=None) -> Any:
    """A variable filled once with normal numbers of the given mean and standard deviation `scale`."""
def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is the output of a layer, or of `Input`."""
def is_explicit_shape(shape: Any) -> bool:
    """Whether `shape` is a tuple or list of integers (None and -1 count as integers)."""
def pattern_broadcast(x: Any, broatcastable: Sequence[bool]) -> Any:
    """`x`, checked to allow broadcasting along the axes marked True, whose size must be 1."""

# math
def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of `x` and the last but one of `y` (the only one, if `y` has ..."""
def batch_dot(x: Any, y: Any, axes: int | Sequence[int] | None=None) -> Any:
    """The product of `x` and `y` for each sample, contracting one axis of each."""
def transpose(x: Any) -> Any:
    """`x` with its axes in reverse order."""
def gather(reference: Any, indices: Any) -> Any:
    """The entries along axis 0 of `reference` at the integer `indices`: shape indices + reference[1:]."""
def max(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The largest value along `axis`."""
def min(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The smallest value along `axis`."""
def sum(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The sum along `axis`."""
def prod(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The product along `axis`."""
def mean(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The mean along `axis`; booleans and integers are taken as `floatx`."""
def any(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """Whether any element along `axis` is true (bool)."""
def all(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """Whether all elements along `axis` are true (bool)."""
def argmax(x: Any, axis: int=-1) -> Any:
    """The index of the largest value along one axis (int64); the first one among equals."""
def argmin(x: Any, axis: int=-1) -> Any:
    """The index of the smallest value along one axis (int64); the first one among equals."""
def square(x: Any) -> Any:
    """The square of each element."""
def abs(x: Any) -> Any:
    """The absolute value of each element."""
def sqrt(x: Any) -> Any:
    """The square root of each element; that of a negative number is 0."""
def exp(x: Any) -> Any:
    """e to the power of each element."""
def log(x: Any) -> Any:
    """The natural logarithm of each element."""
def round(x: Any) -> Any:
    """Each element rounded to an integer value, halves to the even one."""
def sign(x: Any) -> Any:
    """-1, 0 or 1 for each element."""
def pow(x: Any, a: Any) -> Any:
    """Each element to the power of `a`."""
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Each element limited to [min_value, max_value]; a `max_value` below `min_value` is raised to it."""
def sin(x: Any) -> Any:
    """The sine of each element."""
def cos(x: Any) -> Any:
    """The cosine of each element."""
def equal(x: Any, y: Any) -> Any:
    """Element-wise x == y (bool)."""
def not_equal(x: Any, y: Any) -> Any:
    """Element-wise x != y (bool)."""
def greater(x: Any, y: Any) -> Any:
    """Element-wise x > y (bool)."""
def greater_equal(x: Any, y: Any) -> Any:
    """Element-wise x >= y (bool)."""
def lesser(x: Any, y: Any) -> Any:
    """Element-wise x < y (bool)."""
def lesser_equal(x: Any, y: Any) -> Any:
    """Element-wise x <= y (bool)."""
def maximum(x: Any, y: Any) -> Any:
    """The larger of two elements, with broadcasting."""
def minimum(x: Any, y: Any) -> Any:
    """The smaller of two elements, with broadcasting."""
def cast(x: Any, dtype: str) -> Any:
    """`x` with another element type."""
def var(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The variance along `axis`, the mean squared deviation (divided by n, not n - 1)."""
def std(x: Any, axis: Axis=None, keepdims: bool=False) -> Any:
    """The standard deviation along `axis`, the square root of `var`."""

# shape
def concatenate(tensors: Sequence[Any], axis: int=-1) -> Any:
    """The tensors joined along an axis; sparse matrices give a sparse one."""
def stack(x: Sequence[Any]) -> Any:
    """Tensors of one shape joined along a new axis 0."""
def reshape(x: Any, shape: Any) -> Any:
    """The same elements in another shape."""
def permute_dimensions(x: Any, pattern: Sequence[int]) -> Any:
    """The axes in another order: axis ``i`` of the result is axis ``pattern[i]`` of `x`."""
def expand_dims(x: Any, dim: int=-1) -> Any:
    """`x` with a new axis of size 1 at index `dim`."""
def squeeze(x: Any, axis: int) -> Any:
    """`x` without an axis, whose size must be 1."""
def repeat_elements(x: Any, rep: Any, axis: int) -> Any:
    """Each slice along `axis` repeated `rep` times, like `numpy.repeat`; `rep` may be symbolic."""
def tile(x: Any, n: Any) -> Any:
    """`x` laid side by side, as `numpy.tile` does."""
def flatten(x: Any) -> Any:
    """`x` as one axis."""
def reverse(x: Any, axes: int | Sequence[int]) -> Any:
    """`x` with the order of elements reversed along one axis or several."""
def one_hot(indices: Any, nb_classes: int) -> Any:
    """A new last axis of size `nb_classes` (`floatx`): 1 at the index, 0 elsewhere."""
def arange(start: Any, stop: Any=None, step: Any=1, dtype: str='int32') -> Any:
    """Numbers from `start` (included) to `stop` (not included); ``arange(n)`` counts from 0."""
def zeros_like(x: Any, dtype: str | None=None, name: str | None=None) -> Any:
    """Zeros in the shape of `x`, of its dtype unless another is given."""
def ones_like(x: Any, dtype: str | None=None, name: str | None=None) -> Any:
    """Ones in the shape of `x`, of its dtype unless another is given."""
def pad(x: Any, paddings: Sequence[tuple[int, int]], value: float=0.0) -> Any:
    """`x` with elements of `value` added: a pair (before, after) for each axis."""
def sizes(x: Any) -> list[Any]:
    """The shape of `x`: integers where they are certain, else symbolic ones."""
def repeat(x: Any, n: Any) -> Any:
    """A matrix repeated along a new axis 1: (samples, d) becomes (samples, n, d)."""
def batch_flatten(x: Any) -> Any:
    """All axes but the first made one: (samples, a, b, ...) becomes (samples, a * b * ...)."""
def temporal_padding(x: Any, padding: int=1) -> Any:
    """`padding` zeros before and after axis 1 of (samples, steps, features)."""
def asymmetric_temporal_padding(x: Any, left_pad: int=1, right_pad: int=1) -> Any:
    """Zeros before and after axis 1 of (samples, steps, features)."""
def spatial_2d_padding(x: Any, padding: tuple[int, int]=(1, 1), dim_ordering: str='default') -> Any:
    """Zeros around images: ``padding[0]`` rows above and below, ``padding[1]`` columns left and right."""
def asymmetric_spatial_2d_padding(x: Any, top_pad: int=1, bottom_pad: int=1, left_pad: int=1, right_pad: int=1, dim_ordering: str='default') -> Any:
    """Zeros on the four sides of images, (samples, rows, columns, channels) under ``'tf'``."""
def spatial_3d_padding(x: Any, padding: tuple[int, int, int]=(1, 1, 1), dim_ordering: str='default') -> Any:
    """Zeros on all sides of volumes: ``padding[i]`` before and after the i-th spatial axis."""
def resize_images(X: Any, height_factor: int, width_factor: int, dim_ordering: str) -> Any:
    """Images with each row repeated `height_factor` times and each column `width_factor` times."""
def resize_volumes(X: Any, depth_factor: int, height_factor: int, width_factor: int, dim_ordering: str) -> Any:
    """Volumes with the slices of their three spatial axes repeated by the three factors."""

# conv
def convolution(x: Any, kernel: Any, strides: Sizes | None=None, border_mode: str='valid', dilation: Sizes | None=None) -> Any:
    """The cross-correlation of `x` with `kernel`."""
def transposed_convolution(x: Any, kernel: Any, output_shape: Sequence[Any], strides: Sizes | None=None, border_mode: str='valid') -> Any:
    """The transpose of `convolution`: what its gradient with respect to its input is."""
def depthwise_convolution(x: Any, kernel: Any, strides: Sizes | None=None, border_mode: str='valid') -> Any:
    """Each channel convolved for itself."""
def pooling(x: Any, pool_size: Sizes, strides: Sizes | None=None, border_mode: str='valid', pool_mode: str='max') -> Any:
    """The largest value or the mean in each window."""
def conv1d(x: Any, kernel: Any, stride: int=1, border_mode: str='valid', image_shape: Any=None, filter_shape: Any=None) -> Any:
    """Convolution along the time axis."""
def conv2d(x: Any, kernel: Any, strides: Sizes=(1, 1), border_mode: str='valid', dim_ordering: str='default', image_shape: Any=None, filter_shape: Any=None, filter_dilation: Sizes=(1, 1)) -> Any:
    """Convolution of images."""
def conv3d(x: Any, kernel: Any, strides: Sizes=(1, 1, 1), border_mode: str='valid', dim_ordering: str='default', volume_shape: Any=None, filter_shape: Any=None, filter_dilation: Sizes=(1, 1, 1)) -> Any:
    """Convolution of volumes; the arguments are those of `conv2d`, with one more spatial axis."""
def atrous_conv2d(x: Any, kernel: Any, rate: int=1, border_mode: str='valid', dim_ordering: str='default', image_shape: Any=None, filter_shape: Any=None) -> Any:
    """`conv2d` with the kernel's elements `rate` apart along rows and columns."""
def deconv2d(x: Any, kernel: Any, output_shape: Sequence[Any], strides: Sizes=(1, 1), border_mode: str='valid', dim_ordering: str='default', image_shape: Any=None, filter_shape: Any=None) -> Any:
    """Transposed convolution of images (Zeiler et al., 2010)."""
def separable_conv2d(x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Sizes=(1, 1), border_mode: str='valid', dim_ordering: str='default') -> Any:
    """A depthwise convolution, then a mixture of channels."""
def pool2d(x: Any, pool_size: Sizes, strides: Sizes=(1, 1), border_mode: str='valid', dim_ordering: str='default', pool_mode: str='max') -> Any:
    """Pooling of images; see `pooling` and `conv2d` for the arguments."""
def pool3d(x: Any, pool_size: Sizes, strides: Sizes=(1, 1, 1), border_mode: str='valid', dim_ordering: str='default', pool_mode: str='max') -> Any:
    """Pooling of volumes; see `pooling` and `conv3d` for the arguments."""

# nn
def relu(x: Any, alpha: float=0.0, max_value: float | None=None) -> Any:
    """max(x, 0) + alpha * min(x, 0), the first part limited to `max_value` if that is given."""
def elu(x: Any, alpha: float=1.0) -> Any:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015)."""
def softmax(x: Any) -> Any:
    """exp(x) / sum(exp(x)) along the last axis, computed without overflow."""
def softplus(x: Any) -> Any:
    """log(1 + exp(x)), computed without overflow."""
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
def tanh(x: Any) -> Any:
    """The hyperbolic tangent of each element."""
def categorical_crossentropy(output: Any, target: Any, from_logits: bool=False) -> Any:
    """-sum(target * log(output)) along the last axis."""
def sparse_categorical_crossentropy(output: Any, target: Any, from_logits: bool=False) -> Any:
    """-log(output at the index `target`) along the last axis."""
def binary_crossentropy(output: Any, target: Any, from_logits: bool=False) -> Any:
    """-target * log(output) - (1 - target) * log(1 - output), element by element."""
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the target class is among the k most probable ones (bool), for each sample."""
def softsign(x: Any) -> Any:
    """x / (1 + abs(x))."""
def hard_sigmoid(x: Any) -> Any:
    """0.2 * x + 0.5 limited to [0, 1]."""
def l2_normalize(x: Any, axis: int) -> Any:
    """`x` divided by its Euclidean norm along `axis`; a zero vector stays zero."""
def dropout(x: Any, level: float, noise_shape: Any=None, seed: int | None=None) -> Any:
    """Elements set to zero at random, the others divided by 1 - level (Srivastava et al., 2014)."""
def batch_normalization(x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float=0.001) -> Any:
    """(x - mean) / sqrt(var + epsilon) * gamma + beta (Ioffe and Szegedy, 2015), with broadcasting."""
def normalize_batch_in_training(x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float=0.001) -> tuple[Any, Any, Any]:
    """Normalises `x` by its own mean and variance."""

# random
def random_uniform(shape: Sequence[Any], low: float=0.0, high: float=1.0, dtype: str | None=None, seed: int | None=None) -> Any:
    """Uniform numbers of [low, high)."""
def random_normal(shape: Sequence[Any], mean: float=0.0, std: float=1.0, dtype: str | None=None, seed: int | None=None) -> Any:
    """Normal numbers of the given mean and standard deviation."""
def random_binomial(shape: Sequence[Any], p: float=0.0, dtype: str | None=None, seed: int | None=None) -> Any:
    """1 with probability `p`, else 0."""

# control
def learning_phase() -> Any:
    """The learning phase: a symbolic scalar that `function` takes among its inputs, or the integer ..."""
def learning_phase_uses() -> int:
    """How often expressions have asked for the symbolic learning phase so far."""
def set_learning_phase(value: int) -> None:
    """Fixes the learning phase to 0 or 1 for all that is built from now on."""
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """`then_expression` where the condition holds, else `else_expression`."""
def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any=None, name: str | None=None) -> Any:
    """``accumulator = fn(accumulator, x)`` for the slices `x` along axis 0 of `elems`, first to last."""
def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any=None, name: str | None=None) -> Any:
    """Like `foldl`, from the last slice to the first."""
def map_fn(fn: Callable[..., Any], elems: Any, name: str | None=None) -> Any:
    """``fn(x)`` for each slice `x` along axis 0 of `elems`, stacked along axis 0."""
def stop_gradient(variables: Any) -> Any:
    """The same tensor (or list of tensors), taken as constant by `gradients`."""
def print_tensor(x: Any, message: str='') -> Any:
    """`x`; its value is printed after `message` each time it is computed."""
def in_train_phase(x: Any, alt: Any) -> Any:
    """`x` in the training phase, else `alt`; either may be a function without arguments."""
def in_test_phase(x: Any, alt: Any) -> Any:
    """`x` in the test phase, else `alt`; either may be a function without arguments."""

# recurrent
def scan(body: Body, sequences: Sequence[Any], states: Sequence[Any], go_backwards: bool=False) -> tuple[list[Any], list[Any]]:
    """Runs a loop over axis 0 of several tensors."""
def rnn(step_function: Callable[[Any, list[Any]], tuple[Any, list[Any]]], inputs: Any, initial_states: Sequence[Any], go_backwards: bool=False, mask: Any=None, constants: Sequence[Any] | None=None, unroll: bool=False, input_length: int | None=None) -> tuple[Any, Any, list[Any]]:
    """Goes through the time steps of `inputs`."""
def lstm(x: Any, U: Any, initial_states: Sequence[Any], mask: Any=None, go_backwards: bool=False, inner_activation: str='hard_sigmoid', W: Any=None, b: Any=None) -> tuple[Any, Any, list[Any]]:
    """The recurrence of a long short-term memory (Hochreiter and Schmidhuber, 1997)."""
def gru(x: Any, U: Any, initial_states: Sequence[Any], mask: Any=None, go_backwards: bool=False, inner_activation: str='hard_sigmoid', W: Any=None, b: Any=None) -> tuple[Any, Any, list[Any]]:
    """The recurrence of a gated recurrent unit (Cho et al., 2014)."""

# ctc
def ctc_decode(y_pred: Any, input_length: Any, greedy: bool=True, beam_width: int=100, top_paths: int=1) -> tuple[list[Any], Any]:
    """The labels that the outputs of a softmax stand for."""
def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Any:
    """The first `label_lengths` labels of each sample as a sparse matrix of the shape of `labels`."""
def ctc_create_skip_idxs(Y: Any) -> Any:
    """Where a path may go on to the next but one of `Y`: from a label to a different label."""
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """The negative log-likelihood of the labels of each sample."""
def ctc_interleave_blanks(Y: Any) -> Any:
    """Labels with a blank before, between and behind them; -1 stands for the blank, the last class."""
def ctc_update_log_p(skip_idxs: Any, zeros: Any, active: Any, log_p_curr: Any, log_p_prev: Any) -> tuple[Any, Any]:
    """One time step of all paths through the states of a labelling (labels and blanks)."""
def ctc_path_probs(predict: Any, Y: Any, alpha: float=0.0001) -> tuple[Any, Any]:
    """For each time step and state of a labelling, all paths that are in this state then."""
def ctc_cost(predict: Any, Y: Any) -> Any:
    """The negative log-likelihood of the labels of one sequence."""

# graph
def graph_scope() -> AbstractContextManager[Any]:
    """The context in which expressions are built; entered again inside itself it does nothing."""
def function(inputs: Sequence[Any], outputs: Any, updates: Sequence[Any]=[], **kwargs: Any) -> Function:
    """Compiles a function."""
def gradients(loss: Any, variables: Any) -> list[Any]:
    """The derivatives of a scalar with respect to tensors."""
def clear_session() -> None:
    """Forgets all that was built and frees its memory."""
def get_uid(prefix: str='') -> int:
    """The next number for names with this prefix, from 1."""
def reset_uids() -> None:
    """Lets the numbers that `get_uid` gives start again at 1."""
def is_native_optimizer(optimizer: Any) -> bool:
    """Whether `optimizer` is one of the engine itself, which `native_optimizer_updates` can drive."""
def native_optimizer_updates(optimizer: Any, variables: Sequence[Any], gradients: Sequence[Any]) -> list[Any]:
    """Updates for `function` by an optimizer of the engine; its state stays its own affair."""
def get_session() -> Any:
    """The engine's session."""
def set_session(session: Any) -> None:
    """Makes `session` the engine's session."""
def manual_variable_initialization(value: bool) -> None:
    """Whether the user, not the library, initialises variables."""
