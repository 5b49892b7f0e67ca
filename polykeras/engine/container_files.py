"""Models and their files."""

from __future__ import annotations

import os
from typing import Any

from ..utils.io_utils import ask_to_proceed_with_overwrite
from ..utils.new_files import new_hdf5_file
from .hdf5 import open_file
from .model_files import save_checkpoint, save_model
from .weights_io import (
    load_weights_from_group,
    load_weights_from_group_by_name,
    save_weights_to_group,
    weights_group,
)


class ContainerFiles:
    """The part of a container that reads and writes the files of its weights."""

    name: str
    layers: list[Any]

    def load_weights(
        self,
        filepath: str | os.PathLike[str],
        by_name: bool = False,
        original_backend: str | None = None,
    ) -> None:
        """Sets the weights from an HDF5 file: of `save_weights` or of a whole model, by this or by Keras 1.

        Args:
            filepath: the file.
            by_name: False: the layers with weights are paired in order, whatever their names. True: a layer
                gets the weights of the layer of its name, and layers whose names are not in the file stay.
            original_backend: ``'tensorflow'`` or ``'theano'``, the backend of Keras 1 that the kernels of
                convolutions are for. None: told by the names in the file. Kernels for Theano, which
                convolved with rotated kernels, are rotated as they are loaded.

        For the file of a model with the other `dim_ordering` see `utils.layer_utils.convert_dim_ordering`.

        Raises:
            FileNotFoundError, OSError: if there is no such file, or it can not be read.
            ValueError: if it holds other layers, weights or shapes; then nothing is changed.
        """
        with open_file(filepath) as file:
            load = load_weights_from_group_by_name if by_name else load_weights_from_group
            load(self._layers_in_file(), weights_group(file), original_backend)

    def load_weights_from_hdf5_group(self, f: Any) -> None:
        """Sets the weights from an open h5py group, by position; see `load_weights`."""
        load_weights_from_group(self._layers_in_file(), f)

    def load_weights_from_hdf5_group_by_name(self, f: Any) -> None:
        """Sets the weights from an open h5py group, by the names of the layers; see `load_weights`."""
        load_weights_from_group_by_name(self._layers_in_file(), f)

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Writes the weights to an HDF5 file that Keras 1 can read too.

        The file appears under its name when it is complete; until then an older one stays.

        Args:
            filepath: the file.
            overwrite: whether a file may be replaced. False: asks on the terminal if there is one.

        Raises:
            FileExistsError: if `overwrite` is False, the file exists, and there is no terminal.
            OSError: if it can not be written.
            ValueError: if the name of a layer can not stand in a file.
        """
        if not overwrite and os.path.exists(filepath) and not ask_to_proceed_with_overwrite(filepath):
            return
        with new_hdf5_file(filepath) as file:
            self.save_weights_to_hdf5_group(file)

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Writes the whole model to an HDF5 file: architecture, weights, loss, optimizer and its state.

        `polykeras.models.load_model` reads it; so does Keras 1. Arguments and errors: see `save_weights`.
        """
        save_model(self, filepath, overwrite)

    def save_checkpoint(self, filepath: str | os.PathLike[str]) -> None:
        """Writes the whole model, and where its training stands, so that it can go on; see `Model.resume`.

        `callbacks.ModelCheckpoint` calls this after an epoch. Keras 1 can read the file too.
        """
        save_checkpoint(self, filepath)

    def save_weights_to_hdf5_group(self, f: Any) -> None:
        """Writes the weights into an open h5py group that is empty; see `save_weights`."""
        save_weights_to_group(self._layers_in_file(), f)

    def _layers_in_file(self) -> list[Any]:
        """The layers as files list them: the branches of a `Merge` at the bottom of a Sequential, not it."""
        return list(getattr(self, "flattened_layers", self.layers))
