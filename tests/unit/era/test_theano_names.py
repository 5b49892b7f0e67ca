"""`import theano` on PyTensor: modules, settings and tensors; expected numbers from NumPy and formulas."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from theano_modules import theano_modules

from polykeras.era.libraries import theano_names


@pytest.fixture
def theano() -> Iterator[Any]:
    with theano_modules() as package:
        yield package


@pytest.fixture
def T(theano: Any) -> Any:
    return importlib.import_module("theano.tensor")


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def value(x: Any) -> Any:
    return x.eval()


def test_every_module_has_a_home(theano: Any) -> None:
    names = importlib.import_module("polykeras.backends.pytensor.theano_names")
    for module in theano_names.MODULES:
        assert importlib.import_module(module).__name__ == module
        for source in names._sources(module):
            names._source(source)
    own = {each for each in names.SOURCES if each not in theano_names.MODULES}
    assert not own, f"homes of modules that cannot be imported: {own}"


@pytest.mark.parametrize(
    "path",
    [
        "theano.tensor.nnet.softmax",
        "theano.tensor.nnet.conv.conv2d",
        "theano.tensor.nnet.abstract_conv.conv2d",
        "theano.tensor.signal.pool.pool_2d",
        "theano.tensor.signal.downsample.max_pool_2d",
        "theano.tensor.signal.conv.conv2d",
        "theano.sandbox.rng_mrg.MRG_RandomStreams",
        "theano.tensor.shared_randomstreams.RandomStreams",
        "theano.ifelse.ifelse",
        "theano.scan",
        "theano.map",
        "theano.reduce",
        "theano.foldl",
        "theano.foldr",
        "theano.grad",
        "theano.clone",
        "theano.shared",
        "theano.function",
        "theano.gradient.disconnected_grad",
        "theano.gradient.grad_clip",
        "theano.gradient.zero_grad",
        "theano.gradient.consider_constant",
        "theano.gradient.verify_grad",
        "theano.printing.Print",
        "theano.printing.pp",
        "theano.printing.pydotprint",
        "theano.printing.debugprint",
        "theano.pp",
        "theano.OpFromGraph",
        "theano.Op",
        "theano.Apply",
        "theano.gof.Op",
        "theano.gof.graph.inputs",
        "theano.gof.Variable",
        "theano.Variable",
        "theano.In",
        "theano.Out",
        "theano.Param",
        "theano.compile.SharedVariable",
        "theano.compile.nanguardmode.NanGuardMode",
        "theano.compile.debugmode.DebugMode",
        "theano.compile.mode.Mode",
        "theano.compile.ops.as_op",
        "theano.compile.sharedvalue.SharedVariable",
        "theano.compile.function",
        "theano.misc.pkl_utils.dump",
        "theano.sparse.csr_matrix",
        "theano.sparse.basic.dot",
        "theano.tensor.basic.TensorType",
        "theano.tensor.var.TensorVariable",
        "theano.tensor.elemwise.Elemwise",
        "theano.tensor.extra_ops.cumsum",
        "theano.tensor.extra_ops.repeat",
        "theano.tensor.slinalg.cholesky",
        "theano.tensor.nlinalg.matrix_inverse",
        "theano.tensor.nlinalg.det",
        "theano.tensor.nlinalg.svd",
        "theano.tensor.subtensor.inc_subtensor",
        "theano.tensor.sort.argsort",
        "theano.tensor.fft.rfft",
        "theano.tensor.sort",
        "theano.tensor.var",
        "theano.tensor.TensorVariable",
        "theano.tensor.Rop",
        "theano.tensor.Lop",
        "theano.tensor.jacobian",
        "theano.tensor.hessian",
        "theano.tensor.mgrid",
        "theano.tensor.stacklists",
        "theano.tensor.max_and_argmax",
        "theano.tensor.sgn",
        "theano.tensor.erf",
        "theano.tensor.gamma",
        "theano.tensor.addbroadcast",
        "theano.tensor.int_div",
        "theano.tensor.shape_padleft",
        "theano.tensor.shape_padright",
        "theano.tensor.tril",
        "theano.tensor.triu",
        "theano.tensor.roll",
        "theano.tensor.true_div",
        "theano.tensor.nnet.neighbours.images2neibs",
        "theano.tensor.nnet.bn.batch_normalization",
        "theano.tensor.nnet.h_relu",
        "theano.scan_module.until",
        "theano.scan_module.scan_utils.until",
        "theano.sandbox.cuda.dnn.dnn_conv",
        "theano.sandbox.cuda.basic_ops.gpu_contiguous",
        "theano.sandbox.neighbours.images2neibs",
        "theano.tensor.opt",
        "theano.typed_list",
        "theano.scalar.float32",
        "theano.tensor.sharedvar.TensorSharedVariable",
        "theano.tensor.raw_random.RandomStreamsBase",
        "theano.updates.OrderedUpdates",
        "theano.tensor.TensorType",
        "theano.config.floatX",
        "theano.version",
    ],
)
def test_names_programs_took(theano: Any, path: str) -> None:
    module, _, name = path.rpartition(".")
    if name == "h_relu":  # never existed
        with pytest.raises(AttributeError, match="PyTensor"):
            getattr(importlib.import_module(module), name)
        return
    try:
        owner = importlib.import_module(module)
    except ModuleNotFoundError:
        owner = theano.config
    assert getattr(owner, name) is not None
    if name in ("sort", "var", "function"):
        assert callable(getattr(owner, name))


def test_a_module_of_a_function_s_name_does_not_hide_it(theano: Any, T: Any) -> None:
    importlib.import_module("theano.tensor.sort")
    importlib.import_module("theano.tensor.var")
    np.testing.assert_array_equal(T.sort(np.array([3, 1, 2])).eval(), [1, 2, 3])
    assert T.var(T.constant([1.0, 3.0])).eval() == 1.0


def test_nothing_is_loaded_before_a_name_is_taken() -> None:
    code = (
        "import sys, polykeras.alias; polykeras.alias.install(era=True)\n"
        "import theano, theano.tensor as T, theano.sandbox.cuda\n"
        "from theano import tensor, config\n"
        "theano.sandbox.cuda.use('gpu0'); theano.config.floatX = 'float32'; config.device = 'gpu'\n"
        "assert not {'pytensor', 'tensorflow', 'numpy'} & sys.modules.keys()\n"
        "import pytensor; before = pytensor.config.linker; T.exp\n"
        "assert pytensor.config.floatX == 'float32' and pytensor.config.linker == 'py' != before\n"
        "polykeras.alias.uninstall(); assert 'theano' not in sys.modules\n"
        "assert pytensor.config.floatX == 'float64' and pytensor.config.linker == before\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


def test_where_pytensor_is_missing() -> None:
    """Imports go through; use is an error that says what to install."""
    code = WITHOUT.format("pytensor") + (
        "import polykeras.alias; polykeras.alias.install(era=True)\n"
        "import theano, theano.tensor as T\n"
        "from theano import function, shared\n"
        "from theano.sandbox.rng_mrg import MRG_RandomStreams\n"
        "theano.config.floatX = 'float32'; theano.sandbox.cuda.use('gpu')\n"
        "assert theano.config.floatX == 'float32'\n"
        "for use in (lambda: T.matrix('x'), lambda: shared(1.), lambda: T.nnet.relu(1)):\n"
        "    try: use()\n"
        "    except ImportError as error: assert \"pip install 'polykeras[pytensor]'\" in str(error), error\n"
        "    else: raise SystemExit('no error')\n"
        "try:\n"
        "    class Mine(theano.Op): pass\n"
        "except ImportError as error: print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "theano.Op needs PyTensor" in result.stdout


# Hides a package from the process.
WITHOUT = """
import sys
class Without:
    def __init__(self, finder): self.finder = finder
    def __getattr__(self, name): return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        return None if name.split('.')[0] == '{}' else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Without(each) for each in sys.meta_path]
