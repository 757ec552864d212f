"""Stage of ./test --all: addons are installed from nothing, in every company.

Every set would double with each addon. What breaks is how two meet, and in which order
they come: so every addon, every pair, every bridge, everything at once, and everything
one by one in a few orders.
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
    """[(steps, options, with demo data)]; a step is what one ``-i`` names.

    :param known: {addon: manifest}, dependencies first
    """
    bridges = [name for name in known if known[name].get("auto_install")]
    owners = [name for name in known if name not in bridges]
    sets = {}
    for size in (1, 2):
        for names in itertools.combinations(owners, size):
            # two of which one needs the other are one
            sets.setdefault(with_dependencies(names, known), list(names))
    found = [
        ([names], options, False)
        for names in sets.values()
        for options in ([], ["--skip-auto-install"])
    ]
    found += [([[bridge]], [], False) for bridge in bridges]
    found.append(([[*owners, *bridges]], [], True))
    for seed in range(ORDERS):
        names = [*owners, *bridges]
        random.Random(seed).shuffle(names)
        found.append(([[name] for name in names], [], False))
    return found


def install(steps, options, demo):
    """:raises SuiteError: saying after what it went wrong"""
    suitelib.clone_database(templates.EMPTY, DATABASE)
    done = []
    for names in steps:
        log_name = f"set-{'-'.join(names)}"[:80]
        try:
            suitelib.install(DATABASE, names, log_name, demo=demo, extra=options)
        except SuiteError as error:
            before = f" after {', '.join(done)}" if done else ""
            raise SuiteError(f"{error}{before} {' '.join(options)}") from error
        done += names


def stage_combinations(context):
    """Each way to install; one that fails does not stop the others."""
    templates.prepare_empty()
    result = Result()
    for steps, options, demo in list_installations(suitelib.manifests()):
        try:
            install(steps, options, demo)
            result.passed += 1
        except SuiteError as error:
            result.problems.append(str(error))
        suitelib.drop_database(DATABASE)
    result.failed = len(result.problems)
    return result
