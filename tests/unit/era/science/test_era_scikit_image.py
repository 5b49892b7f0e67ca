"""scikit-image as releases 0.11 to 0.13 had it; expected values are what 0.13.1 gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import alias

skimage = pytest.importorskip("skimage")

Run = Callable[..., dict[str, Any]]


def image() -> np.ndarray:
    return (np.random.RandomState(0).rand(6, 8, 3) * 255).astype("uint8")


def floats() -> np.ndarray:
    state = np.random.RandomState(0)
    state.rand(6, 8, 3)
    return state.rand(6, 8)


@pytest.mark.parametrize(
    ("expression", "shape", "total", "first"),
    [
        ("transform.resize(a, (3, 4))", (3, 4, 3), 18.002, [0.5363, 0.5745, 0.449]),
        ("transform.resize(a, (12, 16))", (12, 16, 3), 265.1475, [0.3066, 0.4015, 0.3375]),
        ("transform.resize(a, (3.0, 4.0), preserve_range=True)", (3, 4, 3), 4590.5, [136.75, 146.5, 114.5]),
        ("transform.rescale(f, 0.5)", (3, 4), 6.1134, [0.572, 0.4979, 0.7724]),
        ("transform.rescale(a, 0.5)", (3, 4, 3), 18.002, [0.5363, 0.5745, 0.449]),
        ("transform.pyramid_reduce(a)", (3, 4, 3), 18.002, [0.4862, 0.6078, 0.4779]),
        ("color.rgb2gray(g)", (6, 8), 5671, [139, 138, 111]),
        ("color.rgb2gray(np.dstack([a, g]))", (6, 8), 23.2463, [0.6697, 0.4644, 0.7986]),
        ("color.rgb2grey(a)", (6, 8), 23.2463, [0.6697, 0.4644, 0.7986]),
        ("color.gray2rgb(a)", (6, 8, 3), 18362, [139, 182, 153]),
        ("filters.gaussian_filter(f, 1)", (6, 8), 24.5985, [0.6236, 0.5456, 0.5165]),
        ("filters.gaussian(a, 1, multichannel=True)", (6, 8, 3), 72.2037, [0.4764, 0.6352, 0.5223]),
        ("filters.threshold_adaptive(f, 3)", (6, 8), 26, [1, 1, 0]),
        ("filters.sobel(f)", (6, 8), 6.5235, [0, 0, 0]),
        ("filters.median(g)", (6, 8), 6300, [139, 138, 138]),
        ("measure.label(f > .5, neighbors=4)", (6, 8), 65, [1, 1, 0]),
        ("measure.label(f > .5, 8)", (6, 8), 28, [1, 1, 0]),
        ("exposure.rescale_intensity(g, out_range=(0, 255))", (6, 8), 5760, [141, 140, 113]),
        ("morphology.binary_dilation(f > .5, selem=morphology.disk(1))", (6, 8), 46, [1, 1, 1]),
        ("morphology.remove_small_objects(f > .5, 2)", (6, 8), 26, [1, 1, 0]),
        ("morphology.remove_small_holes(f > .5, 2)", (6, 8), 29, [1, 1, 0]),
        ("segmentation.slic(a, n_segments=4)", (6, 8), 0, [0, 0, 0]),
        ("feature.greycomatrix(g // 64, [1], [0], 4)", (4, 4, 1, 1), 42, [1, 4, 2]),
        ("feature.peak_local_max(f, 1, indices=False)", (6, 8), 1, [0, 0, 0]),
        (
            "restoration.denoise_tv_chambolle(a, .1, multichannel=True)",
            (6, 8, 3),
            72.0078,
            [0.478, 0.6057, 0.5398],
        ),
        ("util.pad(f, 1, 'constant')", (8, 10), 24.4535, [0, 0, 0]),
    ],
)
def test_pictures(program: Run, expression: str, shape: Any, total: float, first: list[float]) -> None:
    source = f"""
    import numpy as np
    from skimage import (color, exposure, feature, filters, measure, morphology, restoration, segmentation,
                         transform, util)
    found = {expression}
    """
    a = image()
    found = program(source, a=a, g=a[..., 0], f=floats())["found"]
    assert found.shape == shape
    assert found.astype(float).sum() == pytest.approx(total, abs=1e-4)
    np.testing.assert_allclose(found.ravel()[:3].astype(float), first, atol=1e-4)


def test_measures(program: Run) -> None:
    source = """
    from skimage.measure import compare_ssim, compare_psnr, compare_mse, compare_nrmse, structural_similarity
    from skimage.feature import greycomatrix, greycoprops, hog
    from skimage.draw import circle
    from skimage.morphology import watershed
    found = [compare_ssim(f, f[::-1], win_size=3), compare_ssim(a, a[::-1], win_size=3, multichannel=True),
             compare_psnr(a[..., 0], a[::-1, :, 0]), compare_mse(f, f[::-1]), compare_nrmse(f, f[::-1]),
             structural_similarity(f, f[::-1], win_size=3)]
    contrast = greycoprops(greycomatrix(a[..., 0] // 64, [1], [0], 4), 'contrast')
    features, picture = hog(f, 9, (2, 2), (2, 2), visualise=True)
    rows, columns = circle(3, 3, 2)
    """
    space = program(source, a=image(), f=floats())
    expected = [-0.405729507, -0.047284975, 7.977014, 0.23376054, 0.81471758, -0.405729507]
    np.testing.assert_allclose(space["found"], expected, rtol=1e-6)
    assert space["contrast"] == 100 and space["features"].sum() == pytest.approx(6.0, abs=1e-4)
    assert space["picture"].shape == (6, 8) and len(space["rows"]) == 9


def test_files(program: Run, tmp_path: Path) -> None:
    source = """
    from skimage import io
    io.imsave(folder + '/a.png', a)
    grey = io.imread(folder + '/a.png', as_grey=True)
    io.imsave(folder + '/f.png', f)
    words = io.imread(folder + '/f.png')
    io.imsave(folder + '/f.jpg', f)
    octets = io.imread(folder + '/f.jpg')
    io.use_plugin('pil')
    """
    space = program(source, a=image(), f=floats(), folder=str(tmp_path))
    assert space["grey"].sum() == pytest.approx(23.2463, abs=1e-4)
    assert space["words"].dtype == np.uint16 and space["words"].ravel()[:2].tolist() == [52834, 46129]
    assert space["octets"].dtype == np.uint8
    with pytest.raises(ValueError, match="between -1 and 1"):
        program("from skimage import io; io.imsave('x.png', f * 3)", f=floats())


def test_homes_and_what_is_no_more(program: Run) -> None:
    program("""
    from skimage.viewer import ImageViewer
    from skimage.filter import gaussian_filter, canny, denoise_tv_chambolle
    from skimage.measure.simple_metrics import compare_mse
    import matplotlib
    matplotlib.use('Agg')
    ImageViewer([[0, 1], [1, 0]]).show()
    """)
    with pytest.raises(ModuleNotFoundError, match=r"skimage\.io\.imread"):
        program("import skimage.novice")
    with pytest.raises(NotImplementedError, match="astronaut"):
        program("from skimage import data; data.lena()")


def test_other_modules_see_scikit_image_as_it_is(program: Run) -> None:
    from skimage import color, transform

    program("from skimage import transform, color; from skimage.color import rgb2grey")
    assert transform.resize(floats(), (3, 4)).sum() == pytest.approx(5.9765, abs=0.2)
    with pytest.raises(ValueError):
        color.rgb2gray(floats())
    alias.uninstall()
    assert "rgb2grey" not in vars(color)
