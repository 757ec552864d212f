"""Stages of ./test: each addon alone on an empty database, with all of its tests.

What it needs of others is there already; ``./test --all`` also installs every addon
from nothing (`stage_combinations`). An addon with many tests is installed once, and its
tests run in several copies, side by side. Classes that meet others run with all the
others (`stage_odoo.together_stages`), and here only with ``--all``.

Where an addon is installed, those that stand on it go on from there: Odoo's tests leave
nothing behind, and what both need is not installed again.
"""

import threading
from collections import Counter

import stage_templates as templates
import stage_times
import suitelib
from schedule import Stage
from stage_combinations import with_dependencies
from stage_odoo import (
    LAZY,
    MEETS_OTHERS,
    find_tests,
    judge_odoo_log,
    odoo_tests,
    starts_browser,
)
from stage_result import Result

#: an addon with more tests than this is cut
MOST_TESTS = 450
#: about how many seconds an addon takes to install: what is dear and missing where
#: another ends is a reason to start from the template that has it
COSTS = {
    "order_management": 20,
    **dict.fromkeys(["pos_sale", "sale_mrp", "stock_dropshipping", "website_sale"], 40),
}
_COST_OF_OURS, _COST_OF_OTHERS = 5, 2
#: what a test counts for whose class has not been timed yet
_SECONDS = 0.6


def all_alone_stages(addons, once=False):
    """The stages of addons, dependencies first; see `alone_stages`."""
    known, installed = suitelib.manifests(), {}
    needed = {addon: find_needed(addon, known) for addon in addons}
    for addon in addons:
        start = installed.get(get_start(addon, needed, installed))
        yield from alone_stages(addon, once, start, installed)


def find_needed(addon, known):
    """What comes with ``addon``: names of ours, bridges that install themselves as
    well, and names of others.

    :param known: {addon: manifest}
    """
    ours, found = with_dependencies([addon], known), None
    while found != ours:
        found = ours
        others = {name for one in ours for name in known[one]["depends"]} - set(known)
        bridges = [
            name
            for name, manifest in known.items()
            if manifest.get("auto_install")
            and set(manifest["depends"]) <= ours | others
        ]
        ours = with_dependencies([*ours, *bridges], known)
    return ours, others


def get_start(addon, needed, installed):
    """The addon in whose database another is installed soonest; None if that is the
    template with what it needs of others.

    :param needed: {addon: what comes with it}, as `find_needed` says
    :param installed: names of addons of ours
    """
    ours, others = needed[addon]
    best, least = None, get_costs(ours - {addon}, ())
    for name in installed:
        there, others_there = needed[name]
        # alone means: with nothing but what it brings itself
        if there < ours and others_there <= others:
            costs = get_costs(ours - there - {addon}, others - others_there)
            if costs < least:
                best, least = name, costs
    return best


def get_costs(ours, others):
    """About how many seconds addons take to install."""
    return sum(COSTS.get(name, _COST_OF_OURS) for name in ours) + sum(
        COSTS.get(name, _COST_OF_OTHERS) for name in others
    )


def alone_stages(addon, once=False, start=None, installed=None):
    """The stages of one addon: one, or its installation and the parts after it.

    :param once: without the classes that run with the other addons
    :param start: the `Copies` that it is installed in, instead of an empty database
    :param installed: {addon: its `Copies`}, where this one's are put
    """
    tests = Counter(cls for cls, _method in find_tests(addon))
    rest = [f"/{addon}"]
    if once:
        meeting = {cls for cls, _method in find_tests(addon, tag=MEETS_OTHERS)}
        rest += [f"-/{addon}:{cls}" for cls in sorted(meeting)]
        for cls in meeting:
            del tests[cls]
    parts = cut(tests, stage_times.read(stage_times.CLASSES).get(addon, {}))
    where = f"on {start.addon}" if start else "empty database"
    is_cut = len(parts) > 1
    copies = Copies(addon, f"{addon} alone, {'installed' if is_cut else where}")
    needs = frozenset([start.stage] if start else [])
    if installed is not None:
        installed[addon] = copies
    if start:
        start.left += 1
    if not is_cut:
        yield Stage(copies.stage, whole(copies, tests, rest, start), needs)
        return
    copies.left += len(parts)
    yield Stage(copies.stage, install(copies, tests, start), needs)
    for number, classes in enumerate(parts, 1):
        # the last part is what no other has: nothing gets lost, nothing runs twice
        tags = [f"/{addon}:{cls}" for cls in classes]
        if number == len(parts):
            others = sorted(set(tests) - set(classes))
            tags = [*rest, *(f"-/{addon}:{cls}" for cls in others)]
        yield Stage(
            f"{addon} alone, part {number} of {len(parts)}",
            part(copies, number, ",".join(tags), sum(tests[cls] for cls in classes)),
            frozenset([copies.stage]),
        )


