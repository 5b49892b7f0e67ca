"""Sparse matrices: scipy's on the outside, PyTensor's CSR type inside.

`pytensor.sparse` needs scipy; both are loaded here only. The format is CSR throughout: other formats are
converted as they come in.
"""

from __future__ import annotations

from typing import Any

import pytensor
import pytensor.sparse
import scipy.sparse
from pytensor.sparse.basic import dense_from_sparse
from pytensor.sparse.type import SparseTensorType as SparseTensorType


def is_scipy_sparse(value: Any) -> bool:
    """Whether `value` is a scipy sparse matrix or array, of any format."""
    return bool(scipy.sparse.issparse(value))


def as_csr(value: Any, dtype: str) -> scipy.sparse.csr_matrix:
    """`value` as a canonical CSR matrix with 32-bit indices: what both ways of execution expect."""
    result = scipy.sparse.csr_matrix(value, dtype=dtype)
    if not result.has_canonical_format:
        if result is value:
            result = result.copy()
        result.sum_duplicates()
    return result


def sparse_placeholder(dtype: str, name: str | None) -> Any:
    """A placeholder for CSR matrices."""
    return pytensor.sparse.csr_matrix(name=name, dtype=dtype)


def sparse_variable(value: Any, dtype: str, name: str | None) -> Any:
    """A sparse matrix with a fixed value."""
    return pytensor.shared(as_csr(value, dtype), name=name)


def densify(tensor: Any) -> Any:
    """The dense tensor of the values of a sparse one."""
    return dense_from_sparse(tensor)
