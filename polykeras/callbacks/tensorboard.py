"""What TensorBoard shows of a training: curves, histograms, pictures of weights, the graph of layers."""

from __future__ import annotations

import io
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import backend as K
from ..utils.extras import optional
from .base import Callback, Logs

_BINS = 30
_MOST_SAMPLES = 1000  # of the validation data, for histograms of outputs
_PACKAGE = "tensorboard"


class EventFile:
    """A file of events, written by tensorboard's own record writer, on any engine.

    Args:
        folder: where it lies; it is made if it is missing.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        records = optional("tensorboard.summary.writer.record_writer", _PACKAGE, "TensorBoard")
        self._events = optional("tensorboard.compat.proto.event_pb2", _PACKAGE, "TensorBoard")
        self._summaries = optional("tensorboard.compat.proto.summary_pb2", _PACKAGE, "TensorBoard")
        self._graphs = optional("tensorboard.compat.proto.graph_pb2", _PACKAGE, "TensorBoard")
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{time.time():.6f}.{socket.gethostname()}.{os.getpid()}"
        self._writer = records.RecordWriter((place / name).open("wb"))
        self._write(self._events.Event(wall_time=time.time(), file_version="brain.Event:2"))

    def _write(self, event: Any) -> None:
        self._writer.write(event.SerializeToString())

    def scalar(self, tag: str, value: float, step: int) -> None:
        """A point of a curve."""
        self._add(self._summaries.Summary.Value(tag=tag, simple_value=value), step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """How numbers are distributed; those that are not finite are left out."""
        flat = np.asarray(values, dtype="float64").ravel()
        flat = flat[np.isfinite(flat)]
        if not flat.size:
            return
        counts, edges = np.histogram(flat, bins=_BINS)
        histogram = self._summaries.HistogramProto(
            min=flat.min(),
            max=flat.max(),
            num=flat.size,
            sum=flat.sum(),
            sum_squares=float(flat @ flat),
            bucket_limit=edges[1:].tolist(),
            bucket=counts.tolist(),
        )
        self._add(self._summaries.Summary.Value(tag=tag, histo=histogram), step)

    def image(self, tag: str, values: np.ndarray, step: int) -> None:
        """A matrix as a grey picture, its smallest value black and its largest white."""
        image = optional("PIL.Image", "pillow", "TensorBoard(write_images=True)")
        low, high = float(values.min()), float(values.max())
        grey = (values - low) / (high - low or 1.0) * 255
        stream = io.BytesIO()
        image.fromarray(grey.astype("uint8")).save(stream, "PNG")
        picture = self._summaries.Summary.Image(
            height=values.shape[0],
            width=values.shape[1],
            colorspace=1,
            encoded_image_string=stream.getvalue(),
        )
        self._add(self._summaries.Summary.Value(tag=tag, image=picture), step)

    def graph(self, nodes: list[tuple[str, str, list[str]]]) -> None:
        """A graph: for each node its name, its kind, and the names of the nodes that lead to it."""
        definition = self._graphs.GraphDef()
        for name, kind, sources in nodes:
            definition.node.add(name=name, op=kind, input=sources)
        self._write(self._events.Event(wall_time=time.time(), graph_def=definition.SerializeToString()))

    def _add(self, value: Any, step: int) -> None:
        summary = self._summaries.Summary(value=[value])
        self._write(self._events.Event(wall_time=time.time(), step=step, summary=summary))

    def flush(self) -> None:
        """Brings what was written to the file."""
        self._writer.flush()

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()


class TensorBoard(Callback):
    """Writes a log that TensorBoard shows: ``tensorboard --logdir=./logs``. Needs the package tensorboard.

    Args:
        log_dir: the folder of the log.
        histogram_freq: after how many epochs the histograms of weights and of the layers' outputs for the
            validation data (the first 1000 samples) are written; 0: never.
        write_graph: whether the graph of the layers is written.
        write_images: whether weights are written as pictures too, when histograms are.
    """

    def __init__(
        self,
        log_dir: str = "./logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
    ) -> None:
        self.log_dir = log_dir
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.writer: EventFile | None = None
        self._outputs: Any = None

    def set_model(self, model: Any) -> None:
        """Takes the model, opens the log and writes the graph."""
        self.model = model
        self._outputs = None
        self.writer = EventFile(self.log_dir)
        if self.write_graph:
            self.writer.graph(list(layer_graph(model)))
            self.writer.flush()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        writer = self.writer
        if writer is None:  # fit was not what called
            return
        for name, value in (logs or {}).items():
            if name not in ("batch", "size"):
                writer.scalar(name, float(value), epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(writer, epoch)
            self._write_outputs(writer, epoch)
        writer.flush()

    def on_train_end(self, _: Any) -> None:  # type: ignore[override]  # the name in Keras 1
        """Closes the log."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def _write_weights(self, writer: EventFile, epoch: int) -> None:
        for layer in self.model.layers:
            for weight in layer.weights:
                value = K.get_value(weight)
                tag = str(weight.name).partition(":")[0]
                writer.histogram(tag, value, epoch)
                if self.write_images and value.ndim:
                    writer.image(tag, np.atleast_2d(np.squeeze(value).reshape(value.shape[0], -1)), epoch)

    def _write_outputs(self, writer: EventFile, epoch: int) -> None:
        if not self.validation_data:
            return
        named = [(layer.name, layer.output) for layer in self.model.layers if len(layer.inbound_nodes) == 1]
        named = [(name, output) for name, output in named if not isinstance(output, list)]
        inputs = list(self.model.inputs)
        if self._outputs is None:
            phase = K.learning_phase()
            phases = [] if isinstance(phase, int) else [phase]
            self._outputs = K.function(inputs + phases, [output for _, output in named])
        data = [array[:_MOST_SAMPLES] for array in self.validation_data[: len(inputs)]]
        data += [0.0] * (len(self._outputs.inputs) - len(data))
        for (name, _), value in zip(named, self._outputs(data), strict=True):
            writer.histogram(f"{name}_out", value, epoch)


def layer_graph(model: Any) -> Iterator[tuple[str, str, list[str]]]:
    """The layers of a model as nodes: name, class, and the names of the layers that lead to it."""
    known = {layer.name for layer in model.layers}
    for layer in model.layers:
        sources = [each.name for node in layer.inbound_nodes for each in node.inbound_layers]
        used = [_node_name(name) for name in dict.fromkeys(sources) if name in known and name != layer.name]
        yield _node_name(layer.name), type(layer).__name__, used


def _node_name(name: str) -> str:
    """A name as TensorBoard takes it: letters, digits and ``_.-/``."""
    return re.sub(r"[^A-Za-z0-9_.\-/]", "_", name)
