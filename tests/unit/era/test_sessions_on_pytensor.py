"""Sessions on PyTensor, and `import tensorflow` where TensorFlow is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.backends import registry
from polykeras.backends.interface import Backend
from polykeras.errors import UnsupportedOperation
from polykeras.layers import Dense, Dropout
from polykeras.models import Sequential
from polykeras.testing.plugin import fresh


@pytest.fixture
def K() -> Iterator[Any]:
    pytest.importorskip("pytensor")
    with fresh("pytensor") as module:
        yield module


@pytest.fixture(autouse=True)
def first_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is the first to set a session's options."""
    if registry.engine_installed("pytensor"):
        adapter: Backend = registry.load("pytensor")
        kind = next(each for each in type(adapter).__mro__ if each.__name__ == "PTSessions")
        monkeypatch.setattr(kind, "_told", False)


def test_a_session_computes_tensors(K: Any) -> None:
    model = Sequential([Dense(2, input_dim=3), Dropout(0.5)])
    x = np.ones((4, 3))
    session = K.get_session()
    assert session is K.get_session()
    fed = {model.input: x, K.learning_phase(): 0}
    np.testing.assert_allclose(session.run(model.output, feed_dict=fed), model.predict(x), rtol=1e-6)
    both = session.run({"out": model.output, "rest": [K.sum(model.output), None]}, fed)
    assert both["rest"][1] is None and float(both["rest"][0]) == pytest.approx(both["out"].sum(), rel=1e-5)
    variable = K.variable(3.0)
    assert session.run(variable) == 3.0
    K.set_value(variable, 4.0)
    assert session.run(variable) == 4.0


def test_what_a_session_cannot_run_is_refused(K: Any) -> None:
    variable = K.variable(1.0)
    with pytest.raises(UnsupportedOperation, match=r"K\.function"):
        K.get_session().run(K.update_add(variable, 1.0))
    assert K.get_value(variable) == 1.0
    with pytest.raises(TypeError, match="KERAS_BACKEND=tensorflow"):
        K.get_session().run(object())


def test_options_are_kept_and_told_of_once(K: Any) -> None:
    config = types.SimpleNamespace(gpu_options=types.SimpleNamespace(allow_growth=True))
    foreign = types.SimpleNamespace(config=config)
    with pytest.warns(UserWarning, match="no effect"):
        K.set_session(foreign)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        K.set_session(foreign)
        K.set_session(None)
    K.set_session(foreign)
    session = K.get_session()
    assert session.config is config
    with session as inner:
        assert K.get_session() is inner is session
    with session.as_default():
        assert K.get_session() is session
    session.close()


PROGRAM = """
import os
os.environ["CUDA_VISIBLE_DEVICES"] = "0"
import tensorflow as tf
from keras import backend as K
from keras.backend.tensorflow_backend import set_session
import keras.backend.tensorflow_backend as KTF
config = tf.ConfigProto(gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=0.3))
config.gpu_options.allow_growth = True
config.allow_soft_placement = True
tf.set_random_seed(1)
tf.logging.set_verbosity(tf.logging.ERROR)
tf.python.control_flow_ops = tf
sess = tf.Session(config=config)
K.set_session(sess)
set_session(sess)
KTF.set_session(tf.Session(config=tf.ConfigProto(device_count={"GPU": 0})))
K.get_session().run(tf.global_variables_initializer())
from keras.models import Sequential
from keras.layers import Dense
with tf.device("/gpu:0"):
    model = Sequential([Dense(1, input_dim=2, init="one")])
print(model.predict([[1.0, 2.0]]).tolist())
"""
WITHOUT = """
import sys
class Without:
    def __init__(self, finder): self.finder = finder
    def __getattr__(self, name): return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.split('.')[0] == 'tensorflow' else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Without(each) for each in sys.meta_path]
from polykeras import cli
sys.exit(cli.main(["run", *sys.argv[1:]]))
"""


def run(program: str, folder: Path, tensorflow: bool) -> subprocess.CompletedProcess[str]:
    """Runs a program on PyTensor by the command line, with or without TensorFlow."""
    script = folder / "program.py"
    script.write_text(program)
    launcher = folder / "without" / "launcher.py"
    launcher.parent.mkdir()
    launcher.write_text(WITHOUT)
    words = ["-m", "polykeras", "run"] if tensorflow else [str(launcher)]
    return subprocess.run(
        [sys.executable, *words, str(script)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "theano", "POLYKERAS_BACKEND": "", "KERAS_HOME": str(folder)},
    )


@pytest.mark.parametrize("tensorflow", [True, False])
def test_a_program_that_sets_options_runs(tmp_path: Path, tensorflow: bool) -> None:
    if tensorflow:
        pytest.importorskip("tensorflow")
    pytest.importorskip("pytensor")
    result = run(PROGRAM, tmp_path, tensorflow)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "[[3.0]]\n"
    assert result.stderr.count("have no effect") == 1


def test_without_tensorflow_its_operations_say_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("pytensor")
    program = "import tensorflow as tf\nprint(tf.__version__)\ntf.matmul(1, 2)\n"
    result = run(program, tmp_path, tensorflow=False)
    assert result.returncode != 0 and result.stdout == "1.0.0\n"
    assert "tensorflow.matmul needs TensorFlow" in result.stderr
    assert "pip install 'polykeras[tensorflow]'" in result.stderr


def test_without_tensorflow_libraries_find_none(tmp_path: Path) -> None:
    """Only the program's own files, and those beside it, get the stand-in."""
    pytest.importorskip("pytensor")
    (tmp_path / "beside.py").write_text("import tensorflow\nfound = tensorflow.__name__\n")
    library = tmp_path / "site-packages" / "some_library"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text(
        "import importlib.util\n"
        "try:\n    import tensorflow\nexcept ImportError:\n    tensorflow = None\n"
        "spec = importlib.util.find_spec('tensorflow')\n"
    )
    program = (
        "import sys, os\n"
        "sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'site-packages'))\n"
        "import some_library; print(some_library.tensorflow, some_library.spec)\n"
        "import beside; print(beside.found)\n"
        "from keras import backend as K; print(K.backend())\n"
        "import polykeras.backends.registry as r; print(r.installed(), r.default())\n"
    )
    result = run(program, tmp_path, tensorflow=False)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[:3] == ["None None", "tensorflow", "theano"]
    assert "'tensorflow'" not in lines[3] and lines[3].endswith("pytensor")


def test_the_log_for_tensorboard_is_written_beside_the_stand_in(tmp_path: Path) -> None:
    pytest.importorskip("pytensor")
    pytest.importorskip("tensorboard")
    program = (
        "import numpy as np, tensorflow as tf\n"
        "from keras.models import Sequential\nfrom keras.layers import Dense\n"
        "from keras.callbacks import TensorBoard\n"
        "model = Sequential([Dense(1, input_dim=2)]); model.compile('sgd', 'mse')\n"
        "x, y = np.ones((4, 2)), np.ones((4, 1))\n"
        "model.fit(x, y, nb_epoch=1, verbose=0, callbacks=[TensorBoard('logs')])\n"
    )
    result = run(program, tmp_path, tensorflow=False)
    assert result.returncode == 0, result.stderr
    assert list((tmp_path / "logs").iterdir())
