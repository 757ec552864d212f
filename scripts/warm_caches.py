"""What Odoo's tests compute once, they keep as long as it stays true.

After each test Odoo empties the registry's caches: the next one reads access rights,
parameters, views and routes again. Here a test begins with the caches that its class
has made: what the test before did is rolled back, so they are true again. What says how
pages, forms, groups and routes are made stays beyond the test and its class, until
something invalidates it, as in a server.
"""

#: computed from code and data of installed modules; whoever changes that data says so
LASTING = ("groups", "routing", "templates")
#: in a cache as long as nothing has invalidated it
_CLASS, _TEST = ("of the class",) * 2, ("of the test",) * 2
#: says that what a cursor keeps is true: a cursor outlives a test
_OF_CURSOR = "_clear_preload_views_cache_if_needed"


def _get_caches(registry):
    return registry._Registry__caches


def _is_of_cursor(key):
    return getattr(key[1], "__name__", "") == _OF_CURSOR


class _Kept:
    """The caches as they are to be after a test, or after a class.

    :param mark: put into what may last: gone when it was invalidated
    """

    def __init__(self, mark):
        self.mark, self.entries, self.invalidated = mark, {}, set()

    def take(self, registry, names):
        """They will be again as they are now."""
        caches = _get_caches(registry)
        for name in LASTING:
            caches[name][self.mark] = True
        self.entries = {name: caches[name].snapshot for name in names}
        self.invalidated = set(registry.cache_invalidated)

    def learn(self, registry):
        """Add what was computed meanwhile and has not been invalidated."""
        for name in LASTING:
            cache = _get_caches(registry)[name]
            if self.mark in cache:
                self.entries[name] = cache.snapshot

    def restore(self, registry):
        """Where Odoo has emptied them."""
        for name, entries in self.entries.items():
            cache = _get_caches(registry)[name]
            cache.clear()
            for key, value in entries.items():
                if not _is_of_cursor(key):
                    cache[key] = value
        registry.cache_invalidated.clear()
        registry.cache_invalidated.update(self.invalidated)


def keep():
    """From now on."""
    from odoo.tests.common import TransactionCase

    odoo_set_up_class = TransactionCase.setUpClass.__func__
    odoo_set_up = TransactionCase.setUp

    # cleanups run in the other order: first it is learnt, then Odoo's own ones run
    def set_up_class(cls):
        kept = _Kept(_CLASS)
        cls.addClassCleanup(lambda: kept.restore(cls.registry))
        odoo_set_up_class(cls)
        kept.take(cls.registry, LASTING)
        cls.addClassCleanup(lambda: kept.learn(cls.registry))

    def set_up(test):
        registry, kept = test.registry, _Kept(_TEST)
        test.addCleanup(kept.restore, registry)
        odoo_set_up(test)
        kept.take(registry, _get_caches(registry))
        test.addCleanup(kept.learn, registry)

    TransactionCase.setUpClass = classmethod(set_up_class)
    TransactionCase.setUp = set_up
