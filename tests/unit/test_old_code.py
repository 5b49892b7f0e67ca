"""Arithmetic in the byte code of Python 2.7, 3.6 and 3.7, as those interpreters wrote it (old_code.json)."""

from __future__ import annotations

import json
import marshal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polykeras.layers import Lambda
from polykeras.models import Sequential, model_from_json
from polykeras.utils.old_code import Unreadable, arithmetic

CODE = json.loads((Path(__file__).parents[1] / "data" / "old_code.json").read_text())
WANTED: dict[str, Any] = {
    "steer": lambda x: x / 127.5 - 1.0,
    "scale": lambda x: -(x * 2.0 + 3) / 4.0,
    "power": lambda x: x**2,
    "inverse": lambda x: 1.0 / x,
}
VERSIONS = sorted(CODE)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", WANTED)
def test_arithmetic(version: str, name: str) -> None:
    function = arithmetic(CODE[version][name])
    x = np.linspace(0.5, 300, 50)
    np.testing.assert_array_equal(function(x), WANTED[name](x))


@pytest.mark.parametrize("version", VERSIONS)
def test_integer_division(version: str) -> None:
    """Of Python 2 it depends on the tensor; of Python 3 it does not."""
    if version.startswith("2"):
        with pytest.raises(Unreadable, match="divides integers"):
            arithmetic(CODE[version]["int_division"])
    else:
        assert arithmetic(CODE[version]["int_division"])(3.0) == 1.5


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["call", "glob", "attr", "two", "const", "index", "big"])
def test_anything_else_is_refused(version: str, name: str) -> None:
    with pytest.raises(Unreadable):
        arithmetic(CODE[version][name])


def test_code_of_this_python_and_nonsense() -> None:
    here = marshal.dumps((lambda x: x / 2.0).__code__).decode("latin-1")
    for text in (here, "", "c", "\xe3", "x" * 100_000, "c" + "(\xff" * 5000, "\u4e2d"):
        with pytest.raises(Unreadable):
            arithmetic(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(VERSIONS), st.data())
def test_changed_bytes_never_do_more_than_arithmetic(version: str, data: Any) -> None:
    text = bytearray(CODE[version]["steer"].encode("latin-1"))
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        function = arithmetic(bytes(text).decode("latin-1"))
    except Unreadable:
        return
    with np.errstate(all="ignore"):
        assert np.shape(function(np.ones(3))) == (3,)


def stored(code: str, defaults: Any = None) -> str:
    model = Sequential([Lambda(lambda x: x, input_shape=(3,), output_shape=(3,), name="norm")])
    config = json.loads(model.to_json())
    config["config"][0]["config"]["function"] = [code, defaults, None]
    return json.dumps(config)


@pytest.mark.parametrize("version", VERSIONS)
def test_lambda_of_an_old_file(K: Any, version: str) -> None:
    code = CODE[version]["steer"]
    model = model_from_json(stored(code))
    x = np.random.RandomState(0).uniform(0, 255, (5, 3)).astype("float32")
    np.testing.assert_allclose(model.predict(x), x / 127.5 - 1.0, rtol=1e-6, atol=1e-7)
    assert json.loads(model.to_json())["config"][0]["config"]["function"] == [code, None, None]


def test_lambda_that_does_more(K: Any) -> None:
    wanted = r"'norm'.*not run.*instruction.*custom_objects=\{'norm': the_function\}"
    with pytest.raises(ValueError, match=wanted):
        model_from_json(stored(CODE["2.7"]["call"]))
    with pytest.raises(ValueError, match="defaults or a closure"):
        model_from_json(stored(CODE["2.7"]["steer"], defaults=[1.0]))
