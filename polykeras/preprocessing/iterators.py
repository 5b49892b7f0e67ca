"""Endless batches of pictures, from an array or a folder."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator as Generator
from pathlib import Path
from typing import Any

import numpy as np

from .. import config
from ..errors import check_choice
from ..layers.parts import positive_int
from ..utils.output import say
from .pictures import array_to_img, img_to_array, load_img

CLASS_MODES = ("categorical", "binary", "sparse", None)
COLOR_MODES = ("rgb", "grayscale")
ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
BEGINNINGS = (b"\x89PNG", b"\xff\xd8", b"BM")  # the first bytes of such files


class Iterator:
    """Gives out batches of sample numbers without end; several threads may share it.

    Args:
        n: number of samples.
        batch_size: samples a batch; the last batch of a pass may be smaller.
        shuffle: whether the order is drawn anew for each pass.
        seed: numpy's generator is seeded with this plus the number of the batch before each batch; None:
            it is left alone.
    """

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        where = type(self).__name__
        if n < 1:
            raise ValueError(f"{where}: wanted at least one sample, got {n}.")
        self.n = n
        self.batch_size = positive_int(where, "batch_size", batch_size)
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_generator = self._flow_index(n, self.batch_size, shuffle, seed)

    def reset(self) -> None:
        """Starts a new pass with the next batch."""
        self.batch_index = 0

    def _flow_index(
        self, n: int, batch_size: int, shuffle: bool, seed: int | None
    ) -> Generator[tuple[np.ndarray, int, int]]:
        """The sample numbers of each batch, the place of its first one in the pass, and how many they are.

        If `batch_size` divides `n`, the order of the first pass is kept for all, as in Keras 1.
        """
        self.reset()
        order = np.arange(n)
        while True:
            if seed is not None:
                np.random.seed(seed + self.total_batches_seen)
            if self.batch_index == 0:
                order = np.random.permutation(n) if shuffle else np.arange(n)
            first = self.batch_index * batch_size % n
            count = min(batch_size, n - first)
            self.batch_index = self.batch_index + 1 if count == batch_size else 0
            self.total_batches_seen += 1
            yield order[first : first + count], first, count

    def __iter__(self) -> Iterator:
        return self

    def __next__(self, *args: Any, **kwargs: Any) -> Any:
        return self.next(*args, **kwargs)

    def next(self) -> Any:
        """The next batch."""
        raise NotImplementedError(f"{type(self).__name__} must define next.")


class PictureIterator(Iterator):
    """What the iterators over pictures share: they transform each one and may save the result.

    Args:
        generator: an `ImageDataGenerator`.
        save_to_dir: a folder for the pictures as they are given out; None: they are not saved.
        save_prefix, save_format: beginning of their names, and their format.

    The other arguments are those of `Iterator`.
    """

    def __init__(
        self,
        n: int,
        batch_size: int,
        shuffle: bool,
        seed: int | None,
        generator: Any,
        dim_ordering: str,
        save_to_dir: Any,
        save_prefix: str,
        save_format: str,
    ) -> None:
        where = type(self).__name__
        self.image_data_generator = generator
        self.dim_ordering = config.resolve_dim_ordering(where, dim_ordering)
        if save_to_dir and not Path(save_to_dir).is_dir():
            raise ValueError(
                f"{where}: save_to_dir must be a folder, got {str(save_to_dir)!r}. Make it first."
            )
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(n, batch_size, shuffle, seed)

    def picture(self, number: int) -> np.ndarray:
        """The picture of a sample as it was given."""
        raise NotImplementedError(f"{type(self).__name__} must define picture.")

    def batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Sample numbers and their pictures, transformed."""
        with self.lock:
            numbers, first, count = next(self.index_generator)
        pictures = []
        for number in numbers:
            transformed = self.image_data_generator.random_transform(self.picture(int(number)))
            pictures.append(self.image_data_generator.standardize(transformed))
        result = np.asarray(pictures, dtype=config.floatx())
        if self.save_to_dir:
            for position in range(count):
                mark = np.random.randint(10_000)
                name = f"{self.save_prefix}_{first + position}_{mark}.{self.save_format}"
                array_to_img(result[position], self.dim_ordering).save(Path(self.save_to_dir) / name)
        return numbers, result


class NumpyArrayIterator(PictureIterator):
    """Batches of pictures from an array; see `ImageDataGenerator.flow`."""

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int | None = None,
        dim_ordering: str = "default",
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
    ) -> None:
        where = type(self).__name__
        self.x = np.asarray(x, dtype=config.floatx())
        self.y = None if y is None else np.asarray(y)
        if self.x.ndim != 4:
            raise ValueError(f"{where}: the pictures must have 4 axes, got shape {self.x.shape}.")
        if self.y is not None and len(self.y) != len(self.x):
            raise ValueError(
                f"{where}: wanted a target for each picture, got {len(self.x)} pictures and "
                f"{len(self.y)} targets."
            )
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        channels = self.x.shape[3 if ordering == "tf" else 1]
        if channels not in (1, 3, 4):
            raise ValueError(
                f"{where}: the pictures must have 1, 3 or 4 channels, got {channels} under dim_ordering "
                f"{ordering!r} (shape {self.x.shape})."
            )
        super().__init__(
            len(self.x), batch_size, shuffle, seed, image_data_generator, ordering,
            save_to_dir, save_prefix, save_format,
        )  # fmt: skip

    def picture(self, number: int) -> np.ndarray:
        return np.asarray(self.x[number])

    def next(self) -> Any:
        """The next batch: pictures, or pictures and targets."""
        numbers, pictures = self.batch()
        return pictures if self.y is None else (pictures, self.y[numbers])


