"""The simplest layers; also the Keras 1 home of the dense, dropout and reshaping ones."""

from __future__ import annotations

from typing import Any

from .. import activations as activations
from .. import backend as K
from .. import constraints as constraints
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.layer import Layer as Layer
from ..engine.merge import Merge as Merge
from ..engine.spec import InputSpec as InputSpec
from ..errors import check_number
from ..utils.generic_utils import func_dump as func_dump
from ..utils.generic_utils import func_load as func_load
from ..utils.generic_utils import get_from_module as get_from_module
from ..utils.generic_utils import object_name
from .dense import Dense as Dense
from .dense import Highway as Highway
from .dense import MaxoutDense as MaxoutDense
from .dense import TimeDistributedDense as TimeDistributedDense
from .dropout import Dropout as Dropout
from .dropout import SpatialDropout1D as SpatialDropout1D
from .dropout import SpatialDropout2D as SpatialDropout2D
from .dropout import SpatialDropout3D as SpatialDropout3D
from .lambda_layer import Lambda as Lambda
from .reshaping import Flatten as Flatten
from .reshaping import Permute as Permute
from .reshaping import RepeatVector as RepeatVector
from .reshaping import Reshape as Reshape


class Masking(Layer):
    """Marks the time steps at which every number equals `mask_value`, and sets them to 0.

    Layers that understand masks pass over the marked steps, and the loss leaves them out.

    Input and output: ``(samples, time, ...)``. Mask: bool, without the last axis, True where a step counts.

    Args:
        mask_value: the number that stands for "nothing here".
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        self.mask_value = check_number(type(self).__name__, "mask_value", mask_value)
        self.supports_masking = True
        super().__init__(**kwargs)

    def compute_mask(self, x: Any, input_mask: Any = None) -> Any:
        return K.any(K.not_equal(x, self.mask_value), axis=-1)

    def call(self, x: Any, mask: Any = None) -> Any:
        counts = K.any(K.not_equal(x, self.mask_value), axis=-1, keepdims=True)
        return x * K.cast(counts, K.dtype(x))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}


class Activation(Layer):
    """An activation function as a layer. The shape stays the same; masks are passed on.

    Args:
        activation: a name, or a function from tensor to tensor.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        self.activation = activations.get(activation)
        self.supports_masking = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        return self.activation(x)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "activation": object_name(self.name, "activation", self.activation),
        }


class ActivityRegularization(Layer):
    """Passes its input on and adds ``l1 * sum(abs(x)) + l2 * sum(x ** 2)`` to the loss.

    Args:
        l1, l2: factors of the two sums.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        self.l1 = l1
        self.l2 = l2
        self.activity_regularizer = regularizers.L1L2Regularizer(l1=l1, l2=l2)
        self.supports_masking = True
        super().__init__(**kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}
