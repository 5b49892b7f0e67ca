"""Interpreted, compiled, and from the one to the other: the same numbers, whatever goes wrong on the way."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from polykeras.backends.pytensor import PyTensorBackend, background, execution


def training_step(K: PyTensorBackend) -> tuple[Any, list[Any]]:
    """A function with what a training step has, and its variables."""
    x, y = K.placeholder((None, 5)), K.placeholder((None, 2))
    w = K.variable(np.linspace(-1, 1, 10).reshape(5, 2))
    speed = K.variable(np.zeros((5, 2)))
    noisy = K.in_train_phase(K.dropout(x, 0.25, seed=1) + K.random_normal((1, 5), std=0.1, seed=2), x)
    cost = K.mean(K.square(K.sigmoid(K.dot(noisy, w)) - y))
    moved = speed * np.float32(0.9) - np.float32(0.5) * K.gradients(cost, [w])[0]
    f = K.function([x, y, K.learning_phase()], [cost, noisy], [(speed, moved), (w, w + moved)])
    return f, [w, speed]


def data(rows: int = 7) -> list[np.ndarray]:
    generator = np.random.default_rng(5)
    return [generator.normal(size=(rows, 5)), generator.uniform(size=(rows, 2))]


def run(mode: str, steps: int = 5) -> list[np.ndarray]:
    K = PyTensorBackend()
    K.set_execution_mode(mode)
    f, variables = training_step(K)
    outputs = [each for _ in range(steps) for each in f([*data(), 1])]
    return [*outputs, *K.batch_get_value(variables)]


def wait_for(condition: Any, seconds: float = 300.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYKERAS_PYTENSOR_MODE", "Compile")
    K = PyTensorBackend()
    assert K.execution_mode() == "compile"
    with pytest.raises(ValueError, match="must be one of 'auto', 'interpret', 'compile', got 'fast'"):
        K.set_execution_mode("fast")
    assert K.execution_mode() == "compile"
    monkeypatch.delenv("POLYKERAS_PYTENSOR_MODE")
    assert PyTensorBackend().execution_mode() == "auto"


@pytest.mark.slow
def test_compiled_and_interpreted_agree() -> None:
    for compiled, interpreted in zip(run("compile"), run("interpret"), strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_compiled_code_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "PATIENCE", 0.0)
    K = PyTensorBackend()
    K.set_execution_mode("auto")
    f, variables = training_step(K)
    reference = PyTensorBackend()
    reference.set_execution_mode("interpret")
    g, others = training_step(reference)
    taken: list[Any] = []

    def step() -> bool:
        for got, wanted in zip(f([*data(), 1]), g([*data(), 1]), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-4)
        executable = f.executable(1)
        taken.extend([executable._other] if executable._other is not None else [])
        return executable._run not in (executable._interpret, executable._wait, executable._try)

    assert wait_for(step)
    assert taken, "nothing compiled was ever offered"
    # Arrays that are not C-contiguous are brought into the layout that the code was compiled for.
    f.executable(1)._run = taken[0]
    for variable in variables:
        variable.set_value(np.asfortranarray(variable.get_value()), borrow=True)
    assert step()
    for variable, other in zip(variables, others, strict=True):
        np.testing.assert_allclose(K.get_value(variable), reference.get_value(other), rtol=1e-3, atol=1e-4)


def in_threads(executable: Any, calls: int, threads: int = 8) -> list[Exception]:
    """Calls an executable from several threads at once; what they raised."""
    errors: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(calls):
                assert executable([np.ones(3)]) == [7]
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return errors


def test_stages_go_by_once_though_threads_call_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function asks for one compilation, and decides once, whichever threads are within it meanwhile."""
    monkeypatch.setattr(execution, "PATIENCE", 0.0)
    x = PyTensorBackend().placeholder((3,))
    asked: list[Any] = []

    class Recorder:
        def submit(self, function: Any, shared: Any, offer: Any) -> None:
            asked.append(offer)

    def step(*values: Any) -> tuple[int]:
        time.sleep(0.001)
        return (7,)

    executable = execution.Adaptive(step, [], [], 1, ([x], [x], []), Recorder())  # type: ignore[arg-type]
    assert in_threads(executable, 1) == [] and len(asked) == 1
    assert in_threads(executable, 4) == []
    executable.take_over(step, [], [], 1)
    assert in_threads(executable, 3 * execution.TRIAL) == []
    assert len(asked) == 1
    assert executable._run not in (executable._interpret, executable._wait, executable._try)
    assert executable._other is None and not executable._times


