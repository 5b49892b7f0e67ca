"""The operations of convolution: values, derivatives of two orders, both ways of execution, all layouts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt
from pytensor.graph.traversal import ancestors

from polykeras.backends.interface.windows import output_length, same_padding
from polykeras.backends.pytensor import memory
from polykeras.backends.pytensor.execution import Engine
from polykeras.backends.pytensor.ops import convolution_numpy
from polykeras.backends.pytensor.ops.convolution import Convolution, InputGradient, KernelGradient
from polykeras.backends.pytensor.ops.convolution_frame import Frame, Geometry
from polykeras.testing.gradcheck import central_differences, weights
from polykeras.testing.oracle import conv as oracle
from polykeras.testing.tolerance import assert_close

# Lengths, kernel sizes, strides, border mode, dilation.
LAYOUTS = [
    ((7,), (3,), (1,), "valid", (1,)),
    ((6,), (4,), (2,), "same", (1,)),
    ((5,), (2,), (3,), "full", (2,)),
    ((5, 4), (3, 2), (1, 1), "valid", (1, 1)),
    ((5, 6), (3, 3), (2, 1), "same", (1, 1)),
    ((4, 3), (2, 3), (1, 2), "full", (1, 1)),
    ((6, 7), (2, 2), (1, 1), "valid", (3, 2)),
    ((7, 6), (3, 2), (2, 3), "same", (2, 3)),
    ((4, 5), (1, 1), (1, 1), "valid", (1, 1)),
    ((5, 6), (1, 2), (3, 4), "valid", (1, 1)),
    ((2, 3), (4, 5), (1, 2), "same", (1, 1)),
    ((3, 4, 3), (2, 3, 2), (1, 2, 1), "same", (1, 1, 1)),
    ((4, 3, 2), (2, 1, 2), (2, 1, 1), "full", (1, 2, 1)),
]
Layout = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], str, tuple[int, ...]]


def operations(layout: Layout, depthwise: bool = False) -> tuple[Any, Any, Any]:
    """The convolution and its two gradients."""
    _, _, strides, mode, dilation = layout
    kinds: tuple[Any, ...] = (Convolution, InputGradient, KernelGradient)
    forward, by_input, by_kernel = (kind(strides, mode, dilation, depthwise) for kind in kinds)
    return forward, by_input, by_kernel


def expected(x: np.ndarray, w: np.ndarray, layout: Layout, depthwise: bool = False) -> np.ndarray:
    """The convolution as the oracle computes it."""
    _, _, strides, mode, dilation = layout
    if not depthwise:
        return oracle.convolution(x, w, strides, mode, dilation)
    channels = [
        oracle.convolution(x[..., i : i + 1], w[..., i : i + 1, :], strides, mode, dilation)
        for i in range(x.shape[-1])
    ]
    return np.concatenate(channels, axis=-1)


def numbers(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.random.RandomState(sum(shape)).normal(size=shape).astype(dtype)


def unknown(array: np.ndarray) -> Any:
    """A placeholder for an array, no size of which is known."""
    return pt.tensor(dtype=array.dtype.name, shape=(None,) * array.ndim)


def run(mode: str, inputs: list[Any], outputs: list[Any], values: list[Any]) -> list[np.ndarray]:
    """The outputs, computed in one of the two ways of execution."""
    engine = Engine()
    engine.set_mode(mode)
    return [np.asarray(each) for each in engine.executable(inputs, outputs, [])(values)]


@pytest.mark.parametrize("depthwise", [False, True], ids=["full", "depthwise"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_values_and_derivatives(layout: Layout, depthwise: bool) -> None:
    """Against the oracle and central differences: the value, its derivatives by the input and the kernel, and
    those of a function of these."""
    lengths, sizes, *_ = layout
    values = [numbers(2, *lengths, 2), numbers(*sizes, 2, 3)]
    wanted = expected(values[0], values[1], layout, depthwise)
    x, w = map(unknown, values)
    y = operations(layout, depthwise)[0](x, w)
    cost = pt.sum(pt.sqr(y) * weights(wanted.shape))
    slopes = pytensor.grad(cost, [x, w])
    steepness = sum(
        pt.sum(pt.sqr(slope) * weights(value.shape)) for slope, value in zip(slopes, values, strict=True)
    )
    seconds = pytensor.grad(steepness, [x, w])
    f = Engine().executable([x, w], [y, cost, steepness, *slopes, *seconds], [])
    got, _, _, *derivatives = f(values)
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
    for (index, by), derivative in zip(itertools.product((1, 2), (0, 1)), derivatives, strict=True):
        differences = central_differences(
            lambda point, index=index: float(f(point)[index]), values, by, step=1e-4
        )
        scale = float(np.abs(differences).max())
        np.testing.assert_allclose(derivative, differences, rtol=1e-5, atol=1e-6 * scale)


@pytest.mark.parametrize("depthwise", [False, True], ids=["full", "depthwise"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_small_blocks(layout: Layout, depthwise: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of one image at a time gives what all at once gives."""
    lengths, sizes, *_ = layout
    x, w = numbers(3, *lengths, 2), numbers(*sizes, 2, 3)
    forward, by_input, by_kernel = operations(layout, depthwise)
    y = forward.compute(x, w)
    dy = weights(y.shape)
    whole = y, by_input.compute(w, dy, lengths), by_kernel.compute(x, dy, sizes)
    monkeypatch.setattr(convolution_numpy, "BLOCK", 1)
    monkeypatch.setattr(convolution_numpy, "min", lambda *each: 0 if each[-1] == 8 else min(*each), False)
    parts = forward.compute(x, w), by_input.compute(w, dy, lengths), by_kernel.compute(x, dy, sizes)
    for got, wanted in zip(parts, whole, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


# Channels in and out: parts of vectors, whole ones, several blocks of them; images; lengths, kernel sizes.
SIZES: list[tuple[int, int, int, tuple[int, ...], tuple[int, ...]]] = [
    (1, 32, 3, (28, 28), (3, 3)),
    (3, 16, 2, (9, 13), (4, 3)),
    (17, 1, 5, (6, 6), (3, 3)),
    (32, 40, 2, (5, 7), (1, 1)),
    (8, 70, 9, (2, 3), (2, 3)),
    (20, 5, 12, (1, 1), (1, 1)),
    (4, 33, 1, (40, 2), (5, 2)),
    (5, 48, 20, (3,), (2,)),
    (2, 9, 2, (6, 5, 4), (2, 3, 2)),
    (64, 64, 2, (30, 33), (3, 3)),
    (6, 7, 0, (4, 4), (2, 2)),
]
MOVES = [((1, 1, 1), (1, 1, 1)), ((2, 3, 1), (1, 1, 1)), ((1, 2, 2), (2, 1, 3)), ((3, 2, 4), (1, 2, 2))]


def launcher(symbol: str) -> Any:
    """A function that has a kernel do all of its work, as compiled graphs do it."""
    import numba

    from polykeras.backends.pytensor.ops.numba_convolution_kernels import BEGIN, END, WORK
    from polykeras.backends.pytensor.ops.numba_symbols import caller
    from polykeras.backends.pytensor.ops.numba_threads import parallel_caller

    single, parallel = caller(symbol), parallel_caller(symbol)

    @numba.njit
    def launch(numbers, offsets, a, b, result, scratch, samples, parts):  # type: ignore[no-untyped-def]
        single((numbers, offsets, a, b, result, scratch, BEGIN, 0, 0, 0))
        parallel((numbers, offsets, a, b, result, scratch, WORK, samples, parts))
        single((numbers, offsets, a, b, result, scratch, END, 0, 0, 0))

    return launch


class Kernels:
    """Calls the kernels that compiled graphs call, without a graph, in up to three threads."""

    def __init__(self, dtype: str, depthwise: bool, patch: pytest.MonkeyPatch) -> None:
        import numba

        from polykeras.backends.pytensor.ops import numba_convolution_kernels as kernels
        from polykeras.backends.pytensor.ops import numba_convolution_plan as plan
        from polykeras.backends.pytensor.ops.numba_symbols import caller

        self.dtype, self.depthwise, self.plan = dtype, int(depthwise), plan
        self.run = [launcher(kernels.kernel_symbol(kind, depthwise, dtype)) for kind in range(3)]
        # However little there is to do, it is done in parts.
        patch.setattr(plan, "PART", 1)
        patch.setattr(plan, "PART_DEPTHWISE", 1)
        patch.setattr(kernels, "SOURCES", f"{kernels.SOURCES}_parts")
        complete = caller(kernels.plan_symbol(dtype))
        self.complete = numba.njit(lambda *arguments: complete(arguments))

    def sizes(
        self, layout: Layout, x: Sequence[int], w: Sequence[int], out: int, places: Sequence[int]
    ) -> np.ndarray:
        """What is known of a convolution."""
        lengths, sizes, strides, mode, dilation = layout
        plan, rank = self.plan, len(lengths)
        result = np.ones(plan.COUNT, np.int64)
        result[plan.SAMPLES], result[plan.IN], result[plan.OUT] = x[0], w[-2], out
        result[plan.MODE] = plan.MODES.index(mode)
        for at, values in (
            (plan.LENGTHS, lengths),
            (plan.SIZES, sizes),
            (plan.STRIDES, strides),
            (plan.DILATION, dilation),
            (plan.PLACES, places),
        ):
            result[at + 3 - rank : at + 3] = values
        return result

    def __call__(self, kind: int, layout: Layout, x: np.ndarray, w: np.ndarray, dy: np.ndarray) -> np.ndarray:
        """The result of a kernel; it must not write beyond its memory."""
        plan = self.plan
        given = self.sizes(layout, x.shape, w.shape, dy.shape[-1], dy.shape[1:-1])
        assert self.complete(given, kind, self.depthwise, 3) == plan.FITS
        operands = {plan.FORWARD: (x, w), plan.INPUT_GRADIENT: (dy, w), plan.KERNEL_GRADIENT: (x, dy)}[kind]
        like = {plan.FORWARD: dy, plan.INPUT_GRADIENT: x, plan.KERNEL_GRADIENT: w}[kind]
        guard = 77
        result = np.full(like.size + 64, guard, self.dtype)
        scratch = np.full(given[plan.N_SCRATCH] + 64, guard, self.dtype)
        offsets = np.full(given[plan.N_OFFSETS] + 64, guard, np.int64)
        parts = int(given[plan.PARTS])
        assert parts == max(min(3, len(x)), 1)
        self.run[kind](given, offsets, *operands, result, scratch, len(x), parts)
        for rest in (result[like.size :], scratch[-64:], offsets[-64:]):
            assert (rest == guard).all()
        return result[: like.size].reshape(like.shape)


def check_kernels(dtype: str, depthwise: bool, patch: pytest.MonkeyPatch) -> None:
    """The kernels of compiled graphs against NumPy, which the tests above hold against the oracle."""
    kernels = Kernels(dtype, depthwise, patch)
    for (channels, out, samples, lengths, sizes), (strides, dilation), mode in itertools.product(
        SIZES, MOVES, ("valid", "same", "full")
    ):
        rank = len(lengths)
        layout = lengths, sizes, strides[:rank], mode, dilation[:rank]
        if mode == "valid" and any(
            (size - 1) * apart + 1 > n for n, size, apart in zip(lengths, sizes, dilation, strict=False)
        ):
            continue
        made = 1 + out % 3 if depthwise else out
        x = numbers(samples, *lengths, channels, dtype=dtype)
        w = numbers(*sizes, channels, made, dtype=dtype)
        operators = operations(layout, depthwise)
        y = operators[0].compute(x, w)
        dy = numbers(*y.shape, dtype=dtype)
        wanted = y, operators[1].compute(w, dy, lengths), operators[2].compute(x, dy, sizes)
        terms = int(np.prod(sizes)) * max(channels, out), int(np.prod(y.shape[:-1]))
        for kind in range(3):
            got = kernels(kind, layout, x, w, dy)
            title = f"{kind} {layout} {x.shape} {w.shape}"
            assert_close(got, wanted[kind], dtype, max(terms[kind == 2], 1), 8.0, title)


@pytest.mark.parametrize("depthwise", [False, True], ids=["full", "depthwise"])
def test_kernels(depthwise: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    check_kernels("float32", depthwise, monkeypatch)


@pytest.mark.parametrize(
    ("setting", "cores"), [("3", 3), ("2,1", 2), ("1000", 64), ("", None), ("0", None), ("many", None)]
)
def test_number_of_threads(setting: str, cores: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    from polykeras.backends.pytensor.ops import numba_threads

    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    monkeypatch.setattr(numba_threads.os, "sched_getaffinity", lambda process: {0, 1, 5, 6, 7}, raising=False)
    assert numba_threads.thread_count() == (cores or 5)


@pytest.mark.slow
@pytest.mark.parametrize("lanes", [4, 8])
def test_kernels_for_narrower_registers(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What processors without the present one's registers run."""
    from polykeras.backends.pytensor.ops import numba_convolution_kernels as kernels
    from polykeras.backends.pytensor.ops.numba_convolution_tiles import Vectors

    monkeypatch.setattr(kernels, "vectors_for", lambda bits: Vectors(bits, lanes * 32 // bits, 6))
    monkeypatch.setattr(kernels, "SOURCES", f"{kernels.SOURCES}_{lanes}")
    check_kernels("float32", False, monkeypatch)


FEATURES = {
    "+avx,+avx2,+avx512f": (16, 8, 8),
    "+avx,-avx512f": (8, 4, 6),
    "+sse4.2,-avx": (4, 2, 6),
}


@pytest.mark.parametrize("features", FEATURES)
def test_vectors_fit_the_processor(features: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from polykeras.backends.pytensor.ops import numba_convolution_tiles as tiles

    class Target:
        class target_context:
            @staticmethod
            def codegen() -> Any:
                return type("", (), {"magic_tuple": lambda self: ("x86_64-linux", "some", features)})()

    monkeypatch.setattr(tiles, "cpu_target", Target)
    single, double, rows = FEATURES[features]
    assert tiles.vectors_for(32)[1:] == (single, rows)
    assert tiles.vectors_for(64)[1:] == (double, rows)


def graph(depthwise: bool, mode: str, strides: tuple[int, int]) -> tuple[list[Any], list[Any]]:
    """A function with all three operations, two derivatives deep; one input is not contiguous."""
    x = pt.tensor(dtype="float64", shape=(None, None, None, 3))
    w = pt.tensor(dtype="float64", shape=(3, None, 3, None))
    turned = x.dimshuffle(0, 2, 1, 3)
    y = Convolution(strides, mode, (1, 1), depthwise)(turned, w)
    slopes = pytensor.grad(pt.sum(pt.sqr(y)), [x, w])
    seconds = pytensor.grad(sum(pt.sum(pt.sqr(slope)) for slope in slopes), [x, w])
    return [x, w], [y, *slopes, *seconds]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("depthwise", "mode", "strides"), [(False, "same", (1, 2)), (True, "valid", (1, 1))], ids=str
)
def test_compiled_equals_interpreted(depthwise: bool, mode: str, strides: tuple[int, int]) -> None:
    values = [numbers(2, 8, 6, 3), numbers(3, 2, 3, 2)]
    function = graph(depthwise, mode, strides)
    for got, wanted in zip(
        run("compile", *function, values), run("interpret", *function, values), strict=True
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-10)


ERRORS = [
    ((2, 2, 9, 3), (3, 3, 3, 4), r"window .*is larger than the input"),
    ((2, 5, 9, 3), (3, 3, 2, 4), r"channels"),
]


def test_errors_when_run() -> None:
    x, w = (pt.tensor(dtype="float32", shape=(None,) * 4) for _ in range(2))
    y = Convolution((1, 1), "valid", (1, 1))(x, w)
    for x_shape, w_shape, message in ERRORS:
        with pytest.raises(ValueError, match=message):
            run("interpret", [x, w], [y], [np.zeros(x_shape, "float32"), np.zeros(w_shape, "float32")])
    lengths = pt.lvector()
    dx = InputGradient((2, 2), "valid", (1, 1))(w, x, lengths)
    values = [np.zeros((2, 3, 3, 4), "float32"), np.zeros((3, 3, 2, 4), "float32"), np.array([9, 7])]
    with pytest.raises(ValueError, match=r"make an output of the sizes \(4, 3\), got one of \(3, 3\)"):
        run("interpret", [x, w, lengths], [dx], values)
    with pytest.raises(ValueError, match="kernel takes 4 channels, got images of 5"):
        run("interpret", [x, w, lengths], [dx], [np.zeros((2, 3, 3, 5), "float32"), *values[1:]])
    dw = KernelGradient((1, 1), "valid", (1, 1))(x, w, lengths)
    with pytest.raises(ValueError, match="got 2 inputs, but 3 outputs"):
        images = [np.zeros((n, 5, 5, 1), "float32") for n in (2, 3)]
        run("interpret", [x, w, lengths], [dw], [*images, np.array([1, 1])])


@pytest.mark.slow
def test_errors_when_run_compiled() -> None:
    x, w = (pt.tensor(dtype="float32", shape=(None,) * 4) for _ in range(2))
    lengths = pt.lvector()
    engine = Engine()
    engine.set_mode("compile")
    forward = engine.executable([x, w], [Convolution((1, 1), "valid", (1, 1))(x, w)], [])
    for x_shape, w_shape, message in ERRORS:
        with pytest.raises(ValueError, match=message):
            forward([np.zeros(x_shape, "float32"), np.zeros(w_shape, "float32")])
    backward = engine.executable([x, w, lengths], [InputGradient((2, 2), "valid", (1, 1))(w, x, lengths)], [])
    with pytest.raises(ValueError, match="do not fit together"):
        backward([np.zeros((2, 3, 3, 4), "float32"), np.zeros((3, 3, 2, 4), "float32"), np.array([9, 7])])


def test_errors_when_built() -> None:
    forward = Convolution((1, 1), "valid", (1, 1))
    x = pt.tensor(dtype="float32", shape=(None, 4, None, 3))

    def kernel(*shape: int | None, dtype: str = "float32") -> Any:
        return pt.tensor(dtype=dtype, shape=shape)

    with pytest.raises(TypeError, match="wanted two tensors of float32 or of float64, got"):
        forward(x, kernel(3, 3, 3, 1, dtype="float64"))
    with pytest.raises(ValueError, match=r"wanted tensors of 4 axes for 2 strides, got \[4, 3\]"):
        forward(x, kernel(3, 3, 1))
    with pytest.raises(ValueError, match="kernel takes 2 channels, got images of 3"):
        forward(x, kernel(3, 3, 2, 1))
    with pytest.raises(ValueError, match=r"window \(5, 1\) is larger than the input \(4, None\)"):
        forward(x, kernel(5, None, 3, 1))
    with pytest.raises(ValueError, match=r"make an output of the sizes \(3, 3\), got one of \(4, 2\)"):
        InputGradient((1, 1), "valid", (1, 1))(kernel(2, 2, 5, 3), kernel(None, 4, 2, 3), [4, 4])
    with pytest.raises(ValueError, match="3 channels cannot make 7"):
        KernelGradient((1, 1), "same", (1, 1), True)(x, kernel(None, 4, None, 7), [3, 3])


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_known_sizes(mode: str) -> None:
    x = pt.tensor(dtype="float32", shape=(None, 7, None, 3))
    w = pt.tensor(dtype="float32", shape=(2, 3, 3, 5))
    y = Convolution((2, 1), mode, (1, 2))(x, w)
    assert y.type.shape == (None, {"valid": 3, "same": 4, "full": 4}[mode], None, 5)
    dx, dw = pytensor.grad(pt.sum(y), [x, w])
    assert dx.type.shape == x.type.shape and dw.type.shape == w.type.shape
    each = Convolution((2, 1), mode, (1, 2), depthwise=True)(x, w)
    assert each.type.shape[-1] == 15
    dx, dw = pytensor.grad(pt.sum(each), [x, w])
    assert dx.type.shape == x.type.shape and dw.type.shape == w.type.shape


@pytest.mark.parametrize("depthwise", [False, True], ids=["full", "depthwise"])
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_sizes_are_known_without_computing(mode: str, depthwise: bool) -> None:
    """The shapes of results and of gradients need no convolution."""
    x, w = (pt.tensor(dtype="float64", shape=(None,) * 4) for _ in range(2))
    y = Convolution((2, 1), mode, (1, 2), depthwise)(x, w)
    slopes = pytensor.grad(pt.sum(pt.sqr(y)), [x, w])
    shapes = [each.shape for each in (y, *slopes)]
    f = pytensor.function([x, w], shapes, mode=pytensor.compile.mode.Mode("py", "fast_run"))
    assert not [node for node in f.maker.fgraph.apply_nodes if "Gradient" in str(node.op)]
    assert not [node for node in f.maker.fgraph.apply_nodes if "Convolution" in str(node.op)]
    values = [np.zeros((2, 7, 6, 3)), np.zeros((3, 2, 3, 4))]
    y_shape = expected(*values, ((7, 6), (3, 2), (2, 1), mode, (1, 2)), depthwise).shape
    for got, wanted in zip(f(*values), [y_shape, values[0].shape, values[1].shape], strict=True):
        assert tuple(got) == wanted


def test_no_gradient_by_what_nobody_asks_about() -> None:
    """Training the first layer's kernel does not compute the gradient by the data."""
    x, w = (pt.tensor(dtype="float32", shape=(None,) * 4) for _ in range(2))
    cost = pt.sum(pt.sqr(Convolution((1, 1), "same", (1, 1))(x, w)))
    kinds = {type(each.owner.op) for each in ancestors([pytensor.grad(cost, w)]) if each.owner}
    assert KernelGradient in kinds and InputGradient not in kinds


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_frames(layout: Layout) -> None:
    """The numbers that all implementations start from are those of `interface.windows`."""
    lengths, sizes, strides, mode, dilation = layout
    frame = Frame.of("test", Geometry(strides, mode, dilation), lengths, sizes)
    for axis, (n, size, step, apart) in enumerate(zip(lengths, sizes, strides, dilation, strict=True)):
        assert frame.places[axis] == output_length(n, size, mode, step, apart)
        after = frame.needed[axis] - frame.before[axis] - n
        if mode == "same":
            assert (frame.before[axis], max(after, 0)) == same_padding(n, size, step, apart)
        elif mode == "valid":
            assert frame.before[axis] == 0 and after <= 0
        else:
            assert frame.before[axis] == (size - 1) * apart and after <= (size - 1) * apart


def test_half_precision_is_computed_in_single() -> None:
    from polykeras.testing.plugin import fresh

    with fresh("pytensor", "float16"):
        from polykeras import backend as K

        x = K.variable(np.full((1, 40, 40, 1), 0.1))
        y = K.conv2d(x, K.variable(np.full((40, 40, 1, 1), 0.1)))
        assert K.dtype(y) == "float16"
        np.testing.assert_allclose(K.eval(y), 16, rtol=2e-3)


@pytest.mark.parametrize(
    "shape", [(3, 2), (2, 700, 3), (2, 20, 30, 4), (0, 4), (2, 0, 3), (2, 3, 0)], ids=str
)
def test_sums_for_a_bias(shape: tuple[int, ...]) -> None:
    """Over all axes but the last, of more rows than go together and of less."""
    x = pt.tensor(dtype="float32", shape=(None,) * len(shape))
    value = numbers(*shape, dtype="float32")
    for given in (value, np.asfortranarray(value), value[::-1]):
        (got,) = run("interpret", [x], [x.sum(tuple(range(len(shape) - 1)), dtype="float32")], [given])
        wanted = given.astype("float64").sum(tuple(range(len(shape) - 1)))
        assert_close(got, wanted.astype("float32"), "float32", 32, 4.0)


def test_memory_settings_of_the_environment_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert memory.keep_freed_memory.__wrapped__() is False
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    assert memory.keep_freed_memory.__wrapped__() is False
