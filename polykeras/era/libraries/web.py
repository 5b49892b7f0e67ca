"""urllib's functions of Python 2, where they take more than those of today: text as data, paths of files."""

from __future__ import annotations

import os
import urllib.parse
import urllib.request
from typing import Any


def _as_bytes(data: Any) -> Any:
    return data.encode("utf-8") if isinstance(data, str) else data


class Request(urllib.request.Request):
    """A request; the data may be text."""

    def __init__(self, url: str, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(url, _as_bytes(data), *args, **kwargs)


def urlopen(url: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Opens a URL; the data to send may be text."""
    return urllib.request.urlopen(url, _as_bytes(data), *args, **kwargs)


def urllib_urlopen(url: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Opens a URL, or a file of this machine, as ``urllib.urlopen`` of Python 2 did."""
    if isinstance(url, str) and not urllib.parse.urlsplit(url).scheme and os.path.exists(url):
        return open(url, "rb")
    return urlopen(url, data, *args, **kwargs)
