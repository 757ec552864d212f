"""What stays in the registry's caches from one Odoo test to the next."""

import sys
import types

import pytest

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import warm_caches  # noqa: E402

VIEW = ("ir.ui.view", print)
ROUTE = ("ir.http", max)


class Cache(dict):
    @property
    def snapshot(self):
        return dict(self)


@pytest.fixture
def registry():
    names = ("default", *warm_caches.LASTING)
    return types.SimpleNamespace(
        _Registry__caches={name: Cache() for name in names}, cache_invalidated=set()
    )


def run(registry, test):
    """A test, and Odoo's emptying of all caches; what the next one finds."""
    caches = registry._Registry__caches
    kept = warm_caches._Kept(warm_caches._TEST)
    kept.take(registry, caches)
    test(caches)
    kept.learn(registry)
    for name, cache in caches.items():
        cache.clear()
        registry.cache_invalidated.add(name)
    kept.restore(registry)
    assert not registry.cache_invalidated
    return {
        name: {key for key in cache if key in (VIEW, ROUTE)}
        for name, cache in caches.items()
    }


def test_as_the_class_left_it(registry):
    """A value that a test has changed is the old one again."""
    default = registry._Registry__caches["default"]
    default[VIEW] = "old"

    def test(caches):
        caches["default"].clear()
        caches["default"].update({VIEW: "new", ROUTE: "new"})

    assert run(registry, test)["default"] == {VIEW}
    assert default[VIEW] == "old"


def test_pages_and_routes_stay(registry):
    """What was computed and nothing has invalidated."""

    def test(caches):
        caches["templates"][VIEW] = caches["routing"][ROUTE] = 1

    found = run(registry, test)
    assert (found["templates"], found["routing"]) == ({VIEW}, {ROUTE})


def test_what_was_invalidated_is_forgotten(registry):
    """Also what was computed afterwards: a view that is rolled back, for one."""
    registry._Registry__caches["templates"][VIEW] = "before"

    def test(caches):
        caches["templates"].clear()
        caches["templates"].update({VIEW: "changed", ROUTE: 1})

    assert run(registry, test)["templates"] == {VIEW}
    assert registry._Registry__caches["templates"][VIEW] == "before"


def test_what_a_cursor_knows_is_not_kept(registry):
    def _clear_preload_views_cache_if_needed():
        """As Odoo calls it."""

    key = ("ir.ui.view", _clear_preload_views_cache_if_needed)
    run(registry, lambda caches: caches["templates"].update({key: None}))
    assert key not in registry._Registry__caches["templates"]
