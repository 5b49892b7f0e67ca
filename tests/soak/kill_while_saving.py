"""Kills a process while it saves a model, again and again: the file must be whole after each kill.

    python tests/soak/kill_while_saving.py --kills 1000

A process saves two models in turns, by `save`, `save_weights` and `ModelCheckpoint`, and is killed at a
random instant. Then each file must be one of the two models, in full, and what the killed process has left
beside it must be gone when the next one has saved.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

FILES = ("model.h5", "weights.h5", "checkpoint.h5")


class Tally(NamedTuple):
    """What has come of the kills.

    Attributes:
        kills: how many there were.
        during: how many have left a file that was not finished.
        most_left: how many such files lay there at most at one time.
        left: how many lie there at the end, after a last save.
    """

    kills: int
    during: int
    most_left: int
    left: int


def models(width: int) -> list[Any]:
    """Two models of one architecture with other weights, compiled and trained on a batch."""
    import numpy as np

    from polykeras.layers import BatchNormalization, Dense
    from polykeras.models import Sequential

    made = []
    for seed in (0, 1):
        np.random.seed(seed)
        model = Sequential([Dense(width, input_dim=8), BatchNormalization(), Dense(width), Dense(1)])
        model.compile("adam", "mse")
        model.train_on_batch(np.ones((4, 8), "float32"), np.full((4, 1), float(seed), "float32"))
        made.append(model)
    return made


def savers(model: Any, folder: Path) -> list[Callable[[], None]]:
    """The ways of saving a model, one for each of `FILES`."""
    from polykeras.callbacks import ModelCheckpoint

    checkpoint = ModelCheckpoint(folder / "checkpoint.h5")
    checkpoint.set_model(model)
    return [
        lambda: model.save(folder / "model.h5"),
        lambda: model.save_weights(folder / "weights.h5"),
        lambda: checkpoint.on_epoch_end(0, {}),
    ]


def save_for_ever(made: list[Any], folder: Path) -> None:
    """Saves the models in turns until the process is killed."""
    ways = [savers(model, folder) for model in made]
    while True:
        for turn in ways:
            for save in turn:
                save()


def check(made: list[Any], folder: Path, present: set[str]) -> None:
    """Raises AssertionError if a file is not one of the models, in full, or one in `present` is gone.

    The names of the files that are there are added to `present`.
    """
    import numpy as np

    from polykeras.models import load_model

    def same(one: Any, other: Any) -> bool:
        return len(one) == len(other) and all(map(np.array_equal, one, other))

    known = [model.get_weights() for model in made]
    states = [model.model.optimizer.get_weights() for model in made]
    for name in FILES:
        path = folder / name
        if not path.exists():
            assert name not in present, f"{path} is gone"
            continue
        present.add(name)
        if name == "weights.h5":
            spare = made[0].from_config(made[0].get_config())
            spare.load_weights(path)
            found = [number for number, weights in enumerate(known) if same(weights, spare.get_weights())]
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a state that does not fit is told by a warning
                loaded = load_model(path)
            found = [
                number
                for number, weights in enumerate(known)
                if same(weights, loaded.get_weights())
                and same(states[number], loaded.model.optimizer.get_weights())
            ]
        assert found, f"{path} is none of the models that were saved"


def leftovers(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name not in FILES]


def kill(
    kills: int, seed: int, folder: Path, width: int = 64, each: Callable[[int], None] | None = None
) -> Tally:
    """Kills a saving process, so many times, in a folder.

    Args:
        kills: how often.
        seed: of the instants.
        folder: where the files are.
        width: of the models: the larger, the longer a save takes.
        each: called with the number of kills after each.

    Raises:
        AssertionError: if a file is damaged, or unfinished files pile up.
    """
    from polykeras import backend as K

    rng = random.Random(seed)
    made = models(width)
    during = most = 0
    present: set[str] = set()
    for number in range(kills):
        process = os.fork()
        if process == 0:
            try:
                save_for_ever(made, folder)
            finally:
                os._exit(1)
        time.sleep(rng.uniform(0.0, 0.15))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        assert os.WIFSIGNALED(status), "the process that saves has failed"
        left = leftovers(folder)
        during += bool(left)
        most = max(most, len(left))
        # One process can leave one file unfinished; one that dies at once has not yet cleaned up.
        assert len(left) <= 3 * len(FILES), f"unfinished files pile up: {left}"
        check(made, folder, present)
        if each is not None:
            each(number + 1)
    for save in savers(made[0], folder):
        save()
    check(made, folder, present)
    K.clear_session()
    return Tally(kills, during, most, len(leftovers(folder)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--width", type=int, default=64, help="of the models: larger ones take longer to save"
    )
    options = parser.parse_args()
    # The processes are forked from one that has the models; TensorFlow's threads do not outlive a fork.
    os.environ.update(POLYKERAS_BACKEND="pytensor", POLYKERAS_PYTENSOR_MODE="interpret")

    def told(number: int) -> None:
        if number % 100 == 0:
            print(f"{number} kills", flush=True)

    with tempfile.TemporaryDirectory(prefix="kill-") as name:
        tally = kill(options.kills, options.seed, Path(name), options.width, told)
    print(
        f"{tally.kills} kills: each file was whole after each. {tally.during} kills left an unfinished file, "
        f"{tally.most_left} lay there at most at one time, {tally.left} at the end."
    )
    return 1 if tally.left else 0


if __name__ == "__main__":
    sys.exit(main())
