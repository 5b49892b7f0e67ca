"""The conformance kit that the package brings, on the engines of this run."""

from polykeras.testing.test_functions import TestFunction as TestFunction
from polykeras.testing.test_functions import TestOver as TestOver
from polykeras.testing.test_functions import TestUpdates as TestUpdates
from polykeras.testing.test_gradients import TestGradients as TestGradients
from polykeras.testing.test_indices import TestGather as TestGather
from polykeras.testing.test_interface import TestInterface as TestInterface
from polykeras.testing.test_phase import TestPhase as TestPhase
from polykeras.testing.test_phase import TestSideEffects as TestSideEffects
from polykeras.testing.test_phase import TestSwitch as TestSwitch
from polykeras.testing.test_random import TestRandom as TestRandom
from polykeras.testing.test_recurrent import TestLoopLengths as TestLoopLengths
from polykeras.testing.test_recurrent import TestLoopSteps as TestLoopSteps
from polykeras.testing.test_recurrent import TestRefusedLoops as TestRefusedLoops
from polykeras.testing.test_session import TestSession as TestSession
from polykeras.testing.test_session import TestSettings as TestSettings
from polykeras.testing.test_values import TestValues as TestValues
from polykeras.testing.test_variables import TestPlaceholders as TestPlaceholders
from polykeras.testing.test_variables import TestSparse as TestSparse
from polykeras.testing.test_variables import TestVariables as TestVariables
