"""Linear algebra under the names of `theano.tensor.nlinalg` and `slinalg`."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.tensor import linalg


def matrix_inverse(x: Any) -> Any:
    """The inverse of a square matrix."""
    return linalg.inv(x)


def matrix_dot(*matrices: Any) -> Any:
    """The product of matrices, from left to right."""
    result = matrices[0]
    for each in matrices[1:]:
        result = pt.dot(result, each)
    return result


def diag(x: Any) -> Any:
    """The diagonal of a matrix, or the matrix of a diagonal."""
    return pt.diag(pt.as_tensor_variable(x))


def trace(x: Any) -> Any:
    """The sum of a matrix's diagonal."""
    return pt.trace(pt.as_tensor_variable(x))


class Solve:
    """Solves ``A x = b`` for matrices of a structure; called with A and b."""

    def __init__(
        self, A_structure: str = "general", lower: bool = False, overwrite_A: bool = False,
        overwrite_b: bool = False,
    ) -> None:  # fmt: skip
        self.structure, self.lower = A_structure, lower

    def __call__(self, a: Any, b: Any) -> Any:
        if self.structure in ("lower_triangular", "upper_triangular"):
            lower = self.structure == "lower_triangular"
            return linalg.solve_triangular(a, b, lower=lower, b_ndim=pt.as_tensor_variable(b).ndim)
        return solve(a, b)


def solve(a: Any, b: Any) -> Any:
    """The x of ``a x = b``, for a vector or a matrix b."""
    return linalg.solve(a, b, b_ndim=pt.as_tensor_variable(b).ndim)


NAMES: dict[str, Any] = {
    "matrix_inverse": matrix_inverse,
    "matrix_dot": matrix_dot,
    "diag": diag,
    "extract_diag": diag,
    "alloc_diag": diag,
    "trace": trace,
    "Solve": Solve,
    "solve": solve,
    "solve_lower_triangular": Solve("lower_triangular"),
    "solve_upper_triangular": Solve("upper_triangular"),
}
