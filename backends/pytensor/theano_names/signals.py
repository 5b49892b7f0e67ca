"""`theano.tensor.signal.conv`."""

from __future__ import annotations

from typing import Any

from .signal_names import SIGNALS

NAMES: dict[str, Any] = SIGNALS
