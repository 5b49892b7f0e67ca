"""Work of compiled code on several processor cores.

A kernel (see numba_symbols.py) that can do a part of its work is called in a thread for each part. The
threads last for one call: to start one takes some ten microseconds, so parts should take longer by far.
"""

from __future__ import annotations

import os
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .numba_symbols import caller, define, unpacked

# No more parts than this.
MOST = 64

_I32, _I64, _ADDRESS = ir.IntType(32), ir.IntType(64), cgutils.voidptr_t
_COUNT = "polykeras_thread_count"


def thread_count() -> int:
    """How many cores to use: ``OMP_NUM_THREADS``, else all that this process may run on."""
    if os.name == "nt":
        return 1
    wanted = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if wanted.isdecimal() and int(wanted) > 0:
        return min(int(wanted), MOST)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)


def threads() -> Any:
    """A function for compiled code, called with (), that gives the number of threads.

    It is looked up by its name, so that compiled graphs in the cache do not depend on the number.
    """
    count = thread_count()
    symbol = define(f"{_COUNT}_{count}", types.int64(), lambda: numba.njit(lambda: count))
    llvm.add_symbol(_COUNT, llvm.address_of_symbol(symbol))
    return caller(_COUNT)


def parallel_caller(symbol: str) -> Any:
    """An intrinsic that calls the symbol for all parts of some work and waits for them.

    Its argument is a tuple: arrays and integers for the symbol, how many items there are, and in how many
    parts they are worked off. The symbol also gets the first item of a part, the one after its last, and the
    number of the part.
    """

    @intrinsic
    def call(context: Any, arguments: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            *shared, items, parts = unpacked(context, builder, signature.args[0].types, values[0])
            kinds = [value.type for value in shared]
            function = ir.FunctionType(_I64, [*kinds, _I64, _I64, _I64])
            target = cgutils.get_or_insert_function(builder.module, function, symbol)
            task = ir.LiteralStructType([*kinds, _I64, _I64, _I64])
            _start(builder, target, _entry(builder.module, symbol, target, task), task, shared, items, parts)
            return context.get_dummy_value()

        return types.void(arguments), code

    return call


def _entry(module: Any, symbol: str, target: Any, task: Any) -> Any:
    """A function in the form that threads begin with, which takes the arguments of `target` from memory."""
    name = f"{symbol}_part"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(_ADDRESS, [_ADDRESS]), name)
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    memory = builder.bitcast(function.args[0], task.as_pointer())
    fields = range(len(task.elements))
    builder.call(target, [builder.load(cgutils.gep_inbounds(builder, memory, 0, at)) for at in fields])
    builder.ret(ir.Constant(_ADDRESS, None))
    return function


def _start(
    builder: Any, target: Any, entry: Any, task: Any, shared: list[Any], items: Any, parts: Any
) -> None:
    """Starts a thread for each part but the first, does that one here, and waits for the others."""
    zero, one, none = ir.Constant(_I64, 0), ir.Constant(_I64, 1), ir.Constant(_ADDRESS, None)
    if os.name == "nt":  # there is one part only
        builder.call(target, [*shared, zero, items, zero])
        return
    module = builder.module
    create = cgutils.get_or_insert_function(
        module, ir.FunctionType(_I32, [_ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS]), "pthread_create"
    )
    join = cgutils.get_or_insert_function(module, ir.FunctionType(_I32, [_I64, _ADDRESS]), "pthread_join")
    room = ir.Constant(_I64, MOST)
    tasks, handles = cgutils.alloca_once(builder, task, room), cgutils.alloca_once(builder, _I64, room)
    started = cgutils.alloca_once(builder, _I32, room)

    def limit(part: Any) -> Any:
        return builder.sdiv(builder.mul(items, part), parts)

    def arguments(part: Any) -> list[Any]:
        return [*shared, limit(part), limit(builder.add(part, one)), part]

    with cgutils.for_range_slice(builder, one, parts, one, _I64) as (part, _):
        memory = builder.gep(tasks, [part])
        for at, value in enumerate(arguments(part)):
            builder.store(value, cgutils.gep_inbounds(builder, memory, 0, at))
        handle = builder.bitcast(builder.gep(handles, [part]), _ADDRESS)
        entry_address = builder.bitcast(entry, _ADDRESS)
        status = builder.call(create, [handle, none, entry_address, builder.bitcast(memory, _ADDRESS)])
        builder.store(status, builder.gep(started, [part]))
    builder.call(target, arguments(zero))
    with cgutils.for_range_slice(builder, one, parts, one, _I64) as (part, _):
        ran = builder.icmp_signed("==", builder.load(builder.gep(started, [part])), ir.Constant(_I32, 0))
        with builder.if_else(ran) as (waits, works):
            with waits:
                builder.call(join, [builder.load(builder.gep(handles, [part])), none])
            with works:  # no thread could be had
                builder.call(target, arguments(part))