class DirectoryIterator(PictureIterator):
    """Batches of pictures from a folder with a folder for each class; see
    `ImageDataGenerator.flow_from_directory`.

    Attributes:
        class_indices: class -> its number.
        classes: the number of the class of each picture.
        filenames: the path of each picture, from `directory` on.
        nb_sample, nb_class: how many pictures and classes there are.
    """

    def __init__(
        self,
        directory: Any,
        image_data_generator: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        dim_ordering: str = "default",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        follow_links: bool = False,
    ) -> None:
        where = type(self).__name__
        self.directory = directory
        self.color_mode = check_choice(where, "color_mode", color_mode, COLOR_MODES)
        self.class_mode = check_choice(where, "class_mode", class_mode, CLASS_MODES)
        if len(tuple(target_size)) != 2:
            raise ValueError(f"{where}: target_size must be (rows, columns), got {target_size!r}.")
        self.target_size = (int(target_size[0]), int(target_size[1]))
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        channels = 3 if self.color_mode == "rgb" else 1
        self.image_shape = (
            (*self.target_size, channels) if ordering == "tf" else (channels, *self.target_size)
        )
        root = Path(directory)
        if not root.is_dir():
            raise ValueError(f"{where}: wanted a folder of pictures, got {str(directory)!r}.")
        found = classes or sorted(each.name for each in root.iterdir() if each.is_dir())
        self.class_indices = {name: number for number, name in enumerate(found)}
        self.nb_class = len(found)
        missing = [name for name in found if not (root / name).is_dir()]
        if missing:
            raise ValueError(
                f"{where}: {str(directory)!r} has no folder for the classes {', '.join(missing)}."
            )
        pairs = list(
            self._pictures(root, bool(follow_links), getattr(image_data_generator, "bad_files", "warn"))
        )
        self.filenames = [name for name, _ in pairs]
        self.classes = np.array([number for _, number in pairs], dtype="int32")
        self.nb_sample = len(pairs)
        if not pairs:
            raise ValueError(
                f"{where}: found no picture ({', '.join(ENDINGS)}) of {self.nb_class} classes in "
                f"{str(directory)!r}. Each class needs a folder of its own there."
            )
        say(f"Found {self.nb_sample} images belonging to {self.nb_class} classes.")
        super().__init__(
            self.nb_sample, batch_size, shuffle, seed, image_data_generator, ordering,
            save_to_dir, save_prefix, save_format,
        )  # fmt: skip

    def _pictures(self, root: Path, follow_links: bool, bad_files: str) -> Generator[tuple[str, int]]:
        """The paths and class numbers of all pictures; what is none is told or refused."""
        bad: list[str] = []
        for name, number in self.class_indices.items():
            for folder, _, files in sorted(os.walk(root / name, followlinks=follow_links)):
                for file in sorted(files):
                    path = Path(folder) / file
                    if is_picture(path):
                        yield str(path.relative_to(root)), number
                    elif not file.startswith("."):
                        bad.append(str(path.relative_to(root)))
        if bad and bad_files != "ignore":
            more = f" and {len(bad) - 10} more" if len(bad) > 10 else ""
            message = f"{type(self).__name__}: no pictures: {', '.join(bad[:10])}{more}."
            if bad_files == "error":
                raise ValueError(f"{message} Remove them, or set bad_files = 'warn' on the generator.")
            warnings.warn(f"{message} They are passed over.", stacklevel=4)

    def picture(self, number: int) -> np.ndarray:
        path = Path(self.directory) / self.filenames[number]
        img = load_img(path, grayscale=self.color_mode == "grayscale", target_size=self.target_size)
        return img_to_array(img, self.dim_ordering)

    def next(self) -> Any:
        """The next batch: pictures, or pictures and targets as `class_mode` says."""
        numbers, pictures = self.batch()
        labels = self.classes[numbers]
        if self.class_mode is None:
            return pictures
        if self.class_mode == "sparse":
            return pictures, labels
        if self.class_mode == "binary":
            return pictures, labels.astype(config.floatx())
        return pictures, np.eye(self.nb_class, dtype="float32")[labels]


def is_picture(path: Path) -> bool:
    """Whether a file is a picture, by the ending of its name and its first bytes; links may lead nowhere."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4).startswith(BEGINNINGS)
