"""``python -m polykeras.testing --backend NAME``: the conformance kit on an installed adapter."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Runs the kit by pytest and returns its exit status."""
    try:
        import pytest
    except ImportError:
        print("The conformance kit needs pytest. Run: pip install 'polykeras[test]'", file=sys.stderr)
        return 2
    return int(pytest.main(["-p", "polykeras.testing.plugin", "--pyargs", "polykeras.testing", *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
