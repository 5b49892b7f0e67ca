"""The peers: each module builds the tasks' models in one library and trains them by its own means.

A peer has a function ``trainer(task)`` that returns a function ``train(x, y, batch_size, epochs)``; the first
call may compile.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """A library on an engine.

    Attributes:
        name: as the tables call it.
        module: the module under `benchmarks.peers` that drives it.
        needs: the packages that must be installed.
        environment: variables set for its process.
    """

    name: str
    module: str
    needs: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def installed(self) -> bool:
        return all(importlib.util.find_spec(package) is not None for package in self.needs)


PEERS = {
    peer.name: peer
    for peer in (
        Peer("polykeras/tensorflow", "with_polykeras", ("tensorflow",), {"POLYKERAS_BACKEND": "tensorflow"}),
        Peer("polykeras/pytensor", "with_polykeras", ("pytensor",), {"POLYKERAS_BACKEND": "pytensor"}),
        Peer("keras3/tensorflow", "with_keras3", ("keras", "tensorflow"), {"KERAS_BACKEND": "tensorflow"}),
        Peer("keras3/jax", "with_keras3", ("keras", "jax"), {"KERAS_BACKEND": "jax"}),
        Peer("keras3/torch", "with_keras3", ("keras", "torch"), {"KERAS_BACKEND": "torch"}),
        Peer("torch", "with_torch", ("torch",)),
    )
}
