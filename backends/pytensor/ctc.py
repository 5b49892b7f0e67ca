"""Connectionist temporal classification on PyTensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.sparse.basic import CSR

from ..interface import CTC
from .math import as_tensor, cast
from .ops.ctc import BeamDecode, CTCLoss, GreedyDecode
from .sizes import sizes_of


class PTCTC(CTC):
    def ctc_decode(
        self, y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
    ) -> tuple[list[Any], Any]:
        with self.graph_scope():
            scores, frames, width, paths = self._ctc_decoding(y_pred, input_length, beam_width, top_paths)
            dtype = scores.dtype
            decode: Any = GreedyDecode() if greedy else BeamDecode(width, paths)
            labels, lengths, found = decode.make_node(_computable(scores), frames).outputs
            zero = np.zeros(1, "int64")
            longest = [pt.max(pt.concatenate([lengths[path], zero])) for path in range(decode.paths)]
            return [labels[path, :, :size] for path, size in enumerate(longest)], cast(found, dtype)

    def ctc_label_dense_to_sparse(self, labels: Any, label_lengths: Any) -> Any:
        where = "ctc_label_dense_to_sparse"
        with self.graph_scope():
            labels = as_tensor(self._ctc_tensor(where, "labels", labels, 2, "(samples, labels)"))
            counts = self._ctc_lengths(where, "label_lengths", label_lengths)
            samples, most = sizes_of(labels)
            meant = pt.lt(pt.arange(most), pt.expand_dims(counts, 1))
            # Numba adds up in 64 bits, whatever is asked for: 32 are made of them afterwards.
            ends = pt.cumsum(pt.sum(meant, axis=1, dtype="int64"))
            starts = pt.concatenate([np.zeros(1, "int32"), cast(ends, "int32")])
            columns = cast(pt.nonzero(meant)[1], "int32")
            shape = pt.stack([cast(as_tensor(size), "int32") for size in (samples, most)])
            return CSR(labels[pt.nonzero(meant)], columns, starts, shape)

    def ctc_create_skip_idxs(self, Y: Any) -> Any:
        with self.graph_scope():
            skips = self._ctc_skips(self._ctc_labels("ctc_create_skip_idxs", Y))
            return cast(pt.nonzero(skips)[0], "int32")

    def _ctc_losses(self, labels: Any, scores: Any, frames: Any, counts: Any) -> Any:
        return cast(CTCLoss().make_node(_computable(scores), labels, frames, counts).outputs[0], scores.dtype)


def _computable(scores: Any) -> Any:
    """`scores` in a type that our operations compute in."""
    return cast(scores, "float32") if scores.dtype == "float16" else scores
