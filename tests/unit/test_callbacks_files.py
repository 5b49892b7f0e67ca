"""Callbacks that write: checkpoints, TensorBoard's log; and the one that sends."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

from polykeras.callbacks import Callback, ModelCheckpoint, RemoteMonitor, TensorBoard
from polykeras.layers import Convolution2D, Dense, Flatten, Input, merge
from polykeras.models import Model, Sequential, load_model

X = np.random.RandomState(0).uniform(-1, 1, (22, 3)).astype("float32")
Y = np.random.RandomState(1).uniform(-1, 1, (22, 1)).astype("float32")


def mlp(seed: int = 3) -> Sequential:
    np.random.seed(seed)
    model = Sequential([Dense(4, input_dim=3, activation="tanh"), Dense(1)])
    model.compile("adam", "mse")
    return model


def same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


class Losses(Callback):
    """Pretends that an epoch had a given loss."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["made_up"] = self.values[epoch]


@pytest.mark.parametrize("nested", [False, True])
def test_training_goes_on_from_a_checkpoint(K: Any, tmp_path: Path, nested: bool) -> None:
    """The same weights, the same shuffled batches, the same optimizer state as without a stop."""

    def model() -> Any:
        if not nested:
            return mlp()
        np.random.seed(3)
        x = Input((3,))
        result = Model(x, Dense(1)(Dense(4, activation="tanh")(x)))
        result.compile("adam", "mse")
        return result

    path = tmp_path / "model.h5"
    whole = model()
    np.random.seed(8)
    history = whole.fit(X, Y, batch_size=4, nb_epoch=6, verbose=0).history["loss"]
    stopped = model()
    np.random.seed(8)
    stopped.fit(X, Y, batch_size=4, nb_epoch=3, verbose=0, callbacks=[ModelCheckpoint(path)])
    np.random.seed(99)
    again = load_model(path)
    np.random.uniform(size=50)
    rest = again.fit(X, Y, batch_size=4, nb_epoch=6, verbose=0, initial_epoch=again.resume())
    assert rest.epoch == [3, 4, 5] and rest.history["loss"] == history[3:]
    assert same(whole.get_weights(), again.get_weights())


def test_resume_needs_a_checkpoint(K: Any, tmp_path: Path) -> None:
    model = mlp()
    model.save(tmp_path / "model.h5")
    for each in (model, load_model(tmp_path / "model.h5")):
        with pytest.raises(RuntimeError, match="ModelCheckpoint"):
            each.resume()


def test_names_and_period(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.{epoch:02d}-{made_up:.1f}.h5"
    saver = ModelCheckpoint(str(path), save_weights_only=True, period=2)
    mlp().fit(X, Y, nb_epoch=5, verbose=0, callbacks=[Losses([5, 4, 3, 2, 1]), saver])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["w.01-4.0.h5", "w.03-2.0.h5"]
    mlp().load_weights(tmp_path / "w.01-4.0.h5")


@pytest.mark.parametrize(
    ("mode", "monitor", "epochs"),
    [("min", "made_up", [0, 2]), ("max", "made_up", [0, 1, 4]), ("auto", "made_up", [0, 2])],
)
def test_best_only(K: Any, tmp_path: Path, capsys: Any, mode: str, monitor: str, epochs: list[int]) -> None:
    saver = ModelCheckpoint(
        tmp_path / "{epoch}.h5", monitor=monitor, save_best_only=True, mode=mode, verbose=1
    )
    mlp().fit(X, Y, nb_epoch=5, verbose=0, callbacks=[Losses([3.0, 5.0, 2.0, 4.0, 6.0]), saver])
    assert sorted(int(each.stem) for each in tmp_path.iterdir()) == epochs
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 5 and sum("did not improve" in line for line in told) == 5 - len(epochs)


def test_what_is_not_in_the_logs(K: Any, tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="wanted 'val_loss' in the logs"):
        mlp().fit(
            X, Y, nb_epoch=1, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "a.h5", save_best_only=True)]
        )
    assert not list(tmp_path.iterdir())
    with pytest.warns(RuntimeWarning, match="'val_loss', which the logs do not hold"):
        mlp().fit(X, Y, nb_epoch=1, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "{val_loss}.h5")])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"filepath": 3}, TypeError, "path of a file"),
        ({"filepath": "a", "mode": "best"}, ValueError, "mode must be one of"),
        ({"filepath": "a", "period": 0}, ValueError, "period"),
    ],
)
def test_checkpoint_refuses(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ModelCheckpoint(**arguments)


def test_missing_folder(K: Any, tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="nowhere"), pytest.raises(OSError, match="nowhere"):
        mlp().fit(X, Y, nb_epoch=1, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "nowhere" / "a.h5")])


