"""The alias: what `import keras` gives, whatever is imported first. Each case is a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras import alias

needs_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed"
)
SAME = """
import keras, polykeras, sys
import keras.layers.core, keras.backend.tensorflow_backend, keras.engine.topology
from keras.layers.core import Dense
from keras import backend as K
assert keras is polykeras and keras.layers.core is polykeras.layers.core
assert Dense is polykeras.layers.core.Dense and K is polykeras.backend
assert keras.backend.tensorflow_backend is polykeras.backend.tensorflow_backend
assert sys.modules["keras.engine.topology"].__spec__.name == "polykeras.engine.topology"
assert keras.__version__.startswith("1.2")
assert not any(name.startswith("keras.src") for name in sys.modules)
"""


def run(code: str, **environment: str) -> str:
    """Runs code in a fresh process; its output."""
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_without_an_engine_touched() -> None:
    """Nothing of TensorFlow or PyTensor is imported before the backend is used."""
    run(
        "import polykeras.alias; polykeras.alias.install(); polykeras.alias.install()"
        + SAME
        + "assert not {'tensorflow', 'pytensor'} & sys.modules.keys()"
    )


@needs_tensorflow
@pytest.mark.parametrize(
    "imports",
    [
        "polykeras.alias.install(); import tensorflow as tf; import keras",
        "polykeras.alias.install(); import keras; import tensorflow as tf",
        "polykeras.alias.install(); import keras.backend as K; K.variable(1.0); import tensorflow as tf",
        "import tensorflow as tf; polykeras.alias.install(); import keras",
        "import tensorflow as tf; import keras; polykeras.alias.install(); import keras",
        "import polykeras.backend as K; K.variable(1.0); polykeras.alias.install(); import tensorflow as tf",
    ],
)
def test_beside_tensorflow(imports: str) -> None:
    check = (
        "\ntf.reset_default_graph(); tf.Session; tf.ConfigProto"
        "\nassert float(tf.reduce_sum(tf.constant([1.0, 2.0]))) == 3.0"
        "\nassert K.eval(K.sum(K.variable([1.0, 2.0]))) == 3.0"
    )
    same = SAME.replace('assert not any(name.startswith("keras.src") for name in sys.modules)', "")
    run("import polykeras.alias; " + imports + same + check, POLYKERAS_BACKEND="tensorflow")


@needs_tensorflow
@pytest.mark.parametrize(
    "first", ["", "import polykeras.alias; polykeras.alias.install(); import tensorflow; "]
)
@pytest.mark.parametrize("by_file", [False, True], ids=["environment", "keras.json"])
def test_tensorflow_loads_though_keras_3_knows_no_such_backend(
    tmp_path: Path, first: str, by_file: bool
) -> None:
    """TensorFlow imports Keras 3, which reads the same variable and the same file."""
    settings = {"KERAS_HOME": str(tmp_path)}
    if by_file:
        (tmp_path / "keras.json").write_text('{"backend": "theano"}')
    else:
        settings["KERAS_BACKEND"] = "theano"
    before = f"before = os.environ.get('KERAS_BACKEND'); assert before == {settings.get('KERAS_BACKEND')!r}; "
    after = "from polykeras.backend import tensorflow_backend as T; assert T.eval(T.variable(3.0)) == 3; "
    named = "import polykeras.backend as K; assert K.backend() == 'theano'; "
    run("import os; " + before + first + after + named + "assert os.environ.get('KERAS_BACKEND') == before",
        POLYKERAS_BACKEND="", **settings)  # fmt: skip


@needs_tensorflow
def test_tensorflow_names_are_supplied_under_another_backend_too() -> None:
    code = (
        "import polykeras.alias; polykeras.alias.install(); import tensorflow as tf; tf.reset_default_graph()"
    )
    run(code + "; from keras import backend as K; print(K.backend())", POLYKERAS_BACKEND="pytensor")


@needs_tensorflow
def test_importing_polykeras_alone_changes_nothing() -> None:
    run(
        "import polykeras, polykeras.backend as K; K.variable(1.0); import tensorflow as tf\n"
        "assert not hasattr(tf, 'reset_default_graph') and not hasattr(tf, 'Session')",
        POLYKERAS_BACKEND="tensorflow",
    )


@needs_tensorflow
@pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="Keras 3 is not installed")
def test_uninstall() -> None:
    run(
        "import keras as other, polykeras.alias, sys\n"
        "polykeras.alias.install()\n"
        "import keras, keras.layers, tensorflow as tf\n"
        "assert keras is not other and polykeras.alias.installed()\n"
        "polykeras.alias.uninstall()\n"
        "polykeras.alias.uninstall()\n"
        "import keras, keras.layers\n"
        "assert keras is other and keras.layers.__name__.startswith('keras.')\n"
        "assert not hasattr(tf, 'reset_default_graph') and not polykeras.alias.installed()\n"
    )


@pytest.mark.parametrize(
    "name", ["keras.src", "keras.src.layers", "keras.api", "keras._tf_keras", "tensorflow.keras"]
)
def test_parts_of_another_keras_are_refused(name: str) -> None:
    finder = alias._Finder()
    with pytest.raises(ModuleNotFoundError, match=f"No module named {name!r}: it is a part of another Keras"):
        finder.find_spec(name)
    assert finder.find_spec("keras.srcs") is None and finder.find_spec("kerastuner") is None


def test_unknown_module_is_python_s_own_error() -> None:
    code = "import polykeras.alias; polykeras.alias.install()\ntry:\n  import keras.nothing\n"
    assert run(code + "except ImportError as error: print(repr(error))") == (
        "ModuleNotFoundError(\"No module named 'keras.nothing'\")\n"
    )


def test_ipython_extension(tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "import polykeras, polykeras.alias\n"
        "shell.run_line_magic('load_ext', 'polykeras')\n"
        "shell.run_cell('from keras.layers import Dense').raise_error()\n"
        "assert shell.user_ns['Dense'].__module__.startswith('polykeras.')\n"
        "shell.run_line_magic('unload_ext', 'polykeras')\n"
        "assert not polykeras.alias.installed()\n"
    )
    run(code, IPYTHONDIR=str(tmp_path))


STAR = """
import json, sys
import polykeras.alias
before = {{name: set(vars(module)) for name, module in sys.modules.items() if name.startswith("polykeras.")}}
polykeras.alias.install()
scope = {{}}
def conv2d(): "the program's own"
scope["conv2d"] = scope["dropout"] = conv2d
exec("from keras.{module} import *", scope)
"""


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (
            "layers",
            "Dense Input merge K np copy inspect warnings activations initializations InputSpec Layer",
        ),
        ("layers.core", "Dense np copy inspect warnings K get_from_module"),
        ("layers.recurrent", "LSTM np K activations"),
        ("models", "Sequential Model load_model np os json copy warnings K"),
        ("callbacks", "Callback np os json csv time warnings deque OrderedDict Iterable K"),
        ("optimizers", "SGD Adam K get"),
        ("objectives", "mse np K"),
        ("engine.topology", "Layer InputSpec np re os json inspect copy warnings"),
        ("engine.training", "Model np copy warnings K"),
        ("preprocessing.image", "ImageDataGenerator np os re"),
        ("preprocessing.text", "Tokenizer np sys string"),
        ("utils.np_utils", "to_categorical np"),
    ],
)
def test_a_star_import_gives_what_it_gave(module: str, names: str) -> None:
    """`np` and others come along; parts that Keras 1 had not leave the program's own names alone."""
    out = run(STAR.format(module=module) + f"print(sorted(set({names.split()!r}) - scope.keys()))")
    assert out.strip() == "[]"
    run(
        STAR.format(module=module)
        + "import numpy; assert scope.get('np', numpy) is numpy"
        + "\nassert scope['conv2d'] is scope['dropout'] is conv2d"
        + "\nassert not {'Any', 'Callable', 'Sequence', 'annotations', 'parts'} & scope.keys()"
    )


