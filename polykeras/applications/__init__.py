"""Well-known networks, with weights that others have trained.

The functions take the order of image axes that is set when they are called (``'tf'`` or ``'th'``). Both
engines compute the same from the same weights.

Those for pictures (`VGG16`, `VGG19`, `ResNet50`, `InceptionV3`, `Xception`) have the same arguments:

* `include_top`: whether the model has its dense layers.
* `weights`: None: random start. ``'imagenet'``: those trained on ImageNet, which are fetched once and kept
  below ``$KERAS_HOME/models``. Or the path of a file of weights of the same network; one that has the name of
  a published file, such as ``vgg16_weights_th_dim_ordering_th_kernels.h5``, tells by it which order of axes
  and which backend it is for, and is converted.
* `input_tensor`: a tensor to start from in place of a new input.
* `input_shape`: the shape of a picture, other than the usual one only if `include_top` is False: 3 channels,
  and rows and columns of a least number, or None for any number.
* `classes`: number of outputs, other than 1000 with weights of your own only.

An argument that does not fit is a ValueError or TypeError, before anything is fetched or built. Weights that
can not be fetched are an OSError.
"""

from .inception_v3 import InceptionV3 as InceptionV3
from .resnet50 import ResNet50 as ResNet50
from .vgg16 import VGG16 as VGG16
from .vgg19 import VGG19 as VGG19
from .xception import Xception as Xception
