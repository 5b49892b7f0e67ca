"""Matplotlib as releases 1.4 to 2.1 had it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.colors
import matplotlib.pyplot
import numpy as np
import pytest

from polykeras import alias

Run = Callable[..., dict[str, Any]]
HEAD = """
import matplotlib
matplotlib.use('Agg', warn=False)
import matplotlib.pyplot as plt
import numpy as np
"""


@pytest.fixture
def draw(program: Run) -> Iterator[Callable[[str], dict[str, Any]]]:
    with matplotlib.rc_context():
        yield lambda source: program(HEAD + source)
    matplotlib.pyplot.close("all")


def test_densities_and_colours(draw: Any) -> None:
    space = draw("""
heights = plt.hist([1, 1, 2, 4], 3, (1, 4), normed=1)[0]
axes = plt.subplot(2, 1, 1, axisbg='red')
axes.set_axis_bgcolor('blue')
first = plt.subplot('211').get_axis_bgcolor()
picture = plt.imshow(np.zeros((2, 2)), cmap=plt.cm.spectral)
name = plt.imshow(np.zeros((2, 2)), 'spectral').get_cmap().name, plt.cm.get_cmap('Vega10', 5).N
""")
    np.testing.assert_allclose(space["heights"], [0.5, 0.25, 0.25])
    assert space["first"] == matplotlib.colors.to_rgba("blue") and space["name"][1] == 5
    assert space["picture"].cmap(0.5) == matplotlib.colormaps["nipy_spectral"](0.5)


def test_switches_are_words(draw: Any) -> None:
    space = draw("""
plt.tick_params(axis='both', which='both', bottom='off', labelbottom='off')
tick = plt.gca().xaxis.get_major_ticks()[0]
ticks = tick.tick1line.get_visible(), tick.label1.get_visible()
plt.grid('off')
off = plt.gca().xaxis.get_gridlines()[0].get_visible()
plt.grid(b=True)
on = plt.gca().xaxis.get_gridlines()[0].get_visible()
""")
    assert space["ticks"] == (False, False) and (space["off"], space["on"]) == (False, True)


def test_names_of_arguments(draw: Any, tmp_path: Path) -> None:
    space = draw(f"""
plt.hold(True)
plt.plot([1, 2], hold=True)
bars = plt.bar(left=[1, 4], height=[2, 3])[1].get_bbox().bounds
flat = plt.barh(bottom=[1, 4], width=[2, 3])[1].get_bbox().bounds
plt.annotate(s='here', xy=(1, 1))
plt.xticks([0, 1], ['a', 'b'], 'vertical')
label = plt.gca().get_xticklabels()[0].get_rotation()
plt.scatter([1], [1], edgecolor='')
plt.semilogx([1, 2], basex=2)
figure, rows = plt.subplots(2, 1, True)
shared = rows[0].get_shared_x_axes().joined(rows[0], rows[1])
figure.canvas.set_window_title('title')
plt.tight_layout(1.0)
plt.savefig({str(tmp_path / "a.png")!r}, frameon=False)
plt.savefig({str(tmp_path / "a.jpg")!r}, quality=80)
figure.canvas.draw()
size = len(figure.canvas.tostring_rgb())
plt.show()
""")
    assert (
        space["bars"] == pytest.approx((3.6, 0, 0.8, 3))
        and space["flat"] == pytest.approx((0, 3.6, 3, 0.8))
        and space["label"] == 90.0
    )
    assert space["shared"] and space["size"] == 640 * 480 * 3
    assert (tmp_path / "a.png").exists() and (tmp_path / "a.jpg").exists()


def test_settings_and_styles(draw: Any) -> None:
    space = draw("""
plt.rcParams['axes.color_cycle'] = ['r', 'g']
plt.rcParams['text.latex.unicode'] = True
colours = plt.rcParams['axes.color_cycle'], plt.plot([1, 2])[0].get_color()
plt.rc('axes', color_cycle=['k'])
black = plt.rcParams['axes.color_cycle']
plt.style.use('seaborn-white')
plt.gca().set_color_cycle(['y'])
""")
    assert space["colours"] == (["r", "g"], "r") and space["black"] == ["k"]


def test_volumes(draw: Any) -> None:
    space = draw("""
from mpl_toolkits.mplot3d import Axes3D
figure = plt.figure()
axes = Axes3D(figure)
axes.w_xaxis.set_pane_color((1, 1, 1))
inside = axes in figure.axes
other = plt.figure().gca(projection='3d').name
""")
    assert space["inside"] and space["other"] == "3d"


def test_mathematics(draw: Any) -> None:
    space = draw("""
from matplotlib import mlab
from pylab import *
found = mlab.find(np.array([0, 1]) > 0).tolist()
values = mlab.normpdf(0., 0., 2.), mlab.bivariate_normal(0., 0., 1., 2.), found
means = mlab.movavg([1., 2., 3.], 2).tolist(), mlab.frange(0, 1, .25).tolist()
figure()
""")
    np.testing.assert_allclose(space["values"][:2], [0.19947114, 0.07957747])
    assert space["values"][2] == [1] and space["means"] == ([1.5, 2.5], [0, 0.25, 0.5, 0.75, 1.0])
    with pytest.raises(ModuleNotFoundError, match="mplfinance"):
        draw("import matplotlib.finance")


def test_a_window_where_there_is_none(draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.warns(UserWarning, match="without a window"):
        draw("""
matplotlib.use('TkAgg')
plt.plot([1, 2])
plt.show()
""")


def test_all_of_it_is_taken_back(draw: Any) -> None:
    draw("plt.figure()")
    with pytest.raises(AttributeError):
        matplotlib.pyplot.hist([1, 2], normed=True)
    alias.uninstall()
    assert "spectral" not in matplotlib.colormaps and not hasattr(matplotlib.pyplot, "hold")
    with pytest.raises(KeyError):
        matplotlib.rcParams["axes.color_cycle"] = ["r"]
