"""Names that SciPy has lost, with their meaning of the time.

The figures were recorded with SciPy 0.19, NumPy 1.13 and Pillow 4.3, or follow from the formulas.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

GREY = (np.arange(12).reshape(3, 4) * 7 % 11).astype(float)
COLOURS = (np.arange(60).reshape(4, 5, 3) * 37 % 256).astype(np.uint8)


@pytest.fixture(scope="module")
def misc(old_import: Any) -> Any:
    return old_import("scipy.misc")


def test_bytescale(misc: Any) -> None:
    scaled = misc.bytescale(GREY)
    assert scaled.tolist() == [[0, 179, 77, 255], [153, 51, 230, 128], [26, 204, 102, 0]]
    assert np.array_equal(scaled, np.floor((GREY - GREY.min()) * 255 / (GREY.max() - GREY.min()) + 0.5))
    ends = misc.bytescale(GREY, cmin=0, cmax=20, high=200, low=10)
    assert ends.tolist() == [[10, 77, 39, 105], [67, 29, 96, 58], [20, 86, 48, 10]]
    assert (
        misc.bytescale(COLOURS) is COLOURS and misc.bytescale(np.full((2, 2), 7.0)).tolist() == [[0, 0]] * 2
    )
    for wrong in ({"high": 256}, {"low": -1}, {"low": 9, "high": 8}, {"cmin": 2, "cmax": 1}):
        with pytest.raises(ValueError, match="bytescale wants"):
            misc.bytescale(GREY, **wrong)


@pytest.mark.parametrize(
    ("array", "size", "options", "expected"),
    [
        (
            GREY,
            (4, 5),
            {},
            [
                [0, 125, 128, 130, 255],
                [96, 98, 136, 173, 176],
                [105, 108, 146, 151, 80],
                [26, 151, 153, 71, 0],
            ],
        ),
        (COLOURS, 50, {}, [[[97, 109, 131], [133, 110, 110]], [[139, 131, 119], [117, 138, 125]]]),
        (
            COLOURS,
            0.5,
            {"interp": "nearest"},
            [[[154, 191, 228], [120, 157, 194]], [[240, 21, 58], [206, 243, 24]]],
        ),
        (
            COLOURS,
            (3, 2),
            {"interp": "bicubic"},
            [
                [[88, 81, 130], [152, 115, 86]],
                [[100, 148, 128], [110, 102, 142]],
                [[163, 120, 119], [119, 156, 111]],
            ],
        ),
        (
            COLOURS,
            (3, 4),
            {"interp": "bilinear"},
            [
                [[41, 78, 115], [138, 101, 138], [118, 81, 118], [173, 152, 55]],
                [[93, 130, 135], [116, 153, 115], [96, 133, 170], [129, 70, 107]],
                [[144, 136, 154], [167, 99, 91], [147, 184, 116], [84, 121, 113]],
            ],
        ),
    ],
)
def test_imresize(misc: Any, array: Any, size: Any, options: dict[str, Any], expected: Any) -> None:
    made = misc.imresize(array, size, **options)
    assert made.dtype == np.uint8 and made.tolist() == expected


def test_imresize_of_numbers_with_a_point(misc: Any) -> None:
    made = misc.imresize(GREY, (2, 2), mode="F")
    assert np.allclose(made, [[3.91071439, 6.46428585], [4.53571415, 4.14285707]], atol=1e-6)
    assert misc.imresize(COLOURS, np.float64(2.0)).shape == (8, 10, 3)
    assert misc.imresize(COLOURS, np.int64(200)).shape == (8, 10, 3)
    with pytest.raises(ValueError, match="interp to be one of nearest, lanczos"):
        misc.imresize(GREY, 50, interp="linear")


def test_pictures_turned_and_filtered(misc: Any) -> None:
    assert misc.imrotate(GREY, 90).tolist() == [[166, 172, 115, 0], [128, 134, 146, 0], [89, 95, 108, 0]]
    assert misc.imrotate(GREY, 45).tolist() == [[0, 91, 174, 82], [78, 107, 173, 44], [98, 106, 189, 0]]
    # A window of five by five leaves the border of two as it is.
    assert misc.imfilter(GREY, "blur").tolist() == misc.bytescale(GREY).tolist()
    with pytest.raises(ValueError, match="ftype to be one of blur, contour"):
        misc.imfilter(GREY, "sharp")


def test_toimage_and_fromimage(misc: Any) -> None:
    picture = misc.toimage(COLOURS)
    assert picture.mode == "RGB" and picture.size == (5, 4)
    assert np.array_equal(misc.fromimage(picture), COLOURS)
    # Grey was cut, not rounded: 73.2, 184.2, 39.2, 150.2, 81.7 in the second row.
    assert misc.fromimage(picture, mode="L").tolist()[1] == [73, 184, 39, 150, 81]
    flat = misc.fromimage(picture, flatten=True)
    assert flat.dtype == np.float32
    assert np.allclose(flat[1], [73.155, 184.155, 39.155, 150.155, 81.699], atol=1e-3)
    assert np.array(misc.toimage(GREY, mode="I")).tolist()[0] == [0, 178, 76, 255]
    assert misc.toimage(np.zeros((3, 5, 4))).size == (4, 5)  # the first axis of three has the colours
    assert misc.toimage(np.zeros((3, 5, 4)), channel_axis=2).mode == "RGBA"
    assert misc.toimage(np.array([[0.0, 1.0]]), cmin=0, cmax=2.0).getpixel((1, 0)) == 128
    for wrong in (np.zeros(3), np.zeros((2, 5, 5)), np.zeros((2, 2), dtype=complex)):
        with pytest.raises(ValueError, match="toimage wants"):
            misc.toimage(wrong)
    with pytest.raises(TypeError, match="fromimage wants a picture of Pillow, got ndarray"):
        misc.fromimage(GREY)


def test_pictures_in_files(old_import: Any, misc: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "picture.png")
    misc.imsave(path, COLOURS)
    assert np.array_equal(misc.imread(path), COLOURS)
    assert old_import("scipy.ndimage").imread(path, flatten=True).dtype == np.float32
    assert misc.imread(path, mode="RGBA").shape == (4, 5, 4) and misc.imread(path, True).shape == (4, 5)
    misc.imsave(path, GREY)
    assert np.array_equal(misc.imread(path), misc.bytescale(GREY))
    misc.toimage(GREY, mode="P").save(path)
    assert misc.imread(path).shape == (3, 4, 3)
    with pytest.raises(FileNotFoundError):
        misc.imread(str(tmp_path / "none.png"))
    assert old_import("scipy.misc.pilutil").imread is misc.imread


def test_no_pillow(misc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"Run: pip install 'polykeras\[images\]'"):
        misc.toimage(GREY)


def test_numbers_of_misc(misc: Any) -> None:
    assert misc.comb(10, 3, exact=True) == 120 and misc.factorial(5, exact=True) == 120
    assert np.isclose(misc.logsumexp([0, 0]), np.log(2))
    assert np.allclose(misc.central_diff_weights(3), [-0.5, 0, 0.5])
    assert np.allclose(misc.central_diff_weights(5, 2) * 12, [-1, 16, -30, 16, -1])
    assert np.isclose(misc.derivative(np.sin, 0.0, dx=0.5, order=5), 0.997977774675)
    with pytest.raises(ValueError, match="odd"):
        misc.central_diff_weights(4)
    with pytest.raises(NotImplementedError, match=r"scipy\.misc\.lena is gone"):
        misc.lena()


def test_integrals_and_splines(old_import: Any, see: Any) -> None:
    integrate = see("scipy.integrate")
    y = [1, 4, 2, 7]
    assert np.isclose(integrate.simps(y, dx=0.5), 4.91666666667)
    assert np.isclose(integrate.simps(y, even="first"), 10.8333333333)
    assert np.isclose(integrate.simps(y, even="last"), 8.83333333333)
    assert np.isclose(integrate.simps([1, 4, 2], x=[0, 1, 3]), 10.5) and integrate.simps([1, 2]) == 1.5
    assert integrate.trapz([1, 3]) == 2 and integrate.cumtrapz([1, 3, 5]).tolist() == [2, 6]
    assert np.isclose(integrate.romberg(np.exp, 0, 1), np.e - 1)
    old = old_import("scipy.interpolate")
    x, y = [0.0, 1, 3, 4, 6], [1, 0, 2, 5, 3]
    assert np.allclose(
        old.spline(x, y, [0.5, 2.0, 5.0]), [0.376341102478727, 0.23566407695, 6.651868294487604]
    )
    assert np.allclose(old.spline(x, np.transpose([y, y]), x)[:, 1], y)
    with pytest.raises(NotImplementedError, match="kind='smoothest'"):
        old.spline(x, y, x, kind="natural")


def test_interp2d(see: Any) -> None:
    interp2d = see("scipy.interpolate").interp2d
    grid = [[1, 2, 4], [3, 5, 9]]
    function = interp2d([0, 1, 2], [0, 2], grid)
    assert np.allclose(function([0.5, 1.5, 5], [1.0, 3.0]), [[2.75, 5.0, 6.5], [4.0, 7.0, 9.0]])
    assert np.allclose(function(1.5, 1.0), [5.0])
    filled = interp2d([0, 1, 2], [0, 2], grid, fill_value=-1.0)
    assert np.allclose(filled([0.5, 5], [1.0]), [2.75, -1])
    with pytest.raises(ValueError, match=r"places within x 0\.0 to 2\.0"):
        interp2d([0, 1, 2], [0, 2], grid, bounds_error=True)(5, 1)
    with pytest.raises(ValueError, match="x has 3 elements, y has 2, z has 4"):
        interp2d([0, 1, 2], [0, 2], [1, 2, 3, 4])


def test_signals(old_import: Any, see: Any) -> None:
    signal = old_import("scipy.signal")
    assert np.allclose(signal.hann(5), [0, 0.5, 1, 0.5, 0]) and np.allclose(signal.hanning(3), [0, 1, 0])
    assert np.isclose(signal.gaussian(3, 1.0)[0], np.exp(-0.5))
    assert np.allclose(
        signal.ricker(5, 2.0), [0, 0.4059208464102281, 0.6132914389031022, 0.4059208464102281, 0]
    )
    rows = signal.cwt([0, 1, 0, -2, 3.0], signal.ricker, [1, 2])
    first = [0.0, 1.5716031750983452, -1.0564171567714014, -2.086789193425289, 2.601975211752233]
    assert np.allclose(rows[0], first) and np.isclose(rows[1, 0], 0.4059208464102281)
    assert np.allclose(see("scipy.signal").firwin(5, 0.4, nyq=2.0), signal.firwin(5, 0.2))
    names = importlib.import_module("polykeras.era.libraries.scipy_names").names(signal)
    with pytest.raises(NotImplementedError, match=r"scipy\.signal\.daub is gone .* PyWavelets"):
        names["daub"](2)


def test_statistics(old_import: Any, see: Any) -> None:
    stats = see("scipy.stats")
    found = stats.mode([[1, 2], [3, 2], [3, 4]])
    assert found.mode.tolist() == [[3, 2]] and found[1].tolist() == [[2, 2]]
    assert stats.mode([1, 2, 2])[0][0] == 2 and stats.mode([[1, 1], [1, 2]], axis=None).count.tolist() == [3]
    words, counts = stats.mode(np.array(["b", "a", "b"]))
    assert words.tolist() == ["b"] and counts.tolist() == [2]
    assert np.isclose(stats.binom_test(3, 10, 0.4), 0.749177344)
    assert stats.itemfreq([3, 1, 3]).tolist() == [[1, 1], [3, 2]] and stats.ss([1, 2, 3]) == 14
    assert stats.nanmean([1, np.nan, 3]) == 2 and np.isclose(stats.nanstd([1.0, 3.0]), np.sqrt(2))
    assert np.isclose(stats.chisqprob(2.0, 2), np.exp(-1)) and stats.signaltonoise([2.0, 2.0]) == 0
    assert stats.threshold([9, 2, 5], 3, 8, -1).tolist() == [-1, -1, 5]
    assert see("scipy.stats.stats").mode([1, 1, 2])[0][0] == 1
    assert old_import("scipy.stats").mode is not stats.mode


def test_distances_and_special_functions(old_import: Any) -> None:
    distance = old_import("scipy.spatial.distance")
    u, v = [1, 1, 0, 0], [1, 0, 1, 0]
    assert distance.matching(u, v) == 0.5 and np.isclose(distance.kulsinski(u, v), (2 - 1 + 4) / (2 + 4))
    assert np.isclose(distance.sokalmichener(u, v), 4 / 6)
    assert np.isclose(distance.wminkowski([0, 0], [1, 2], 2, [3, 2]), 5)
    special = old_import("scipy.special")
    assert np.isclose(special.sph_harm(0, 0, 0.3, 0.4), 0.5 / np.sqrt(np.pi))
    assert np.isclose(special.sph_harm(1, 1, 0.0, np.pi / 2), -np.sqrt(3 / (8 * np.pi)))
    assert np.allclose(special.lpn(2, 0.5), [[1, 0.5, -0.125], [0, 1, 1.5]])
    assert np.allclose(special.sph_jn(1, 1.5)[0][0], np.sin(1.5) / 1.5)


def test_algebra(old_import: Any, see: Any) -> None:
    linalg = see("scipy.linalg")
    assert np.allclose(linalg.pinv2([[2.0, 0], [0, 0]]), [[0.5, 0], [0, 0]])
    assert np.allclose(linalg.eigh(np.diag([1.0, 2, 3]), eigvals=(1, 2))[0], [2, 3])
    assert np.allclose(linalg.solve(np.diag([2.0, 4]), [2.0, 4], sym_pos=True), [1, 1])
    sparse = see("scipy.sparse.csr").csr_matrix([[0, 1], [2, 0]])
    assert sparse.A.tolist() == [[0, 1], [2, 0]] and sparse.H.toarray().tolist() == [[0, 2], [1, 0]]
    solution, _ = see("scipy.sparse.linalg").cg(np.eye(2) * 2, np.ones(2), tol=1e-8)
    assert np.allclose(solution, [0.5, 0.5])
    largest = see("scipy.sparse.linalg.eigen.arpack").eigsh(np.diag(np.arange(9.0)), 1)[0]
    assert np.allclose(largest, [8])


def test_a_start_of_two_axes_is_flattened(see: Any) -> None:
    optimize = see("scipy.optimize")

    def error(x: Any) -> float:
        assert x.shape == (2,)
        return float(((x - 1) ** 2).sum())

    assert np.allclose(optimize.minimize(error, np.zeros((2, 1))).x, 1, atol=1e-5)
    best, _, _ = optimize.fmin_l_bfgs_b(error, np.zeros((2, 1)), approx_grad=True, iprint=-1)
    assert np.allclose(best, 1, atol=1e-5)


def test_names_of_numpy(see: Any) -> None:
    scipy = see("scipy")
    assert scipy.zeros(2).tolist() == [0, 0] and scipy.mean([1, 3]) == 2 and scipy.sqrt(-1) == 1j
    assert np.allclose(scipy.fft([1, 0]), [1, 1]) and np.allclose(scipy.ifft([1, 1]), [1, 0])
    assert np.allclose(scipy.fft.rfft([1, 0]), [1, 1])
    assert scipy.constants.C2K(0.0) == 273.15 and np.isclose(scipy.constants.F2C(212.0), 100)
    assert "max" not in scipy.__all__ and {"linspace", "randn", "stats"} <= set(scipy.__all__)
    names: dict[str, Any] = {}
    exec("from scipy import linspace, randn", names)
    assert names["linspace"] is np.linspace and names["randn"](2).shape == (2,)


def test_homes_are_quiet(see: Any) -> None:
    see("scipy.ndimage.filters"), see("scipy.signal.wavelets"), see("scipy.linalg.basic")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert see("scipy.ndimage.filters").gaussian_filter(np.zeros(3), 1).tolist() == [0, 0, 0]
        assert see("scipy.linalg.basic").inv([[2.0]]).tolist() == [[0.5]]


def test_weave_is_refused(old_import: Any) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"'scipy\.weave'.*use numba or Cython"):
        old_import("scipy.weave")


def test_nothing_is_replaced_and_all_is_taken_back() -> None:
    program = """
        import importlib, sys, warnings
        warnings.simplefilter("ignore")
        import scipy, scipy.misc, scipy.stats, scipy.signal, scipy.interpolate, scipy.ndimage
        import scipy.misc.common, scipy.sparse.linalg
        watched = [scipy, scipy.misc, scipy.stats, scipy.signal, scipy.interpolate, scipy.ndimage]
        watched += [scipy.sparse, scipy.sparse.linalg.eigen, scipy.sparse.spmatrix]
        before = [dict(vars(each)) for each in watched]
        from polykeras import era
        era.install()
        assert scipy.misc.imread and scipy.stats.chisqprob and scipy.signal.hann and scipy.linspace
        vanished = ("scipy.misc.pilutil", "scipy.sparse.linalg.eigen.arpack")
        for name in vanished:
            importlib.import_module(name)
        for each, was in zip(watched, before):
            assert all(vars(each)[name] is value for name, value in was.items()), each
        era.uninstall()
        for each, was in zip(watched, before):
            new = {name for name in set(vars(each)) - set(was) if not hasattr(vars(each)[name], "__file__")}
            assert not new - {"__warningregistry__"}, (each, new)
        assert not set(vanished) & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