def cut(tests, seconds):
    """Classes in parts that take about equally long.

    :param tests: {class: number of tests}
    :param seconds: {class: seconds it took last time}
    :return: lists of classes
    """
    number = -(-sum(tests.values()) // MOST_TESTS)
    parts = [[] for _number in range(max(number, 1))]
    load = [0.0] * len(parts)
    costs = {cls: seconds.get(cls, tests[cls] * _SECONDS) for cls in tests}
    for cls in sorted(costs, key=lambda cls: (-costs[cls], cls)):
        lightest = load.index(min(load))
        parts[lightest].append(cls)
        load[lightest] += costs[cls]
    return parts


def note_classes(addon, result):
    """Keep the seconds of an addon's classes for the next `cut`."""
    seconds = stage_times.class_seconds(result.tests)
    with _noting:
        known = stage_times.read(stage_times.CLASSES).get(addon, {})
        stage_times.note(stage_times.CLASSES, {addon: {**known, **seconds}})


_noting = threading.Lock()


def whole(copies, tests, tags, start=None):
    """Install with tests.

    :param copies: the addon's `Copies`, for those that go on from here
    :param tests: {class: number of tests}; there may be none
    :param tags: which of the addon's tests
    :param start: the `Copies` to install it in
    """
    addon = copies.addon

    def stage(context):
        make_database(copies, start)
        if not tests:
            install_ours(copies)
            result = Result(passed=1)
        else:
            # nothing of what its pages load is there yet
            program = suitelib.COPY if starts_browser(addon, tests) else LAZY
            code, log = odoo_tests(
                copies.database,
                ",".join(tags),
                f"alone-{addon}",
                # a bridge is there already where Odoo brings its other side
                *("-i", addon, "-u", addon),
                program=program,
            )
            result = judge_odoo_log(code, log, sum(tests.values()))
            note_classes(addon, result)
        if not (copies.left and result.is_green):
            context.discard(copies.database, result)
        return result

    return stage


def make_database(copies, start=None):
    """What an addon is installed in.

    :param copies: the addon's `Copies`
    :param start: the `Copies` of what it stands on, None for what is not ours
    """
    if start:
        start.take(copies.database)
    else:
        source = templates.prepare_bare(copies.addon)
        suitelib.clone_database(source, copies.database)


def install_ours(copies):
    """Install an addon of ours, and nothing else but addons of ours."""
    suitelib.install(
        copies.database,
        [copies.addon],
        f"alone-{copies.addon}",
        demo=False,
        program=suitelib.COPY,
    )


def install(copies, tests, start=None):
    """Install without tests: what the parts are copied from."""

    def stage(context):
        make_database(copies, start)
        install_ours(copies)
        if starts_browser(copies.addon, tests):
            # or each part with a browser would
            templates.compile_assets(copies.database)
        return Result(passed=1)

    return stage


class Copies:
    """Copies of the database that an addon is installed in; the last one takes it away.

    :param stage: name of the stage that installs it
    """

    def __init__(self, addon, stage):
        self.addon, self.stage = addon, stage
        self.database = f"suite_alone_{addon}"
        #: how many are still to come
        self.left = 0
        self._lock = threading.Lock()

    def take(self, database):
        """Copy it to ``database``."""
        with self._lock:
            suitelib.clone_database(self.database, database)
            self.left -= 1
            if not self.left:
                suitelib.drop_database(self.database)


def part(copies, number, tags, minimum):
    """Some of the tests, in a copy."""

    def stage(context):
        database = f"{copies.database}_{number}"
        copies.take(database)
        log_name = f"alone-{copies.addon}-{number}"
        code, log = odoo_tests(database, tags, log_name)
        result = judge_odoo_log(code, log, minimum)
        note_classes(copies.addon, result)
        context.discard(database, result)
        return result

    return stage
