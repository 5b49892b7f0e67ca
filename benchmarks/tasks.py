"""What is trained: the models' sizes and made-up data, the same for every peer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Task:
    """One training task.

    Attributes:
        name: its name on the command line.
        text: what the table says of it.
        samples: samples in the data set.
        batch_size: samples a step.
        epochs: epochs of one timed round.
    """

    name: str
    text: str
    samples: int
    batch_size: int
    epochs: int

    @property
    def samples_a_round(self) -> int:
        return self.samples * self.epochs


TASKS = {
    task.name: task
    for task in (
        Task("mlp", "MLP 784-512-512-10, dropout 0.2, RMSprop, batch 128", 12800, 128, 1),
        Task("tiny", "Dense(1) on 784 inputs, RMSprop, batch 32", 3200, 32, 10),
        Task(
            "cnn",
            "CNN on 28x28x1: 2 convolutions 32 3x3, max pooling 2x2, dropout, dense 128, Adadelta, batch 128",
            1280,
            128,
            1,
        ),
        Task("lstm", "Embedding 20000x128, LSTM 128, 80 steps, Adam, batch 32", 960, 32, 1),
    )
}
VOCABULARY = 20000  # of the task "lstm"
TIME_STEPS = 80


def data(task: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (int32 word numbers for "lstm", else float32) and float32 targets, from a fixed seed."""
    random = np.random.RandomState(1337)
    samples = TASKS[task].samples
    if task == "lstm":
        x = random.randint(VOCABULARY, size=(samples, TIME_STEPS)).astype("int32")
    else:
        shape = (samples, 28, 28, 1) if task == "cnn" else (samples, 784)
        x = random.uniform(size=shape).astype("float32")
    if task in ("mlp", "cnn"):
        return x, np.eye(10, dtype="float32")[random.randint(10, size=len(x))]
    return x, random.randint(2, size=(len(x), 1)).astype("float32")
