"""How good configurations, texts and files are spoiled: a little, and knowing what they are made of."""

from __future__ import annotations

import contextlib
import copy
import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import yaml

NUMBERS = [
    0, 1, -1, 2, 3, 7, 31, 64, 255, 256, 1000, 65535, 10**5, 10**6, 10**7, 10**9, 2**31 - 1, 2**31, 2**32,
    2**53, 2**63 - 1, 2**63, -(2**31), -(2**63), 10**18, 10**30, 0.5, -0.0, 1e-300, 1e300, float("inf"),
    float("nan"),
]  # fmt: skip
TEXTS = [
    "", " ", "x", "relu", "softmax", "orthogonal", "identity", "zero", "l2", "mse", "same", "full", "tf",
    "th", "sum", "../../x", "/etc/passwd", "a\0b", "é\u202e", "x" * 3000, "float64", "int64", "float16",
    "object", "string", "%s%n", "Dense", "Merge", "Lambda", "Model", "InputLayer", "None", "nan", "1e999",
]  # fmt: skip
KEYS = [
    "name", "layers", "layer", "config", "class_name", "batch_input_shape", "input_shape", "input_dtype",
    "weights", "output_dim", "activation", "init", "inner_init", "stateful", "unroll", "trainable", "mode",
    "arguments", "units", "consume_less", "noise_shape", "axis", "dim_ordering", "inbound_nodes",
    "input_layers", "output_layers", "sparse",
]  # fmt: skip


