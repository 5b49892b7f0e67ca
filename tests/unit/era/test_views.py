"""Views of modules: what the program's own files see, while the module stays as it is."""

from __future__ import annotations

import types

import pytest

from polykeras.era import views


@pytest.fixture
def package() -> types.ModuleType:
    made = types.ModuleType("era_views_package")
    inner = types.ModuleType("era_views_package.inner")
    vars(inner).update(size=lambda n: ("new", n), kept=1)
    vars(made).update(inner=inner, other=types.ModuleType("era_views_package.other"))
    return made


def test_a_view_overrides_names_and_leaves_the_module(package: types.ModuleType) -> None:
    views.override("era_views_package", lambda module: {})
    views.override("era_views_package.inner", lambda module: {"size": lambda n: ("old", int(n))})
    seen = views.view_of(package)
    assert seen.inner.size(3.0) == ("old", 3) and seen.inner.kept == 1
    assert package.inner.size(3.0) == ("new", 3.0)
    assert seen.other is package.other and seen.inner is seen.inner and views.view_of(seen) is seen
    assert "kept" in dir(seen.inner)


def test_what_is_set_on_a_view_is_set_on_the_module(package: types.ModuleType) -> None:
    views.override("era_views_package.inner", lambda module: {"size": 1})
    seen = views.view_of(package.inner)
    seen.size = seen.kept = 5
    assert package.inner.size == package.inner.kept == seen.size == 5
    with pytest.raises(AttributeError, match="gone"):
        _ = seen.gone


def test_without_overrides_the_module_itself(package: types.ModuleType) -> None:
    assert views.view_of(package.other) is package.other


def test_a_star_import_finds_the_names_of_a_module_without_a_list(package: types.ModuleType) -> None:
    views.override("era_views_package.inner", lambda module: {"size": 1})
    assert {"size", "kept"} <= set(views.view_of(package.inner).__all__)