# Packages that are loaded when they are asked for by name, and layers that `layer_utils` had imported.
BY_NAME_ONLY = {
    "keras.applications.audio_conv_utils": ["librosa"],
    "keras.callbacks": ["requests"],
    "keras.preprocessing.image": ["pil_image"],
    "keras.utils.io_utils": ["h5py", "tables"],
}


def test_star_imports_hold_all_names_of_keras_1() -> None:
    data = Path(__file__).parents[1] / "data" / "keras1_api.json"
    code = f"""
import json, polykeras.alias
polykeras.alias.install()
missing = {{}}
for module, names in json.load(open({str(data)!r}))["modules"].items():
    if module == "keras" or module.startswith("keras.backend"):
        continue
    scope = {{}}
    exec(f"from {{module}} import *", scope)
    lacking = sorted(set(names) - scope.keys())
    if lacking:
        missing[module] = lacking
print(json.dumps(missing))
"""
    missing = json.loads(run(code).splitlines()[-1])
    assert "Activation" in missing.pop("keras.utils.layer_utils")
    assert missing == BY_NAME_ONLY


def test_uninstall_takes_the_names_back() -> None:
    run(
        """
import polykeras.alias, polykeras.layers, polykeras.models, polykeras.callbacks
modules = [polykeras.layers, polykeras.models, polykeras.callbacks]
before = [dict(vars(module)) for module in modules]
for _ in range(2):
    polykeras.alias.install()
    import keras.layers, keras.models, keras.callbacks
    assert keras.layers.np and keras.models.json and keras.callbacks.csv
    polykeras.alias.uninstall()
    assert [dict(vars(module)) for module in modules] == before
    assert not hasattr(polykeras.layers, "np")
"""
    )