def busy(monkeypatch: pytest.MonkeyPatch, worker: str) -> tuple[PyTensorBackend, Any]:
    """An adapter in mode auto without patience, whose worker is the given module, and a training step."""
    monkeypatch.setattr(execution, "PATIENCE", 0.0)
    monkeypatch.setattr(background, "WORKER", worker)
    K = PyTensorBackend()
    K.set_execution_mode("auto")
    f, _ = training_step(K)
    return K, f


def test_a_failing_worker_costs_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    K, f = busy(monkeypatch, "polykeras_no_such_worker")
    for phase in (0, 1):
        f([*data(), phase])
        assert wait_for(lambda phase=phase: K.engine.compiler._failures == phase + 1, 30)
        f([*data(), phase])
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "stays interpreted" in warnings[0].message and "polykeras_no_such_worker" in warnings[0].message


class Hidden(Op):
    """An operation that no other process can import."""

    __props__ = ()

    def __reduce__(self) -> Any:
        raise TypeError("not to be pickled")

    def make_node(self, x: Any) -> Apply:
        return Apply(self, [x], [x.type()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        output_storage[0][0] = inputs[0] * 2


def test_an_operation_that_cannot_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    K, _ = busy(monkeypatch, "polykeras_no_such_worker")
    x = pt.vector(dtype="float32")
    f = K.function([x], [Hidden()(x)])
    for _ in range(3):
        np.testing.assert_array_equal(f([[1.0, 2.0]])[0], [2, 4])
    assert K.engine.compiler._thread is None and K.engine.compiler.available()


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background.importlib.util, "find_spec", lambda name: None)
    _, f = busy(monkeypatch, "polykeras_no_such_worker")
    f([*data(), 1])
    assert type(f.executable(1)) is execution.Executable


def test_clear_session_drops_what_is_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    K, f = busy(monkeypatch, "polykeras_no_such_worker")
    compiler = K.engine.compiler
    monkeypatch.setattr(compiler, "_work", lambda: None)
    f([*data(), 1])
    assert compiler._jobs.qsize() == 1
    K.clear_session()
    assert compiler._jobs.qsize() == 0


def test_a_compilation_that_nobody_waits_for_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    K, f = busy(monkeypatch, "http.server")
    f([*data(), 1])
    assert wait_for(lambda: K.engine.compiler._process is not None, 30)
    process = K.engine.compiler._process
    assert process is not None
    del f
    gc.collect()
    assert wait_for(lambda: process.poll() is not None, 30)
    assert K.engine.compiler._failures == 0


SCRIPT = """
import os, sys, time
import numpy as np
from polykeras.backends.pytensor import PyTensorBackend, background, execution
execution.PATIENCE = 0.0
K = PyTensorBackend()
x = K.placeholder((None,))
f = K.function([x], [x * 2])
f([[1.0]])
while K.engine.compiler._process is None:
    time.sleep(0.01)
print(K.engine.compiler._process.pid, flush=True)
if sys.argv[1] == "wait":
    time.sleep(600)
"""


@pytest.mark.parametrize("end", ["exit", "interrupt", "kill"])
def test_the_worker_ends_with_its_parent(end: str, tmp_path: Path) -> None:
    environment = {**os.environ, "POLYKERAS_PYTENSOR_MODE": "auto"}
    environment["PYTENSOR_FLAGS"] = f"base_compiledir={tmp_path}"
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "exit" if end == "exit" else "wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    if end != "exit":
        parent.send_signal(signal.SIGINT if end == "interrupt" else signal.SIGKILL)
    parent.wait(60)

    def gone() -> bool:
        try:
            return Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True

    assert wait_for(gone, 30)
    parent.stdout.close()
