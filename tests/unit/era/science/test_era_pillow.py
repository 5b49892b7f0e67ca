"""Pillow as releases 2 to 4 had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polykeras import alias

Run = Callable[..., dict[str, Any]]


def test_names(program: Run) -> None:
    space = program("""
    from PIL import Image, ImageDraw, ImageFont
    import PIL
    names = Image.ANTIALIAS == Image.LANCZOS, Image.LINEAR == Image.BILINEAR, Image.CUBIC == Image.BICUBIC
    image = Image.new('RGB', (4.0, 2.9), 'red')
    text = image.tostring()
    same = Image.fromstring('RGB', (4, 2), text).getpixel((3, 1))
    version = Image.VERSION, PIL.PILLOW_VERSION
    font = ImageFont.load_default()
    width, height = ImageDraw.Draw(image).textsize('word', font=font)
    longer = font.getsize('words')[0]
    """)
    assert all(space["names"]) and space["image"].size == (4, 2) and space["same"] == (255, 0, 0)
    assert len(space["text"]) == 24 and space["version"][0] == "1.1.7"
    assert 0 < space["width"] < space["longer"] and space["height"] > 5


def test_resize_takes_the_nearest_pixels(program: Run) -> None:
    space = program("""
    import numpy as np
    from PIL import Image
    image = Image.fromarray(np.array([[0, 100], [0, 100]], 'uint8'))
    small = np.array(image.resize((4.0, 2)))[0].tolist()
    smooth = np.array(image.resize((4, 2), Image.BILINEAR))[0].tolist()
    """)
    assert space["small"] == [0, 0, 100, 100] and space["smooth"] == [0, 25, 75, 100]
    other = np.array(Image.fromarray(np.array([[0, 100], [0, 100]], "uint8")).resize((4, 2)))[0].tolist()
    assert other != [0, 0, 100, 100]


def test_modules_by_their_names_alone(program: Run) -> None:
    space = program("""
    import Image, ImageDraw
    image = Image.new('L', (3, 3))
    ImageDraw.Draw(image).point((1, 1), 9)
    """)
    assert space["image"].getpixel((1, 1)) == 9 and isinstance(space["image"], Image.Image)


def test_all_of_it_is_taken_back(program: Run) -> None:
    program("from PIL import Image, ImageDraw")
    alias.uninstall()
    assert not hasattr(Image, "ANTIALIAS") and not hasattr(Image.Image, "tostring")
    with pytest.raises(ModuleNotFoundError):
        program.__globals__["__builtins__"]["__import__"]("ImageDraw")
