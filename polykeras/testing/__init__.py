"""The conformance kit: what every adapter must do, as tests that any adapter can run.

``python -m polykeras.testing --backend NAME`` runs them on an adapter that is known by an entry point of the
group ``polykeras.backends``; further arguments go to pytest. The same by hand::

    pytest -p polykeras.testing.plugin --pyargs polykeras.testing --backend NAME

An operation that an adapter refuses by `polykeras.errors.UnsupportedOperation` counts as an expected failure.

- `oracle`: every operation once more, in NumPy;
- `cases`: arguments to try each operation with, by theme;
- `gradcheck`: derivatives against central differences;
- `tolerance`: how far results may lie apart;
- `plugin`: the pytest plugin, with the option ``--backend`` and the fixtures ``K`` and ``backend_name``;
- ``test_*``: the tests.
"""
