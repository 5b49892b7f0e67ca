"""h5py as releases 2.5 to 2.7 had it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras import alias

Run = Callable[..., dict[str, Any]]


def test_files_values_and_texts(program: Run, tmp_path: Path) -> None:
    space = program(
        """
    import h5py
    import numpy as np
    f = h5py.File(path)
    f['x'] = np.arange(3)
    f['one'] = 5
    f.create_dataset('words', data=['a', 'bc'], dtype=h5py.special_dtype(vlen=str))
    f['name'] = 'text'
    f['raw'] = np.array([b'a'], dtype='S1')
    values = f['x'].value, f['one'].value, f['words'][1], f['words'][:].tolist(), f['name'].value, f['raw'][0]
    names = sorted(name for name, _ in f.iteritems())
    f.close()
    again = h5py.File(path)
    again['y'] = 1
    again.close()
    """,
        path=str(tmp_path / "a.h5"),
    )
    x, *values = space["values"]
    assert isinstance(x, np.ndarray) and x.tolist() == [0, 1, 2]
    assert values == [5, "bc", ["a", "bc"], "text", b"a"]
    assert space["names"] == ["name", "one", "raw", "words", "x"]
    with h5py.File(tmp_path / "a.h5") as stored:
        assert stored.mode == "r" and stored["words"][1] == b"bc" and "y" in stored


def test_a_file_that_is_write_protected(
    program: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    h5py.File(tmp_path / "a.h5", "w").close()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    space = program("import h5py; f = h5py.File(path); mode = f.mode; f.close()", path=tmp_path / "a.h5")
    assert space["mode"] == "r"


def test_all_of_it_is_taken_back(program: Run) -> None:
    program("import h5py.highlevel; assert h5py.highlevel.File is h5py.File")
    alias.uninstall()
    assert not hasattr(h5py.Dataset, "value") and not hasattr(h5py, "highlevel")
