"""Batches, groups and interrupts of the loops."""

import os
import signal

import numpy as np
import pytest

from polykeras.engine.keywords import checked_keywords
from polykeras.engine.loops import GroupSize, batch_shuffle, deferred_interrupt, make_batches, slice_X


def test_make_batches():
    assert make_batches(10, 4) == [(0, 4), (4, 8), (8, 10)]
    assert make_batches(8, 4) == [(0, 4), (4, 8)]
    assert make_batches(3, 32) == [(0, 3)]


def test_batch_shuffle_keeps_batches_whole():
    np.random.seed(3)
    order = batch_shuffle(np.arange(11), 3)
    assert sorted(order) == list(range(11))
    np.testing.assert_array_equal(order[9:], [9, 10])
    assert all((np.diff(order[i : i + 3]) == 1).all() for i in (0, 3, 6))
    np.random.seed(3)
    expected = np.arange(9).reshape(3, 3)
    np.random.shuffle(expected)
    np.testing.assert_array_equal(order[:9], expected.ravel())


def test_slice_X():
    x = np.arange(10)
    np.testing.assert_array_equal(slice_X(x, 2, 5), [2, 3, 4])
    np.testing.assert_array_equal(slice_X(x, np.array([5, 1])), [5, 1])
    np.testing.assert_array_equal(slice_X(x, [5, 1]), [5, 1])
    np.testing.assert_array_equal(slice_X([x, x + 1], 8)[1], [9, 10])


def test_groups_grow_to_the_target_and_shrink_again():
    group = GroupSize(target=0.1)
    group.note(1, 2.0)  # compilation
    assert group.size == 1
    for _ in range(20):
        group.note(group.size, 0.004 * group.size)
    assert group.size == 16
    group.note(16, 0.2)
    assert group.size == 8
    group.note(3, 0.0)  # the last group of an epoch tells nothing
    assert group.size == 8


def test_one_slow_first_run_of_a_size_does_not_count():
    group = GroupSize(target=0.1)
    group.note(1, 0.01)
    group.note(2, 5.0)
    assert group.size == 2


def test_first_interrupt_waits_and_second_does_not():
    with deferred_interrupt() as interrupt:
        interrupt.check()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupt.pending
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_foreign_interrupt_handler_is_left_alone():
    handler = signal.signal(signal.SIGINT, lambda signum, frame: None)
    try:
        mine = signal.getsignal(signal.SIGINT)
        with deferred_interrupt():
            assert signal.getsignal(signal.SIGINT) is mine
    finally:
        signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize(
    "name, message",
    [
        ("epochs", "'nb_epoch'"),
        ("batch_sise", "Did you mean 'batch_size'"),
        ("steps_per_epoch", "remove it"),
        ("zzz", "batch_size, nb_epoch"),
    ],
)
def test_unknown_keywords(name, message):
    @checked_keywords("fit")
    def fit(self, batch_size=32, nb_epoch=1):
        return batch_size, nb_epoch

    assert fit(None, nb_epoch=3) == (32, 3)
    with pytest.raises(TypeError, match=message) as caught:
        fit(None, **{name: 1})
    assert str(caught.value).startswith(f"fit: unknown keyword argument {name!r}")
