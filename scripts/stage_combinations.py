"""Stage of ./test --all: addons are installed from nothing, in every company.

Every set would double with each addon. What breaks is how two meet, and in which order
they come: so every addon, every pair, every bridge, everything at once, and everything
one by one in a few orders. Ways that begin alike are one until they part: most of the
time goes into what Odoo brings along.
"""

import itertools
import random

import stage_templates as templates
import suitelib
from stage_result import Result
from suitelib import SuiteError

#: in how many orders all addons come one by one
ORDERS = 2
DATABASE = "suite_set"


def with_dependencies(names, known):
    """Addons of ours that are installed with ``names``."""
    todo, seen = list(names), set()
    while todo:
        name = todo.pop()
        if name in known and name not in seen:
            seen.add(name)
            todo += known[name].get("depends", [])
    return frozenset(seen)


def list_installations(known):
    """[(steps, options, with demo data)]; a step is the names of one ``-i``.

    :param known: {addon: manifest}, dependencies first
    """
    bridges = [name for name in known if known[name].get("auto_install")]
    owners = [name for name in known if name not in bridges]

    def get_way(names):
        needed = with_dependencies(names, known)
        return tuple((name,) for name in owners if name in needed)

    # two of which one needs the other are one
    sets = dict.fromkeys(
        get_way(names)
        for size in (1, 2)
        for names in itertools.combinations(owners, size)
    )
    found = [
        (way, options, False)
        for options in ((), ("--skip-auto-install",))
        for way in sets
    ]
    found += [((*get_way([bridge]), (bridge,)), (), False) for bridge in bridges]
    found.append((((*owners, *bridges),), (), True))
    for seed in range(ORDERS):
        names = [*owners, *bridges]
        random.Random(seed).shuffle(names)
        found.append((tuple((name,) for name in names), (), False))
    return found


class Installer:
    """Goes the ways, and copies the database where they part.

    :param options: of every installation
    """

    def __init__(self, options, demo):
        self.options, self.demo = options, demo
        self.passed, self.problems = 0, []

    def go(self, ways, database, done=()):
        """:param ways: all begin with ``done``, which is installed in ``database``"""
        self.passed += sum(way == done for way in ways)
        branches = {}
        for way in ways:
            if way != done:
                branches.setdefault(way[len(done)], []).append(way)
        for names, branch in branches.items():
            target = database
            if len(branches) > 1 or done in ways or not done:
                target = f"{DATABASE}_{len(done) + 1}"
                suitelib.clone_database(database, target)
            if self.install(target, names, done):
                self.go(branch, target, (*done, names))
            else:
                self.problems += [f"not tried: {name_way(way)}" for way in branch[1:]]
            if target != database:
                suitelib.drop_database(target)

    def install(self, database, names, done):
        """Whether it went well; a bridge may have come by itself."""
        if is_installed(database, names):
            return True
        log_name = f"set-{'-'.join(names)}"[:80]
        try:
            suitelib.install(
                database, names, log_name, demo=self.demo, extra=self.options
            )
        except SuiteError as error:
            before = f" after {name_way(done)}" if done else ""
            self.problems.append(f"{error}{before} {' '.join(self.options)}")
            return False
        return True


def is_installed(database, names):
    found = suitelib.psql(
        "SELECT count(*) FROM ir_module_module WHERE state = 'installed'"
        f" AND name = ANY('{{{','.join(names)}}}')",
        database,
    )
    return int(found) == len(names)


def name_way(way):
    return ", ".join(" ".join(names) for names in way)


def stage_combinations(context):
    """Each way to install; one that fails does not stop the others."""
    templates.prepare_empty()
    result = Result()
    groups = {}
    for way, options, demo in list_installations(suitelib.manifests()):
        groups.setdefault((options, demo), []).append(way)
    for (options, demo), ways in groups.items():
        installer = Installer(options, demo)
        installer.go(ways, templates.EMPTY)
        result.passed += installer.passed
        result.problems += installer.problems
    result.failed = len(result.problems)
    return result