def events(folder: Path) -> list[Any]:
    """What tensorboard itself reads in the files of a folder."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    return [event for path in sorted(folder.iterdir()) for event in EventFileLoader(str(path)).Load()]


def test_tensorboard(K: Any, tmp_path: Path) -> None:
    a, b = Input((8, 8, 1), name="a"), Input((3,), name="b")
    branch = Flatten(name="flat")(Convolution2D(2, 3, 3, name="conv")(a))
    model = Model([a, b], Dense(1, name="out")(merge([branch, b], mode="concat", name="join")))
    model.compile("sgd", "mse")
    images = np.random.RandomState(2).uniform(size=(22, 8, 8, 1))
    board = TensorBoard(str(tmp_path), histogram_freq=2, write_images=True)
    data = [images, X], Y
    history = model.fit(*data, nb_epoch=3, verbose=0, validation_data=data, callbacks=[board])
    found = events(tmp_path)
    values = [(event.step, value) for event in found for value in event.summary.value]
    tags = {value.tag for _, value in values}
    assert {"loss", "val_loss", "conv_W", "out_b", "conv_out", "join_out", "out_out"} <= tags
    losses = [
        value.simple_value or float(np.asarray(value.tensor.float_val)[0])
        for _, value in values
        if value.tag == "loss"
    ]
    np.testing.assert_allclose(losses, history.history["loss"], rtol=1e-6)
    assert {step for step, value in values if value.tag == "conv_out"} == {0, 2}
    graphs = [event.graph_def for event in found if event.graph_def]
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    nodes = {node.name: node for node in GraphDef.FromString(graphs[0]).node}
    assert nodes["conv"].op == "Convolution2D" and list(nodes["join"].input) == ["flat", "b"]
    assert list(nodes["out"].input) == ["join"]


def test_tensorboard_loads_no_engine() -> None:
    code = (
        "import sys; from polykeras.callbacks.tensorboard import EventFile; import tempfile;"
        "f = EventFile(tempfile.mkdtemp()); f.scalar('a', 1.0, 0); f.close();"
        "print([name for name in ('tensorflow', 'pytensor') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_tensorboard_that_is_not_installed(K: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        mlp().fit(X, Y, nb_epoch=1, verbose=0, callbacks=[TensorBoard(str(tmp_path))])


@pytest.fixture
def server() -> Iterator[Any]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            web.seen.append((self.path, parse_qs(body), self.headers.get("X-Mark")))
            self.send_response(web.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    web: Any = HTTPServer(("127.0.0.1", 0), Handler)
    web.seen, web.status = [], 200
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


def test_remote_monitor(K: Any, server: Any) -> None:
    monitor = RemoteMonitor(f"http://127.0.0.1:{server.server_port}", "/here/", "logs", {"X-Mark": "m"})
    history = mlp().fit(X, Y, nb_epoch=2, verbose=0, callbacks=[monitor])
    assert [path for path, _, _ in server.seen] == ["/here/"] * 2
    sent = [json.loads(form["logs"][0]) for _, form, _ in server.seen]
    assert [each["epoch"] for each in sent] == [0, 1] and all(mark == "m" for _, _, mark in server.seen)
    assert [each["loss"] for each in sent] == history.history["loss"]


def test_remote_monitor_without_a_server(K: Any, server: Any) -> None:
    server.status = 500
    with pytest.warns(RuntimeWarning, match="could not send epoch 0"):
        mlp().fit(
            X, Y, nb_epoch=1, verbose=0, callbacks=[RemoteMonitor(f"http://127.0.0.1:{server.server_port}")]
        )
    with pytest.warns(RuntimeWarning, match="could not send epoch 0"):
        mlp().fit(X, Y, nb_epoch=1, verbose=0, callbacks=[RemoteMonitor("http://127.0.0.1:1")])
