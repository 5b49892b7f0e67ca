"""The layers, and what a program needs beside them."""

from .. import activations as activations
from .. import backend
from .. import constraints as constraints
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.input_layer import Input as Input
from ..engine.input_layer import InputLayer as InputLayer
from ..engine.layer import Layer as Layer
from ..engine.merge import Merge as Merge
from ..engine.merge import merge as merge
from ..engine.spec import InputSpec as InputSpec
from ..utils.generic_utils import func_dump as func_dump
from ..utils.generic_utils import func_load as func_load
from ..utils.generic_utils import get_from_module as get_from_module
from ..utils.np_utils import conv_input_length as conv_input_length
from ..utils.np_utils import conv_output_length as conv_output_length
from .advanced_activations import ELU as ELU
from .advanced_activations import LeakyReLU as LeakyReLU
from .advanced_activations import ParametricSoftplus as ParametricSoftplus
from .advanced_activations import PReLU as PReLU
from .advanced_activations import SReLU as SReLU
from .advanced_activations import ThresholdedReLU as ThresholdedReLU
from .core import Activation as Activation
from .core import ActivityRegularization as ActivityRegularization
from .core import Masking as Masking
from .dense import Dense as Dense
from .dense import Highway as Highway
from .dense import MaxoutDense as MaxoutDense
from .dense import TimeDistributedDense as TimeDistributedDense
from .dropout import Dropout as Dropout
from .dropout import SpatialDropout1D as SpatialDropout1D
from .dropout import SpatialDropout2D as SpatialDropout2D
from .dropout import SpatialDropout3D as SpatialDropout3D
from .lambda_layer import Lambda as Lambda
from .noise import GaussianDropout as GaussianDropout
from .noise import GaussianNoise as GaussianNoise
from .normalization import BatchNormalization as BatchNormalization
from .reshaping import Flatten as Flatten
from .reshaping import Permute as Permute
from .reshaping import RepeatVector as RepeatVector
from .reshaping import Reshape as Reshape
from .wrappers import TimeDistributed as TimeDistributed
from .wrappers import Wrapper as Wrapper

K = backend
