"""PyTorch, eager, in the loop that its tutorials teach; loss and accuracy are kept, no bar is drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from ..tasks import VOCABULARY


class LastOutput(nn.Module):
    """An LSTM's output after the last step."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, units, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.lstm(x)[0][:, -1]


def network(task: str) -> nn.Module:
    if task == "mlp":
        return nn.Sequential(
            nn.Linear(784, 512),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(512, 10),
        )
    if task == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
            nn.Flatten(),
            nn.Linear(32 * 12 * 12, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, 10),
        )
    if task == "lstm":
        return nn.Sequential(nn.Embedding(VOCABULARY, 128), LastOutput(128, 128), nn.Linear(128, 1))
    return nn.Linear(784, 1)


def optimizer_of(task: str, net: nn.Module) -> torch.optim.Optimizer:
    if task == "cnn":
        return torch.optim.Adadelta(net.parameters())
    if task == "lstm":
        return torch.optim.Adam(net.parameters())
    return torch.optim.RMSprop(net.parameters(), lr=0.001, alpha=0.9, eps=1e-8)


def trainer(task: str) -> Callable[[np.ndarray, np.ndarray, int, int], None]:
    net = network(task)
    optimizer = optimizer_of(task, net)
    classes = task in ("mlp", "cnn")
    criterion: nn.Module = nn.CrossEntropyLoss() if classes else nn.BCEWithLogitsLoss()

    def accuracy(output: torch.Tensor, target: torch.Tensor) -> float:
        if classes:
            return float((output.argmax(-1) == target.argmax(-1)).float().mean())
        return float(((output > 0) == (target > 0.5)).float().mean())

    def train(x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        inputs = torch.from_numpy(np.moveaxis(x, -1, 1).copy() if task == "cnn" else x)
        targets = torch.from_numpy(y)
        net.train()
        for _ in range(epochs):
            order = torch.randperm(len(inputs))
            total = right = 0.0
            for start in range(0, len(inputs), batch_size):
                rows = order[start : start + batch_size]
                target = targets[rows]
                optimizer.zero_grad()
                output = net(inputs[rows])
                loss = criterion(output, target)
                loss.backward()
                optimizer.step()
                total += float(loss)
                right += accuracy(output.detach(), target)

    return train
