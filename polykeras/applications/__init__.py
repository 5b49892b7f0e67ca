"""Well-known networks, with weights that others have trained.

The functions take the order of image axes that is set when they are called (``'tf'`` or ``'th'``). Both
engines compute the same from the same weights.
"""

from .inception_v3 import InceptionV3 as InceptionV3
from .resnet50 import ResNet50 as ResNet50
from .vgg16 import VGG16 as VGG16
from .vgg19 import VGG19 as VGG19
from .xception import Xception as Xception