def any_value(rng: random.Random) -> Any:
    kind = rng.randrange(10)
    if kind < 4:
        return rng.choice(NUMBERS)
    if kind < 6:
        return rng.choice(TEXTS)
    if kind == 6:
        return rng.choice([None, True, False])
    if kind == 7:
        return [rng.choice([None, *NUMBERS]) for _ in range(rng.choice([0, 1, 2, 3, 4, 5, 40, 1000]))]
    if kind == 8:
        return {rng.choice(KEYS): rng.choice(NUMBERS + TEXTS) for _ in range(rng.randrange(3))}
    value: Any = rng.choice(NUMBERS)
    for _ in range(rng.choice([1, 2, 10, 150])):
        value = [value]
    return value


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """All (container, key) pairs of a tree."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            found.append((node, key))
            waiting.append(node[key])
    return found


def spoiled_tree(rng: random.Random, tree: Any, others: list[Any], classes: list[str]) -> Any:
    """A configuration with one to four changes.

    Args:
        rng: decides.
        tree: a good configuration.
        others: other ones, of which pieces are taken.
        classes: names of layers.
    """
    root = [copy.deepcopy(tree)]
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        node, key = rng.choice(_places(root))
        value = node[key]
        kind = rng.randrange(12)
        if kind <= 3:
            numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
            node[key] = rng.choice(NUMBERS) if numeric and rng.random() < 0.8 else any_value(rng)
        elif kind == 4 and isinstance(node, dict):
            del node[key]
        elif kind == 5 and isinstance(node, dict):
            node[rng.choice(KEYS)] = node[key] if rng.random() < 0.5 else any_value(rng)
        elif kind == 6 and isinstance(node, list):
            node[key:key] = [copy.deepcopy(value) for _ in range(rng.choice([1, 1, 2, 30]))]
        elif kind == 7 and isinstance(node, list) and node is not root:
            del node[key]
        elif kind == 8:
            other, place = rng.choice(_places([rng.choice(others)]))
            node[key] = copy.deepcopy(other[place])
        elif kind == 9:
            other, place = rng.choice(_places(root))
            node[key] = copy.deepcopy(other[place])  # perhaps of itself: it grows
        elif kind == 10:
            named = [(n, k) for n, k in _places(root) if k == "class_name"]
            if named:
                node, key = rng.choice(named)
                node[key] = rng.choice(classes)
        else:
            node[key] = rng.choice([[value], {"name": value}, str(value), [value] * 3])
    return root[0]


def spoiled_text(rng: random.Random, text: str, tokens: list[str]) -> str:
    """A text with some letters or words changed, left out, or put in."""
    letters = list(text)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(letters) + 1)
        kind = rng.randrange(5)
        if kind == 0 and at < len(letters):
            letters[at] = chr(
                rng.choice([0, 9, 10, 34, 39, 44, 45, 48, 58, 91, 93, 123, 125, rng.randrange(0x300)])
            )
        elif kind == 1:
            letters[at:at] = rng.choice(tokens) * rng.choice([1, 1, 1, 20])
        elif kind == 2:
            del letters[at : at + rng.choice([1, 1, 5, 50])]
        elif kind == 3:
            letters[at:at] = letters[at : at + rng.choice([1, 10, 100])] * rng.choice([1, 2, 20])
        else:
            letters = letters[: max(at, 1)] if rng.random() < 0.3 else letters
    return "".join(letters)


JSON_TOKENS = [
    "null",
    "true",
    "NaN",
    "Infinity",
    "1e999",
    "-0",
    "9" * 400,
    '"',
    "\\u0000",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "[[[[",
]
YAML_TOKENS = [
    "!!python/tuple ", "!!python/object/apply:os.system ['true'] ", "!!python/name:os.system ", "!!binary ",
    "!!set ", "!!python/unicode ", "!!python/long ", "&a ", "*a ", "<<: ", "? ", "- ", ": ", "{", "}", "[",
    "]", "\n", "  ", "'", '"', "|\n", ">\n", "---\n", "%YAML 1.1\n", "1:59:59", ".inf", "0x", "2001-01-01",
    "#", "!!omap ",
    "!!python/object/" "apply:numpy.core.multiarray.scalar [!!python/object/apply:numpy.dtype [i8], x] ",
    "~",
]  # fmt: skip


def spoiled_json(rng: random.Random, tree: Any, others: list[Any], classes: list[str]) -> str:
    if rng.random() < 0.75:
        return json.dumps(spoiled_tree(rng, tree, others, classes))
    return spoiled_text(rng, json.dumps(tree), JSON_TOKENS)


def spoiled_yaml(rng: random.Random, tree: Any, others: list[Any], classes: list[str]) -> str:
    if rng.random() < 0.3:
        return yaml.safe_dump(spoiled_tree(rng, tree, others, classes))
    return spoiled_text(rng, yaml.safe_dump(tree), YAML_TOKENS)


# HDF5

_SIGNATURES = (
    b"\x89HDF", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"OCHK", b"FRHP", b"FHDB", b"BTHD", b"BTLF"
)  # fmt: skip


def spoiled_bytes(rng: random.Random, data: bytes) -> bytes:
    """The bytes of a file with some changed, mostly those that tell where others are."""
    changed = bytearray(data)
    starts = [at for mark in _SIGNATURES for at in _occurrences(data, mark)] or [0]
    for _ in range(rng.choice([1, 1, 2, 3, 8, 40])):
        near = rng.random() < 0.6
        at = (rng.choice(starts) + rng.randrange(200)) if near else rng.randrange(len(changed))
        at %= len(changed)
        kind = rng.randrange(6)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[at] = rng.choice([0, 1, 2, 3, 127, 128, 254, 255, rng.randrange(256)])
        elif kind == 2:
            width = rng.choice([2, 4, 8])
            most = 2 ** (8 * width) - 1
            number = rng.choice(
                [0, most, most // 2, most // 2 + 1, rng.randrange(len(changed)), rng.randrange(300)]
            )
            changed[at : at + width] = (number & most).to_bytes(width, "little")
        elif kind == 3:
            count, source = rng.randrange(1, 100), rng.randrange(len(changed))
            changed[at : at + count] = changed[source : source + count]
        elif kind == 4:
            start = rng.choice(starts)  # an address that leads to another part
            changed[at : at + 8] = start.to_bytes(8, "little")
        elif rng.random() < 0.2 and len(changed) > 8:
            del changed[rng.randrange(8, len(changed)) :]
    return bytes(changed)


def _occurrences(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def spoiled_file(rng: random.Random, path: Path, config: Callable[[str], str]) -> None:
    """Changes the file of a model by the HDF5 library: attributes, data sets, links.

    Args:
        rng: decides.
        path: the file.
        config: spoils the text of a configuration.
    """
    left = rng.choice([1, 1, 2, 4])
    with h5py.File(path, "a") as file:
        for _ in range(100):  # some tries find nothing to change
            if not left:
                break
            # What was spoiled before may be such that the library refuses to change it more.
            with contextlib.suppress(OSError, KeyError, RuntimeError, TypeError, ValueError):
                left -= _spoil_item(rng, path, file, rng.choice(_items(file)), config)


def _spoil_item(rng: random.Random, path: Path, file: Any, item: Any, config: Callable[[str], str]) -> bool:
    """Changes something of an item; False if there is nothing to change."""
    configs = [name for name in ("model_config", "training_config") if name in file.attrs]
    if rng.random() < 0.3 and configs:
        name = rng.choice(configs)
        changed = config(str(file.attrs[name]))
        # A text of any length ends at a zero; one of a fixed length does not.
        file.attrs[name] = changed if "\0" not in changed else np.bytes_(changed.encode()[:60_000])
    elif rng.random() < 0.5 and len(item.attrs):
        _spoil_attribute(rng, item)
    elif isinstance(item, h5py.Dataset):
        if (item.size or 0) >= 10**6:  # it was made here, and is larger than it looks
            return False
        _spoil_data(rng, file, item)
    elif len(item):
        _spoil_member(rng, path, file, item)
    else:
        return False
    return True


def _items(file: Any) -> list[Any]:
    """The file, and all groups and data sets in it."""
    found = [file]
    file.visititems(lambda _, item: found.append(item))
    return found


def _spoil_attribute(rng: random.Random, item: Any) -> None:
    name = rng.choice(list(item.attrs))
    value = item.attrs[name]
    changes: list[Callable[[], Any]] = [
        lambda: np.asarray(value)[::-1] if np.ndim(value) else value,
        lambda: np.concatenate([np.atleast_1d(value)] * 2),
        lambda: np.atleast_1d(value)[1:],
        lambda: rng.choice(NUMBERS[:20]),
        lambda: rng.choice([text for text in TEXTS if "\0" not in text]),
        lambda: np.zeros(rng.choice([0, 1, 7, 5000])),
        lambda: ["x", "y", "b_W:0"],
        lambda: np.array([b"\xff\xfe", b"../x", b"a/b"]),
        lambda: h5py.Empty("f"),
        lambda: np.zeros((2, 2), "S3"),
        lambda: np.arange(9).reshape(3, 3),
    ]
    changed = rng.choice(changes)()
    try:
        item.attrs[name] = changed
    except (TypeError, ValueError, OSError, RuntimeError):
        del item.attrs[name]
    if rng.random() < 0.1:
        item.attrs[name + "0"] = np.array([b"x"])


def _spoil_data(rng: random.Random, file: Any, item: Any) -> None:
    place, value = item.name, np.asarray(item[()])
    del file[place]
    kind = rng.randrange(9)
    if kind == 0:
        file[place] = value.astype(
            rng.choice(["float64", "float16", "int8", ">f4", "uint64", "bool", "complex64", "S4"])
        )
    elif kind == 1:
        shape = tuple(rng.choice([0, 1, 2, 1000, 10**6, 10**9]) for _ in range(rng.randrange(5)))
        file.create_dataset(
            place, shape, "float32", chunks=True if shape and 0 not in shape and rng.random() < 0.5 else None
        )
    elif kind == 2:
        file[place] = value.reshape(-1) if rng.random() < 0.5 else value.T
    elif kind == 3 and value.ndim:
        file.create_dataset(
            place,
            data=value,
            chunks=value.shape,
            compression="gzip",
            shuffle=True,
            fletcher32=rng.random() < 0.5,
        )
    elif kind == 4 and value.ndim:
        dataset = file.create_dataset(place, value.shape, value.dtype, chunks=value.shape, compression="gzip")
        packed = bytearray(zlib.compress(bytes(rng.choice([value.nbytes, 2 * value.nbytes, 2**20]))))
        packed[rng.randrange(len(packed))] ^= rng.choice([0, 1, 255])
        try:
            dataset.id.write_direct_chunk((0,) * value.ndim, bytes(packed))
        except OSError:
            return  # too long for the library
    elif kind == 5:
        file.create_group(place)
    elif kind == 6:
        file[place] = rng.choice(["text", np.array(["a", "b"], "S"), np.zeros(3, [("x", "f4"), ("y", "i2")])])
    elif kind == 7:
        file.create_dataset(
            place, value.shape, "float32", external=[("/etc/passwd", 0, max(value.size * 4, 1))]
        )
    # else it is missing


def _spoil_member(rng: random.Random, path: Path, file: Any, group: Any) -> None:
    name = rng.choice(list(group))
    kind = rng.randrange(6)
    if kind == 0:
        del group[name]
    elif kind == 1:
        group.move(name, f"{name}x")
    elif kind == 2:
        del group[name]
        group[name] = h5py.SoftLink(rng.choice(["/", group.name, "/model_weights", "nowhere"]))
    elif kind == 3:
        del group[name]
        group[name] = h5py.ExternalLink(rng.choice([str(path), "/etc/passwd", "nowhere.h5"]), "/")
    elif kind == 4:
        del group[name]
        group[name] = rng.choice([group, file])  # a circle
    else:
        for number in range(rng.choice([1, 10, 300])):
            group.require_group(f"more_{number}")
