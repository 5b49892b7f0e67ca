"""One entry for each layer and each way it computes: used by the tests of this folder."""

from typing import Any, NamedTuple

import numpy as np

from polykeras import layers
from polykeras.models import Sequential


class Case(NamedTuple):
    """A layer class, its arguments, and the shape of an input without the axis of samples."""

    name: str
    kind: str
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    random: bool = False  # draws numbers in the training phase
    vocabulary: int = 0  # the input holds whole numbers below this one

    def make(self, **kwargs: Any) -> Any:
        return getattr(layers, self.kind)(**{**self.arguments, **kwargs})

    def draw(self, state: np.random.RandomState, samples: int, largest: float = 1.0) -> np.ndarray:
        """Numbers for an input: from -largest to largest, or whole ones."""
        shape = (samples, *self.shape)
        if self.vocabulary:
            return state.randint(0, self.vocabulary, shape).astype("int32")
        return state.uniform(-largest, largest, shape).astype("float32")


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

PENALTIES = {"W_regularizer": "l2", "U_regularizer": "l1", "b_regularizer": "l1l2"}

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
    Case("convolution1d", "Convolution1D", {"nb_filter": 4, "filter_length": 3}, (7, 2)),
    Case(
        "convolution1d_same",
        "Convolution1D",
        {"nb_filter": 4, "filter_length": 4, "border_mode": "same", "subsample_length": 2, **REGULARIZED},
        (7, 2),
    ),
    Case(
        "convolution1d_full",
        "Convolution1D",
        {"nb_filter": 3, "filter_length": 2, "border_mode": "full", "bias": False, "activation": "tanh"},
        (5, 2),
    ),
    Case(
        "atrousconvolution1d",
        "AtrousConvolution1D",
        {"nb_filter": 3, "filter_length": 3, "atrous_rate": 2, "border_mode": "same"},
        (7, 2),
    ),
    Case("convolution2d", "Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 2}, (5, 6, 2)),
    Case(
        "convolution2d_same",
        "Convolution2D",
        {"nb_filter": 3, "nb_row": 3, "nb_col": 2, "border_mode": "same", "subsample": (2, 3), **REGULARIZED},
        (6, 7, 2),
    ),
    Case(
        "convolution2d_th",
        "Convolution2D",
        {"nb_filter": 3, "nb_row": 2, "nb_col": 3, "border_mode": "full", "dim_ordering": "th"},
        (2, 4, 5),
    ),
    Case(
        "convolution2d_1x1",
        "Convolution2D",
        {"nb_filter": 5, "nb_row": 1, "nb_col": 1, "activation": "relu", "init": "he_normal"},
        (4, 3, 2),
    ),
    Case(
        "atrousconvolution2d",
        "AtrousConvolution2D",
        {"nb_filter": 3, "nb_row": 2, "nb_col": 3, "atrous_rate": (2, 3), "bias": False},
        (6, 9, 2),
    ),
    Case(
        "atrousconvolution2d_th",
        "AtrousConvolution2D",
        {
            "nb_filter": 3,
            "nb_row": 3,
            "nb_col": 3,
            "atrous_rate": (2, 1),
            "border_mode": "same",
            "dim_ordering": "th",
        },
        (2, 6, 6),
    ),
    Case(
        "deconvolution2d",
        "Deconvolution2D",
        {"nb_filter": 3, "nb_row": 3, "nb_col": 2, "output_shape": (None, 6, 5, 3)},
        (4, 4, 2),
    ),
    Case(
        "deconvolution2d_same",
        "Deconvolution2D",
        {
            "nb_filter": 3,
            "nb_row": 3,
            "nb_col": 3,
            "output_shape": (None, 7, 8, 3),
            "subsample": (2, 2),
            "border_mode": "same",
            **REGULARIZED,
        },
        (4, 4, 2),
    ),
    Case(
        "deconvolution2d_th",
        "Deconvolution2D",
        {
            "nb_filter": 3,
            "nb_row": 2,
            "nb_col": 3,
            "output_shape": (None, 3, 9, 6),
            "subsample": (2, 1),
            "dim_ordering": "th",
            "bias": False,
        },
        (2, 4, 4),
    ),
    Case(
        "separableconvolution2d",
        "SeparableConvolution2D",
        {
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 2,
            "depth_multiplier": 2,
            "activation": "relu",
            "depthwise_regularizer": "l2",
            "pointwise_regularizer": "l1",
            "b_regularizer": "l2",
            "depthwise_constraint": "maxnorm",
            "pointwise_constraint": "nonneg",
            "b_constraint": "nonneg",
        },
        (5, 6, 3),
    ),
    Case(
        "separableconvolution2d_th",
        "SeparableConvolution2D",
        {
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 3,
            "border_mode": "same",
            "subsample": (2, 2),
            "dim_ordering": "th",
            "bias": False,
        },
        (3, 6, 6),
    ),
    Case(
        "convolution3d",
        "Convolution3D",
        {"nb_filter": 3, "kernel_dim1": 2, "kernel_dim2": 3, "kernel_dim3": 2, **REGULARIZED},
        (4, 5, 4, 2),
    ),
    Case(
        "convolution3d_th",
        "Convolution3D",
        {
            "nb_filter": 3,
            "kernel_dim1": 2,
            "kernel_dim2": 2,
            "kernel_dim3": 3,
            "border_mode": "same",
            "subsample": (2, 1, 2),
            "dim_ordering": "th",
            "bias": False,
        },
        (2, 4, 3, 5),
    ),
    Case("locallyconnected1d", "LocallyConnected1D", {"nb_filter": 4, "filter_length": 3}, (7, 2)),
    Case(
        "locallyconnected1d_step",
        "LocallyConnected1D",
        {"nb_filter": 4, "filter_length": 2, "subsample_length": 2, "activation": "tanh", **REGULARIZED},
        (7, 2),
    ),
    Case(
        "locallyconnected2d",
        "LocallyConnected2D",
        {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "subsample": (1, 2), **REGULARIZED},
        (5, 6, 2),
    ),
    Case(
        "locallyconnected2d_th",
        "LocallyConnected2D",
        {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "dim_ordering": "th", "init": "normal"},
        (2, 5, 6),
    ),
    Case("upsampling1d", "UpSampling1D", {"length": 3}, (4, 2)),
    Case("upsampling2d", "UpSampling2D", {"size": (2, 3)}, (3, 4, 2)),
    Case("upsampling2d_th", "UpSampling2D", {"dim_ordering": "th"}, (2, 3, 4)),
    Case("upsampling3d", "UpSampling3D", {"size": (1, 2, 3)}, (2, 3, 4, 2)),
    Case("upsampling3d_th", "UpSampling3D", {"dim_ordering": "th"}, (2, 3, 2, 4)),
    Case("zeropadding1d", "ZeroPadding1D", {"padding": 2}, (4, 2)),
    Case("zeropadding1d_sides", "ZeroPadding1D", {"padding": (0, 3)}, (4, 2)),
    Case("zeropadding1d_named", "ZeroPadding1D", {"padding": {"left_pad": 2}}, (4, 2)),
    Case("zeropadding2d", "ZeroPadding2D", {"padding": (1, 2)}, (3, 4, 2)),
    Case("zeropadding2d_sides", "ZeroPadding2D", {"padding": (1, 2, 3, 0), "dim_ordering": "th"}, (2, 3, 4)),
    Case("zeropadding2d_named", "ZeroPadding2D", {"padding": {"top_pad": 2, "right_pad": 1}}, (3, 4, 2)),
    Case("zeropadding3d", "ZeroPadding3D", {"padding": (1, 0, 2)}, (2, 3, 4, 2)),
    Case("zeropadding3d_th", "ZeroPadding3D", {"dim_ordering": "th"}, (2, 2, 3, 4)),
    Case("cropping1d", "Cropping1D", {"cropping": (0, 2)}, (5, 2)),
    Case("cropping2d", "Cropping2D", {"cropping": ((1, 0), (0, 2))}, (4, 5, 2)),
    Case("cropping2d_th", "Cropping2D", {"cropping": ((1, 1), (2, 1)), "dim_ordering": "th"}, (2, 4, 5)),
    Case("cropping3d", "Cropping3D", {}, (3, 4, 5, 2)),
    Case(
        "cropping3d_th",
        "Cropping3D",
        {"cropping": ((0, 1), (1, 0), (2, 1)), "dim_ordering": "th"},
        (2, 3, 4, 5),
    ),
    *[
        case
        for kind in ("Max", "Average")
        for case in (
            Case(f"{kind}_1d".lower(), f"{kind}Pooling1D", {"pool_length": 3}, (8, 2)),
            Case(f"{kind}_1d_same".lower(), f"{kind}Pooling1D", {"stride": 1, "border_mode": "same"}, (5, 2)),
            Case(f"{kind}_2d".lower(), f"{kind}Pooling2D", {"pool_size": (2, 3)}, (5, 6, 2)),
            Case(
                f"{kind}_2d_th".lower(),
                f"{kind}Pooling2D",
                {"pool_size": (3, 2), "strides": (2, 1), "border_mode": "same", "dim_ordering": "th"},
                (2, 6, 5),
            ),
            Case(f"{kind}_3d".lower(), f"{kind}Pooling3D", {"strides": (1, 2, 1)}, (4, 4, 3, 2)),
            Case(
                f"{kind}_3d_th".lower(),
                f"{kind}Pooling3D",
                {"pool_size": (2, 1, 3), "border_mode": "same", "dim_ordering": "th"},
                (2, 3, 4, 4),
            ),
            Case(f"global_{kind}_1d".lower(), f"Global{kind}Pooling1D", {}, (5, 2)),
            Case(f"global_{kind}_2d".lower(), f"Global{kind}Pooling2D", {}, (4, 5, 2)),
            Case(f"global_{kind}_2d_th".lower(), f"Global{kind}Pooling2D", {"dim_ordering": "th"}, (2, 4, 5)),
            Case(f"global_{kind}_3d".lower(), f"Global{kind}Pooling3D", {}, (2, 3, 4, 2)),
            Case(
                f"global_{kind}_3d_th".lower(), f"Global{kind}Pooling3D", {"dim_ordering": "th"}, (2, 2, 3, 4)
            ),
        )
    ],
    Case("embedding", "Embedding", {"input_dim": 9, "output_dim": 4}, (6,), vocabulary=9),
    Case(
        "embedding_regularized",
        "Embedding",
        {
            "input_dim": 9,
            "output_dim": 4,
            "input_length": 6,
            "mask_zero": True,
            "init": "normal",
            "W_regularizer": "l2",
            "activity_regularizer": "activity_l2",
            "W_constraint": "maxnorm",
        },
        (6,),
        vocabulary=9,
    ),
    Case("embedding_dropout", "Embedding", {"input_dim": 9, "output_dim": 4, "dropout": 0.3}, (6,), True, 9),
    Case(
        "timedistributed_convolution2d",
        "TimeDistributed",
        {"layer": _inner("Convolution2D", nb_filter=3, nb_row=2, nb_col=2, **REGULARIZED)},
        (3, 4, 5, 2),
    ),
    Case("timedistributed_maxpooling2d", "TimeDistributed", {"layer": _inner("MaxPooling2D")}, (3, 4, 6, 2)),
    Case(
        "simplernn",
        "SimpleRNN",
        {"output_dim": 4, "return_sequences": True, "go_backwards": True, **PENALTIES},
        (5, 3),
    ),
    Case(
        "simplernn_mem",
        "SimpleRNN",
        {
            "output_dim": 4,
            "consume_less": "mem",
            "activation": "softsign",
            "dropout_W": 0.3,
            "dropout_U": 0.2,
        },
        (5, 3),
        True,
    ),
    *[
        Case(f"{kind}_{name}".lower(), kind, {"output_dim": 4, **arguments}, (5, 3), "dropout_U" in arguments)
        for kind in ("GRU", "LSTM")
        for name, arguments in (
            ("cpu", {"return_sequences": True, "go_backwards": True, **PENALTIES}),
            ("mem", {"consume_less": "mem", "inner_activation": "sigmoid", "activation": "softsign"}),
            ("gpu", {"consume_less": "gpu", "inner_activation": "sigmoid", "inner_init": "glorot_uniform"}),
            ("unrolled", {"consume_less": "gpu", "unroll": True, "dropout_W": 0.3, "dropout_U": 0.2}),
        )
    ],
    Case(
        "bidirectional_concat",
        "Bidirectional",
        {"layer": _inner("LSTM", output_dim=4, forget_bias_init="zero", **PENALTIES)},
        (5, 3),
    ),
    Case(
        "bidirectional_mul",
        "Bidirectional",
        {"layer": _inner("GRU", output_dim=4, return_sequences=True), "merge_mode": "mul"},
        (5, 3),
    ),
    Case("timedistributed_lstm", "TimeDistributed", {"layer": _inner("LSTM", output_dim=4)}, (2, 4, 3)),
    Case(
        "convlstm2d",
        "ConvLSTM2D",
        {"nb_filter": 2, "nb_row": 2, "nb_col": 3, "dropout_W": 0.2, "dropout_U": 0.2, "dim_ordering": "tf"},
        (3, 4, 5, 2),
        True,
    ),
    Case(
        "convlstm2d_th",
        "ConvLSTM2D",
        {
            "nb_filter": 2,
            "nb_row": 2,
            "nb_col": 3,
            "border_mode": "same",
            "subsample": (2, 1),
            "dim_ordering": "th",
            "return_sequences": True,
            "go_backwards": True,
            **PENALTIES,
        },
        (3, 2, 4, 5),
    ),
]


def make(case: Case, **kwargs: Any) -> Any:
    """The layer of a case; a wrapped layer is made anew each time."""
    if case.kind in ("TimeDistributed", "Bidirectional"):
        kwargs["layer"] = case.arguments["layer"]()
    return case.make(**kwargs)


def model_of(case: Case, **kwargs: Any) -> Sequential:
    """A model of just this layer."""
    return Sequential([make(case, input_shape=case.shape, **kwargs)])
