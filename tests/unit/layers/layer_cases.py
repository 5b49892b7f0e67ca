"""One entry for each layer and each way it computes: used by the tests of this folder."""

from typing import Any, NamedTuple

from polykeras import layers
from polykeras.models import Sequential


class Case(NamedTuple):
    """A layer class, its arguments, and the shape of an input without the axis of samples."""

    name: str
    kind: str
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    random: bool = False  # draws numbers in the training phase

    def make(self, **kwargs: Any) -> Any:
        return getattr(layers, self.kind)(**{**self.arguments, **kwargs})


def square(x):
    return x * x


def _inner(kind: str, **arguments: Any) -> Any:
    return lambda: getattr(layers, kind)(**arguments)


REGULARIZED = {
    "W_regularizer": "l2",
    "b_regularizer": "l1",
    "activity_regularizer": "activity_l2",
    "W_constraint": "maxnorm",
    "b_constraint": "nonneg",
}

CASES = [
    Case("dense", "Dense", {"output_dim": 4, "activation": "tanh"}, (3,)),
    Case("dense_nobias", "Dense", {"output_dim": 4, "bias": False, "init": "he_normal"}, (3,)),
    Case("dense_3d", "Dense", {"output_dim": 4, "activation": "softmax"}, (5, 3)),
    Case("dense_4d", "Dense", {"output_dim": 2}, (2, 5, 3)),
    Case("dense_regularized", "Dense", {"output_dim": 4, **REGULARIZED}, (3,)),
    Case("timedistributeddense", "TimeDistributedDense", {"output_dim": 4, "activation": "relu"}, (5, 3)),
    Case("maxoutdense", "MaxoutDense", {"output_dim": 4, "nb_feature": 3, **REGULARIZED}, (3,)),
    Case("maxoutdense_nobias", "MaxoutDense", {"output_dim": 4, "bias": False}, (3,)),
    Case("highway", "Highway", {"activation": "tanh", **REGULARIZED}, (3,)),
    Case("highway_nobias", "Highway", {"bias": False}, (3,)),
    *[
        Case(f"activation_{name}", "Activation", {"activation": name}, (4, 3))
        for name in (
            "elu",
            "hard_sigmoid",
            "linear",
            "relu",
            "sigmoid",
            "softmax",
            "softplus",
            "softsign",
            "tanh",
        )
    ],
    Case("activityregularization", "ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (3,)),
    Case("masking", "Masking", {"mask_value": 1.0}, (5, 3)),
    Case("dropout", "Dropout", {"p": 0.3}, (5, 3), True),
    Case("dropout_shape", "Dropout", {"p": 0.3, "noise_shape": [None, 1, 3], "seed": 3}, (5, 3), True),
    Case("dropout_off", "Dropout", {"p": 0.0}, (5,)),
    Case("spatialdropout1d", "SpatialDropout1D", {"p": 0.3}, (5, 3), True),
    Case("spatialdropout2d", "SpatialDropout2D", {"p": 0.3, "dim_ordering": "tf"}, (4, 4, 3), True),
    Case("spatialdropout2d_th", "SpatialDropout2D", {"p": 0.3, "dim_ordering": "th"}, (3, 4, 4), True),
    Case("spatialdropout3d", "SpatialDropout3D", {"p": 0.3}, (2, 4, 4, 3), True),
    Case("gaussiannoise", "GaussianNoise", {"sigma": 0.2}, (5,), True),
    Case("gaussiandropout", "GaussianDropout", {"p": 0.2}, (5,), True),
    Case("flatten", "Flatten", {}, (2, 3, 4)),
    Case("reshape", "Reshape", {"target_shape": (3, 2, 4)}, (6, 4)),
    Case("reshape_free", "Reshape", {"target_shape": (3, -1)}, (6, 4)),
    Case("permute", "Permute", {"dims": (3, 1, 2)}, (2, 3, 4)),
    Case("repeatvector", "RepeatVector", {"n": 3}, (4,)),
    Case("leakyrelu", "LeakyReLU", {"alpha": 0.2}, (5,)),
    Case("elu", "ELU", {"alpha": 0.7}, (5,)),
    Case("thresholdedrelu", "ThresholdedReLU", {"theta": 0.4}, (5,)),
    Case("prelu", "PReLU", {"init": "uniform"}, (4, 3)),
    Case("prelu_shared", "PReLU", {"init": "uniform", "shared_axes": [1]}, (4, 3)),
    Case("parametricsoftplus", "ParametricSoftplus", {"alpha_init": 0.3, "beta_init": 2.0}, (5,)),
    Case("parametricsoftplus_shared", "ParametricSoftplus", {"shared_axes": [1, 2]}, (4, 2, 3)),
    Case("srelu", "SReLU", {}, (5,)),
    Case("srelu_shared", "SReLU", {"shared_axes": 1, "t_left_init": "uniform"}, (4, 3)),
    Case("batchnormalization", "BatchNormalization", {"gamma_regularizer": "l2"}, (5,)),
    Case("batchnormalization_4d", "BatchNormalization", {"momentum": 0.7}, (4, 4, 3)),
    Case("batchnormalization_axis1", "BatchNormalization", {"axis": 1, "epsilon": 0.01}, (3, 4, 4)),
    Case("batchnormalization_mode1", "BatchNormalization", {"mode": 1, "gamma_init": "uniform"}, (5,)),
    Case("batchnormalization_mode1_axis1", "BatchNormalization", {"mode": 1, "axis": 1}, (3, 4)),
    Case("batchnormalization_mode2", "BatchNormalization", {"mode": 2, "beta_init": "uniform"}, (4, 3)),
    Case("lambda", "Lambda", {"function": square}, (4, 3)),
    Case("timedistributed_dense", "TimeDistributed", {"layer": _inner("Dense", output_dim=4)}, (5, 3)),
    Case(
        "timedistributed_regularized",
        "TimeDistributed",
        {"layer": _inner("Dense", output_dim=4, **REGULARIZED)},
        (5, 3),
    ),
    Case(
        "timedistributed_batchnormalization",
        "TimeDistributed",
        {"layer": _inner("BatchNormalization", mode=0)},
        (5, 3),
    ),
    Case("timedistributed_dropout", "TimeDistributed", {"layer": _inner("Dropout", p=0.3)}, (5, 3), True),
]


def make(case: Case, **kwargs: Any) -> Any:
    """The layer of a case; a wrapped layer is made anew each time."""
    if case.kind == "TimeDistributed":
        kwargs["layer"] = case.arguments["layer"]()
    return case.make(**kwargs)


def model_of(case: Case, **kwargs: Any) -> Sequential:
    """A model of just this layer."""
    return Sequential([make(case, input_shape=case.shape, **kwargs)])
