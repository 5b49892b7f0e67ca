"""Both engines in one test."""

import pytest

from polykeras.backends import registry
from polykeras.testing import plugin


@pytest.fixture
def on_each_engine():
    """A function that runs another one on both engines and returns the two results.

    It is called with `K`, bound to the engine; numpy's generator starts from the same seed.
    """
    missing = [name for name in plugin.ENGINES if not registry.engine_installed(name)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")

    def run(function):
        results = []
        for name in plugin.ENGINES:
            with plugin.fresh(name) as K:
                results.append(function(K))
        return results

    return run