"""


def test_settings_are_kept_and_two_have_an_effect(theano: Any, T: Any) -> None:
    config = theano.config
    assert config.floatX == "float64" and config.device == "cpu" and T.matrix().dtype == "float64"
    config.optimizer, config.exception_verbosity, config.compute_test_value = "None", "high", "warn"
    config.dnn.enabled, config.dnn.conv.algo_fwd, config.blas.ldflags = "False", "time_once", "-lblas"
    assert (config.optimizer, config.dnn.enabled, config.dnn.conv.algo_fwd) == ("None", "False", "time_once")
    config.floatX = "float32"
    assert T.matrix().dtype == "float32" and theano._asarray([1], dtype=config.floatX).dtype == "float32"
    with config.change_flags(floatX="float64"):
        assert T.vector().dtype == "float64"
    assert T.vector().dtype == "float32"
    with pytest.raises(ValueError, match="float16"):
        config.floatX = "float"
    with pytest.raises(AttributeError, match="exception_verbosity"):
        _ = config.exception_verbosty
    config.on_unused_input = "ignore"
    assert theano.function([T.scalar("unused")], T.constant(2.0))(1.0) == 2.0


def test_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "THEANO_FLAGS", "mode=FAST_RUN,device=gpu0,floatX=float32,lib.cnmem=0.45,nonsense,openmp=True"
    )
    with theano_modules() as theano:
        config = theano.config
        assert (config.device, config.floatX, config.lib.cnmem, config.openmp) == (
            "gpu0",
            "float32",
            0.45,
            True,
        )
        assert importlib.import_module("theano.tensor").matrix().dtype == "float32"


def test_constructors(theano: Any, T: Any) -> None:
    assert T.matrix("x", "int32").dtype == "int32" and T.matrix("x", "int32").name == "x"
    assert T.TensorType("float32", (False, True))("t").broadcastable == (False, True)
    assert isinstance(T.fmatrix("x").type, T.TensorType) and isinstance(T.fmatrix(), T.TensorVariable)
    assert T.tensor(dtype="float32", broadcastable=[False] * 3, name="z").ndim == 3
    assert T.row().broadcastable == (True, False) and T.col().broadcastable == (False, True)
    assert [T.ftensor4().ndim, T.tensor4().ndim, T.lvector().dtype, T.bscalar().dtype] == [
        4,
        4,
        "int64",
        "int8",
    ]
    a, b = T.vectors("a", "b")
    assert (a.name, b.name) == ("a", "b") and len(T.matrices(3)) == 3
    x = T.matrix()
    x.tag.test_value = np.ones((2, 2))
    assert x.tag.test_value.shape == (2, 2)


def test_stack_in_both_forms(T: Any) -> None:
    a, b = T.constant([1.0, 2.0]), T.constant([3.0, 4.0])
    for made in (T.stack(a, b), T.stack([a, b]), T.stack((a, b), 0), T.stack(tensors=[a, b], axis=0)):
        np.testing.assert_array_equal(value(made), [[1, 2], [3, 4]])
    np.testing.assert_array_equal(value(T.stack([a, b], axis=1)), [[1, 3], [2, 4]])
    np.testing.assert_array_equal(value(T.stack([a, b], 1)), [[1, 3], [2, 4]])


def test_shapes(T: Any) -> None:
    x = T.constant(np.arange(24.0).reshape(2, 3, 4))
    assert value(x.flatten(2)).shape == value(T.flatten(x, outdim=2)).shape == (2, 12)
    assert value(T.flatten(x)).shape == (24,)
    assert value(x.reshape((6, -1), ndim=2)).shape == value(T.reshape(x, (6, 4), 2)).shape == (6, 4)
    assert value(x.dimshuffle(2, "x", 0, 1)).shape == (4, 1, 2, 3)
    assert value(T.shape_padaxis(x, 1)).shape == (2, 1, 3, 4)
    single = T.addbroadcast(T.matrix(), 0)
    assert single.broadcastable == (True, False)
    assert T.patternbroadcast(T.matrix(), (False, True)).broadcastable == (False, True)
    with pytest.raises(ValueError, match="2 entries"):
        T.patternbroadcast(T.matrix(), (True,))
    parts = T.split(x, [1, 2], 2, axis=1)
    assert [value(part).shape for part in parts] == [(2, 1, 4), (2, 2, 4)]
    np.testing.assert_array_equal(
        value(T.extra_ops.to_one_hot(T.constant(np.array([2, 0])), 3)), [[0, 0, 1], [1, 0, 0]]
    )


def test_numbers(T: Any) -> None:
    x = draw(3, 4)
    c = T.constant(x)
    np.testing.assert_allclose(value(T.mean(c, axis=[0, 1])), x.mean())
    np.testing.assert_allclose(value(T.var(c, axis=0, ddof=1)), x.var(axis=0, ddof=1))
    np.testing.assert_allclose(value(T.std(c)), x.std())
    np.testing.assert_allclose(value(c.norm(2)), np.sqrt((x**2).sum()))
    np.testing.assert_allclose(value(T.abs_(c)), np.abs(x))
    np.testing.assert_allclose(value(T.inv(c)), 1 / x)
    most, where = T.max_and_argmax(c, axis=1)
    np.testing.assert_array_equal(value(most), x.max(axis=1))
    np.testing.assert_array_equal(value(where), x.argmax(axis=1))
    np.testing.assert_array_equal(value(T.set_subtensor(c[0], 5.0))[0], [5.0] * 4)
    np.testing.assert_array_equal(value(T.switch(T.gt(c, 0) & T.lt(c, 1), 1, 0)), (x > 0) & (x < 1))
    assert value(T.round(T.constant([0.5, 1.5]))).tolist() == [0.0, 2.0]


def test_batched_products(T: Any) -> None:
    a, b = draw(2, 3, 4), draw(2, 4, 5, seed=1)
    expected = np.einsum("nij,njk->nik", a, b)
    np.testing.assert_allclose(value(T.batched_dot(T.constant(a), T.constant(b))), expected)
    np.testing.assert_allclose(value(T.batched_dot(T.constant(a), T.constant(b[:, :, 0]))), expected[:, :, 0])
    np.testing.assert_allclose(
        value(T.batched_dot(T.constant(a[:, 0]), T.constant(b[:, :, 0]))), expected[:, 0, 0]
    )
    c = draw(2, 5, 4, 3, seed=2)
    np.testing.assert_allclose(
        value(T.batched_tensordot(T.constant(a), T.constant(c), axes=[[1, 2], [3, 2]])),
        np.einsum("nij,nkji->nk", a, c),
    )
    np.testing.assert_allclose(
        value(T.batched_tensordot(T.constant(b), T.constant(a.swapaxes(1, 2).repeat(1, 0)), axes=[[1], [1]])),
        np.einsum("nij,nik->njk", b, a.swapaxes(1, 2)),
    )
    with pytest.raises(ValueError, match="axes"):
        T.batched_tensordot(T.constant(a), T.constant(b), axes=[[0], [0]])


def test_derivatives(theano: Any, T: Any) -> None:
    x = T.vector("x")
    at = np.array([1.0, 2.0])
    np.testing.assert_allclose(theano.function([x], T.grad((x**3).sum(), x))(at), 3 * at**2)
    np.testing.assert_allclose(theano.function([x], T.jacobian(x**2, x))(at), np.diag(2 * at))
    np.testing.assert_allclose(theano.function([x], T.hessian((x**3).sum(), x))(at), np.diag(6 * at))
    constant = theano.gradient.disconnected_grad
    np.testing.assert_allclose(theano.function([x], T.grad((x * constant(x)).sum(), x))(at), at)
    clipped = theano.gradient.grad_clip(x, -0.5, 0.5)
    np.testing.assert_allclose(theano.function([x], T.grad((clipped**2).sum(), x))(at), [0.5, 0.5])
    v = np.array([1.0, -1.0])
    np.testing.assert_allclose(theano.function([x], T.Rop(x**2, x, T.constant(v)))(at), 2 * at * v)
    np.testing.assert_allclose(theano.function([x], T.Lop(x**2, x, T.constant(v)))(at), 2 * at * v)
    y = T.scalar("y")
    with pytest.raises(theano.gradient.DisconnectedInputError):
        T.grad((x**2).sum(), y)
    assert theano.function([x, y], T.grad(x.sum(), y, disconnected_inputs="ignore"),
                           on_unused_input="ignore")(at, 1.0) == 0.0  # fmt: skip


def test_clone_and_graphs(theano: Any, T: Any) -> None:
    x, y = T.scalars("x", "y")
    z = x * 2 + 1
    assert theano.clone(z, replace={x: y}).eval({y: 3.0}) == 7.0
    assert theano.gof.graph.inputs([z])[0] is not None and x in theano.gof.graph.inputs([z])
    assert z.owner.inputs and isinstance(z.owner.op, theano.Op)


def test_operations_of_a_program(theano: Any, T: Any) -> None:
    class Double(theano.Op):
        __props__ = ()

        def make_node(self, x: Any) -> Any:
            x = T.as_tensor_variable(x)
            return theano.Apply(self, [x], [x.type()])

        def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
            output_storage[0][0] = inputs[0] * 2

        def infer_shape(self, node: Any, shapes: Any) -> Any:
            return shapes

        def grad(self, inputs: Any, gradients: Any) -> Any:
            return [gradients[0] * 2]

    x = T.matrix("x")
    doubled = Double()(x)
    f = theano.function([x], [doubled, T.grad((doubled**2).sum(), x), doubled.shape])
    result, slope, shape = f(np.ones((2, 3)))
    np.testing.assert_array_equal(result, np.full((2, 3), 2.0))
    np.testing.assert_array_equal(slope, np.full((2, 3), 8.0))
    assert shape.tolist() == [2, 3]

    @theano.compile.ops.as_op(itypes=[T.dvector], otypes=[T.dscalar])
    def total(v: Any) -> Any:
        return np.array(v.sum())

    v = T.dvector()
    assert theano.function([v], total(v) * 2)(np.array([1.0, 2.0])) == 6.0
