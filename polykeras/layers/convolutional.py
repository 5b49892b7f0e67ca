"""The Keras 1 home of the layers on sequences, images and volumes."""

from .. import activations as activations
from .. import backend
from .. import constraints as constraints
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.layer import Layer as Layer
from ..engine.spec import InputSpec as InputSpec
from ..utils.np_utils import conv_input_length as conv_input_length
from ..utils.np_utils import conv_output_length as conv_output_length
from .conv1d import AtrousConv1D as AtrousConv1D
from .conv1d import AtrousConvolution1D as AtrousConvolution1D
from .conv1d import Conv1D as Conv1D
from .conv1d import Convolution1D as Convolution1D
from .conv2d import AtrousConv2D as AtrousConv2D
from .conv2d import AtrousConvolution2D as AtrousConvolution2D
from .conv2d import Conv2D as Conv2D
from .conv2d import Convolution2D as Convolution2D
from .conv2d_separable import SeparableConv2D as SeparableConv2D
from .conv2d_separable import SeparableConvolution2D as SeparableConvolution2D
from .conv2d_transpose import Deconv2D as Deconv2D
from .conv2d_transpose import Deconvolution2D as Deconvolution2D
from .conv3d import Conv3D as Conv3D
from .conv3d import Convolution3D as Convolution3D
from .cropping import Cropping1D as Cropping1D
from .cropping import Cropping2D as Cropping2D
from .cropping import Cropping3D as Cropping3D
from .padding import ZeroPadding1D as ZeroPadding1D
from .padding import ZeroPadding2D as ZeroPadding2D
from .padding import ZeroPadding3D as ZeroPadding3D
from .pooling import AveragePooling1D as AveragePooling1D
from .pooling import AveragePooling2D as AveragePooling2D
from .pooling import AveragePooling3D as AveragePooling3D
from .pooling import MaxPooling1D as MaxPooling1D
from .pooling import MaxPooling2D as MaxPooling2D
from .pooling import MaxPooling3D as MaxPooling3D
from .upsampling import UpSampling1D as UpSampling1D
from .upsampling import UpSampling2D as UpSampling2D
from .upsampling import UpSampling3D as UpSampling3D

K = backend
