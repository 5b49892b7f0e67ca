"""Where the names are that Python 2 had in `urllib` itself."""

from __future__ import annotations

# Names that Python 2 had in `urllib` itself -> where they are today.
URLLIB: dict[str, str] = {
    "ContentTooShortError": "urllib.error",
    "FancyURLopener": "urllib.request",
    "URLopener": "urllib.request",
    "getproxies": "urllib.request",
    "pathname2url": "urllib.request",
    "quote": "urllib.parse",
    "quote_plus": "urllib.parse",
    "unquote": "urllib.parse",
    "unquote_plus": "urllib.parse",
    "url2pathname": "urllib.request",
    "urlcleanup": "urllib.request",
    "urlencode": "urllib.parse",
    "urlretrieve": "urllib.request",
}
