"""``tf.train.Saver``: checkpoints of variables in TensorFlow's format."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from ..graph import state
from ..variables import write

v1 = tf.compat.v1


class Saver:
    """Writes variables to checkpoints and reads them from there, by their names.

    Args:
        var_list: variables, or a dict of names and variables; by default all that K's graph reads when it
            saves or restores. Of several variables of one name the second is called ``name_1``, and so on.
        max_to_keep: how many checkpoints are kept, the oldest is removed; 0 or None for all.
    """

    def __init__(self, var_list: Any = None, max_to_keep: int | None = 5, **options: Any) -> None:
        self._given = var_list
        self._max_to_keep = max_to_keep
        self.last_checkpoints: list[str] = []

    def _variables(self) -> dict[str, Any]:
        if isinstance(self._given, Mapping):
            return dict(self._given)
        listed = state.graph.read_variables.values() if self._given is None else self._given
        found: dict[str, Any] = {}
        for each in listed:
            name = plain = each.name.rpartition(":")[0]
            number = 0
            while name in found:
                number += 1
                name = f"{plain}_{number}"
            found[name] = each
        if not found:
            raise ValueError("tf.train.Saver: there are no variables to save.")
        return found

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        **options: Any,
    ) -> str:
        """Writes a checkpoint; its path, with the number of the step behind if one is given."""
        if global_step is not None:
            number = sess.run(global_step) if tf.is_tensor(global_step) else global_step
            save_path = f"{save_path}-{int(number)}"
        variables = self._variables()
        with tf.init_scope():
            tf.raw_ops.SaveV2(
                prefix=save_path,
                tensor_names=list(variables),
                shape_and_slices=[""] * len(variables),
                tensors=[each.read_value() for each in variables.values()],
            )
        self._keep(save_path)
        v1.train.update_checkpoint_state(
            os.path.dirname(save_path) or ".",
            save_path,
            all_model_checkpoint_paths=self.last_checkpoints,
            latest_filename=latest_filename,
        )
        return save_path

    def _keep(self, path: str) -> None:
        self.last_checkpoints = [each for each in self.last_checkpoints if each != path] + [path]
        while self._max_to_keep and len(self.last_checkpoints) > self._max_to_keep:
            v1.train.remove_checkpoint(self.last_checkpoints.pop(0))

    def restore(self, sess: Any, save_path: str) -> None:
        """Sets the variables to what a checkpoint holds; all of them or none.

        Raises:
            ValueError: if there is no such checkpoint, or a variable is missing in it or has another shape.
        """
        if not save_path or not v1.train.checkpoint_exists(save_path):
            raise ValueError(f"tf.train.Saver.restore: there is no checkpoint {save_path!r}.")
        reader = tf.train.load_checkpoint(save_path)
        held = reader.get_variable_to_shape_map()
        variables = self._variables()
        for name, variable in variables.items():
            if name not in held:
                raise ValueError(
                    f"tf.train.Saver.restore: the checkpoint {save_path!r} has no variable {name!r}; it has "
                    f"{', '.join(sorted(held)[:5])}, ... Give Saver a dict of the checkpoint's names and the "
                    f"variables."
                )
            if list(held[name]) != variable.shape.as_list():
                raise ValueError(
                    f"tf.train.Saver.restore: the variable {name!r} has the shape {tuple(variable.shape)}, "
                    f"in the checkpoint {save_path!r} it has {tuple(held[name])}."
                )
        for name, value in [(name, reader.get_tensor(name)) for name in variables]:
            write(variables[name], value)
