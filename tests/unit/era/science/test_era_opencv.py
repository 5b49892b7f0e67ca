"""OpenCV's Python module as releases 2.4 and 3 had it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from polykeras import alias

cv2 = pytest.importorskip("cv2")


def test_constants(program: Callable[..., dict[str, Any]]) -> None:
    space = program("""
    import cv2
    values = cv2.CV_LOAD_IMAGE_GRAYSCALE, cv2.CV_AA, cv2.cv.CV_CAP_PROP_FPS, cv2.cv.CV_BGR2GRAY
    code = cv2.cv.CV_FOURCC(*'XVID')
    """)
    assert space["values"] == (0, 16, 5, 6) and space["code"] == int.from_bytes(b"XVID", "little")
    with pytest.raises(AttributeError, match="interface in C"):
        program("import cv2; cv2.cv.LoadImage('a.png')")
    alias.uninstall()
    assert not hasattr(cv2, "cv") and not hasattr(cv2, "CV_AA")
