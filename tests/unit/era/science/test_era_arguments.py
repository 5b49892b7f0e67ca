"""Arguments of the time, who calls, and what is widened."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

import pytest

from polykeras.era.arguments import Then, taking
from polykeras.era.callers import from_program
from polykeras.era.homes import gone, mirror, moved, refusing
from polykeras.era.imports import ImportHooks
from polykeras.era.patches import Patches


def today(data: Any, size: int = 1, *, mode: str = "new", depth: int = 3) -> Any:
    return data, size, mode, depth


def test_what_is_valid_today_is_left_alone() -> None:
    taken = taking(today, Then(renamed={"width": "size"}, defaults={"depth": 9}), "today")
    assert taken(0, 2, mode="x") == (0, 2, "x", 3)
    assert inspect.signature(taken) == inspect.signature(today)
    with pytest.raises(TypeError, match="unexpected keyword argument 'wdth'"):
        taken(0, wdth=3)
    with pytest.raises(TypeError):
        taken(0, 1, "x", 4, 5)


def test_positional_renamed_and_converted_arguments() -> None:
    then = Then(renamed={"width": "size"}, ignored=("n_jobs",), converted={"mode": {"full": "all"}})
    taken = taking(today, then, "today")
    assert taken(0, 2, "full", 5) == (0, 2, "all", 5)
    assert taken(0, width=7, n_jobs=4) == (0, 7, "new", 3)
    with pytest.raises(TypeError, match="both 'width' and 'size'"):
        taken(0, width=7, size=8)


def test_an_order_of_the_time_holds_for_the_program_only(program: Callable[..., dict[str, Any]]) -> None:
    taken = taking(today, Then(order=("data", "mode", "size")), "today")
    assert taken(0, 2) == (0, 2, "new", 3)
    assert program("value = taken(0, 'old')", taken=taken)["value"] == (0, 1, "old", 3)


def test_arguments_that_cannot_be_served() -> None:
    taken = taking(today, Then(refused={"scaled": "scale first"}, warned={"fast": "always fast"}), "today")
    assert taken(0, scaled=False) == (0, 1, "new", 3)
    with pytest.raises(TypeError, match=r"today\(scaled=True\) is no more: scale first"):
        taken(0, scaled=True)
    with pytest.warns(UserWarning, match="always fast"):
        assert taken(0, fast=True) == (0, 1, "new", 3)


def test_defaults_of_the_time_are_the_programs_alone(program: Callable[..., dict[str, Any]]) -> None:
    taken = taking(today, Then(defaults={"depth": 9}), "today")
    assert taken(0)[3] == 3
    assert program("values = taken(0)[3], taken(0, depth=1)[3]", taken=taken)["values"] == (9, 1)


def test_who_calls(program: Callable[..., dict[str, Any]]) -> None:
    def asked() -> bool:
        return from_program()

    assert not asked()
    assert program("value = asked()", asked=asked)["value"]


def test_widened_methods_and_their_way_back() -> None:
    class Parent:
        def size(self) -> int:
            return 1

    class Child(Parent):
        pass

    patches = Patches()
    assert patches.widen(Child, "size", lambda function: lambda self: 10 + function(self))
    assert not patches.widen(Child, "gone", lambda function: function)
    assert Child().size() == 11 and Parent().size() == 1
    table = {"kept": 1}
    patches.supply_item(table, "kept", 2)
    patches.supply_item(table, "old", 3)
    assert table == {"kept": 1, "old": 3}
    patches.undo()
    assert Child().size() == 1 and "size" not in vars(Child) and table == {"kept": 1}


def test_homes() -> None:
    hooks = ImportHooks()
    moved(hooks, {"textwrap.old": "textwrap"})
    gone(hooks, {"textwrap.lost": "write plain text"})
    module = hooks._factories["textwrap.old"]("textwrap.old")
    assert isinstance(module, types.ModuleType) and module.dedent is textwrap_dedent()
    with pytest.raises(ModuleNotFoundError, match=r"textwrap\.lost.*write plain text"):
        hooks._factories["textwrap.lost"]("textwrap.lost")
    with pytest.raises(AttributeError, match="no 'lost' in textwrap"):
        _ = mirror("textwrap")("old").lost
    with pytest.raises(NotImplementedError, match=r"a\.B is no more: use C"):
        refusing("a.B", "use C")(1, x=2)


def textwrap_dedent() -> Any:
    import textwrap

    return textwrap.dedent
