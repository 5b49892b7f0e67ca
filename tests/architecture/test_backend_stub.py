"""The stub of the façade is the one that its generator writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_stub_is_up_to_date() -> None:
    path = ROOT / "tools" / "make_backend_stub.py"
    spec = importlib.util.spec_from_file_location("make_backend_stub", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    on_disk = (ROOT / "polykeras" / "backend" / "__init__.pyi").read_text(encoding="utf-8")
    assert on_disk == module.stub(), "run: python tools/make_backend_stub.py"
