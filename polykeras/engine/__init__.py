"""The graph of layers: layers, nodes, containers, models and how they are trained."""

from .input_layer import Input as Input
from .input_layer import InputLayer as InputLayer
from .layer import Layer as Layer
from .merge import Merge as Merge
from .merge import merge as merge
from .model import Model as Model
from .node import get_source_inputs as get_source_inputs
from .spec import InputSpec as InputSpec
