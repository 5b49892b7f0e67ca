"""Loops (`pytensor.scan`) in the NumPy interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pytensor.graph.basic import Apply
from pytensor.scan.op import Scan
from pytensor.tensor.random.utils import custom_rng_deepcopy

from .interpreter import interpret
from .rewrites import rewrite_inner


def scan_loop(op: Scan, node: Apply) -> Callable[..., tuple[Any, ...]]:
    """A function of the inputs of a `Scan` node that returns its outputs.

    The state of each recurrent output lies in a ring of as many slices as its outer input has. That input is
    never written to, it is copied first.
    """
    info = op.info
    body = interpret(rewrite_inner(op.fgraph), "scan_body")
    taps = (*info.mit_mot_in_slices, *info.mit_sot_in_slices, *info.sit_sot_in_slices)
    n_rings, n_mit_mot = len(taps), info.n_mit_mot
    first_ring = 1 + info.n_seqs
    first_untraced = first_ring + n_rings
    first_traced = first_untraced + info.n_untraced_sit_sot
    first_constant = first_traced + info.n_nit_sot
    first_nit_sot = sum(map(len, info.mit_mot_out_slices)) + n_rings - n_mit_mot
    lowest = [*op.mintaps[:n_rings], *([0] * info.n_nit_sot)]
    kinds = [variable.type for variable in node.outputs]

    def loop(*inputs: Any) -> tuple[Any, ...]:
        n_steps = int(inputs[0])
        sequences = inputs[1:first_ring]
        for sequence in sequences:
            if len(sequence) < n_steps:
                raise ValueError(f"A loop of {n_steps} steps was given a sequence of length {len(sequence)}.")
        rings: list[Any] = [ring.copy() for ring in inputs[first_ring:first_untraced]]
        untraced = list(inputs[first_untraced:first_traced])
        sizes = [len(ring) for ring in rings]
        sizes += [int(size) for size in inputs[first_traced:first_constant]]
        rings += [None] * info.n_nit_sot
        constants = inputs[first_constant:]
        position = [-low % size if size else 0 for low, size in zip(lowest, sizes, strict=True)]
        done = 0
        while done < n_steps:
            arguments = [sequence[done] for sequence in sequences]
            for ring, at, size, offsets in zip(rings, position, sizes, taps, strict=False):
                arguments += [ring[(at + offset) % size] for offset in offsets]
            results = iter(body(*arguments, *untraced, *constants))
            # A body may return a slice of a ring itself: no slice is written before all are computed.
            written = [
                (rings[group], position[group] + offset, next(results))
                for group, offsets in enumerate(info.mit_mot_out_slices)
                for offset in offsets
            ]
            traced = [next(results) for _ in range(len(rings) - n_mit_mot)]
            untraced = [next(results) for _ in untraced]
            for ring, at, value in written:
                ring[at] = value
            for index, value in enumerate(traced, n_mit_mot):
                if rings[index] is None:
                    rings[index] = np.empty((sizes[index], *np.shape(value)), kinds[index].dtype)
                rings[index][position[index]] = value
            position = [(at + 1) % size if size else 0 for at, size in zip(position, sizes, strict=True)]
            done += 1
            if info.as_while and next(results):
                break
        if not n_steps and info.n_nit_sot:
            # Not one step tells the shape of the outputs: a step that does not count does.
            arguments = [np.zeros(sequence.shape[1:], sequence.dtype) for sequence in sequences]
            for ring, size, offsets in zip(rings, sizes, taps, strict=False):
                arguments += [ring[offset % size] if size else np.zeros(ring.shape[1:]) for offset in offsets]
            states = [x if isinstance(x, np.ndarray) else custom_rng_deepcopy(x) for x in untraced]
            shapes = map(np.shape, body(*arguments, *states, *constants)[first_nit_sot:])
            for index, shape in zip(range(n_rings, len(rings)), shapes, strict=False):
                rings[index] = np.empty((0, *shape), kinds[index].dtype)
            return (*rings, *untraced)
        for index in range(n_mit_mot, len(rings)):
            rings[index] = _unrolled(
                rings[index], done - lowest[index], position[index], done < n_steps, n_steps - done
            )
        return (*rings, *untraced)

    return loop


def _unrolled(ring: np.ndarray, filled: int, at: int, stopped: bool, missing: int) -> np.ndarray:
    """The slices of a ring in order of time, without those that were never reached."""
    size = len(ring)
    if size < filled and at < size:
        return np.concatenate([ring[at:], ring[:at]])
    if size > filled:
        ring[filled:] = 0
        if stopped:
            return ring[: size - missing]
    return ring
