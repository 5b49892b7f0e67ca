"""Functions that Numba compiles once into the cache on disk and that compiled graphs call by their names.

What a graph is compiled from is optimized anew in each function that contains it. Large pieces of code are
therefore kept outside: each is a C function of its own, shared by all graphs and processes, and a graph holds
just the call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from pytensor import config
from pytensor.link.numba.cache import compile_numba_function_src

_defined: dict[str, Any] = {}


def fingerprint(*files: str) -> str:
    """A name for the state of some source files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()[:16]


def define(name: str, signature: Any, make: Callable[[], Callable[..., Any]]) -> str:
    """Makes a function known to compiled code under a name.

    Args:
        name: stands for the code, a `fingerprint` of its sources included.
        signature: Numba's signature: pointers and integers to an int64.
        make: gives the function, compiled by `numba.njit`.

    Returns:
        The name of the symbol.
    """
    if name not in _defined:
        arguments = ", ".join(f"a{index}" for index in range(len(signature.args)))
        source = f"def kernel({arguments}):\n    return inner({arguments})\n"
        function = compile_numba_function_src(
            source, "kernel", {"inner": make(), "__name__": __name__}, cache_key=name
        )
        compiled = numba.cfunc(signature, cache=bool(config.numba__cache))(function)
        llvm.add_symbol(name, compiled.address)
        _defined[name] = compiled
    return name


def unpacked(context: Any, builder: Any, kinds: Any, arguments: Any) -> list[Any]:
    """The entries of a tuple as LLVM values: for an array the address of its first number, else an int64."""
    values = []
    for kind, value in zip(kinds, cgutils.unpack_tuple(builder, arguments), strict=True):
        if isinstance(kind, types.Array):
            values.append(context.make_array(kind)(context, builder, value).data)
        else:
            values.append(context.cast(builder, value, kind, types.int64))
    return values


def caller(symbol: str) -> Any:
    """An intrinsic that calls the symbol with the arrays, by their addresses, and integers of a tuple."""

    @intrinsic
    def call(context: Any, arguments: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            operands = unpacked(context, builder, signature.args[0].types, values[0])
            kind = ir.FunctionType(ir.IntType(64), [operand.type for operand in operands])
            return builder.call(cgutils.get_or_insert_function(builder.module, kind, symbol), operands)

        return types.int64(arguments), code

    return call
