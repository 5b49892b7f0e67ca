"""`theano.sparse` under the names of the time."""

from __future__ import annotations

from typing import Any

import pytensor.sparse
from pytensor.sparse.type import SparseTensorType

NAMES: dict[str, Any] = {
    "SparseType": SparseTensorType,
    "dot": getattr(pytensor.sparse, "dot", None) or pytensor.sparse.structured_dot,
    "enable_sparse": True,
}
