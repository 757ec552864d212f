"""Stages of ./test: each addon alone on an empty database, with all of its tests.

What it needs of others is there already; ``./test --all`` also installs every addon
from nothing (`stage_combinations`). An addon with many tests is installed once, and its
tests run in several copies, side by side. Classes that meet others run with all the
others (`stage_odoo.together_stages`), and here only with ``--all``.

An addon that is cut is installed for those that need it and little else as well.
"""

import threading
from collections import Counter

import stage_templates as templates
import stage_times
import suitelib
from schedule import Stage
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
#: what takes longer to install than an addon of ours: who needs it starts from the
#: template that has it
LONG = {"pos_sale", "sale_mrp", "stock_dropshipping", "website_sale"}
#: what a test counts for whose class has not been timed yet
_SECONDS = 0.6


def all_alone_stages(addons, once=False):
    """The stages of addons, dependencies first; see `alone_stages`."""
    installed = {}
    for addon in addons:
        start = installed.get(get_start(addon))
        yield from alone_stages(addon, once, start, installed)


def get_start(addon):
    """The addon of ours whose database, once it is installed, another can start from;
    None if it has to bring much more."""
    known = suitelib.manifests()
    depends = known[addon]["depends"] if addon in known else []
    ours = [name for name in depends if name in known]
    return ours[0] if len(ours) == 1 and not LONG & set(depends) else None


def alone_stages(addon, once=False, start=None, installed=None):
    """The stages of one addon: one, or its installation and the parts after it.

    :param once: without the classes that run with the other addons
    :param start: the `Copies` that it is installed in, instead of an empty database
    :param installed: {addon: its `Copies`}, where this one's are put if it is cut
    """
    tests = Counter(cls for cls, _method in find_tests(addon))
    rest = [f"/{addon}"]
    if once:
        meeting = {cls for cls, _method in find_tests(addon, tag=MEETS_OTHERS)}
        rest += [f"-/{addon}:{cls}" for cls in sorted(meeting)]
        for cls in meeting:
            del tests[cls]
    parts = cut(tests, stage_times.read(stage_times.CLASSES).get(addon, {}))
    if len(parts) == 1:
        name, needs = f"{addon} alone, empty database", frozenset()
        if start:
            start.left += 1
            name, needs = f"{addon} alone, on {start.addon}", frozenset([start.stage])
        yield Stage(name, whole(addon, tests, rest, start), needs)
        return
    copies = Copies(addon, len(parts))
    if installed is not None:
        installed[addon] = copies
    yield Stage(copies.stage, install(addon, tests))
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


def whole(addon, tests, tags, start=None):
    """Install with tests.

    :param tests: {class: number of tests}; there may be none
    :param tags: which of the addon's tests
    :param start: the `Copies` to install it in
    """

    def stage(context):
        if start:
            database = start.take(addon)
        else:
            database = f"suite_alone_{addon}"
            suitelib.clone_database(templates.prepare_bare(addon), database)
        if not tests:
            install_ours(database, addon)
            result = Result(passed=1)
        else:
            # nothing of what its pages load is there yet
            program = suitelib.COPY if starts_browser(addon, tests) else LAZY
            code, log = odoo_tests(
                database,
                ",".join(tags),
                f"alone-{addon}",
                # a bridge is there already where Odoo brings its other side
                *("-i", addon, "-u", addon),
                program=program,
            )
            result = judge_odoo_log(code, log, sum(tests.values()))
            note_classes(addon, result)
        context.discard(database, result)
        return result

    return stage


def install_ours(database, addon):
    """Install an addon of ours, and nothing else but addons of ours."""
    suitelib.install(
        database, [addon], f"alone-{addon}", demo=False, program=suitelib.COPY
    )


def install(addon, tests):
    """Install without tests: what the parts are copied from."""

    def stage(context):
        database = f"suite_alone_{addon}"
        suitelib.clone_database(templates.prepare_bare(addon), database)
        install_ours(database, addon)
        if starts_browser(addon, tests):
            # or each part with a browser would
            templates.compile_assets(database)
        return Result(passed=1)

    return stage


class Copies:
    """Copies of an installed addon's database; the last one takes it away."""

    def __init__(self, addon, number):
        self.addon, self.left = addon, number
        self.stage = f"{addon} alone, installed"
        self._lock = threading.Lock()

    def take(self, name):
        source = f"suite_alone_{self.addon}"
        database = f"{source}_{name}"
        with self._lock:
            suitelib.clone_database(source, database)
            self.left -= 1
            if not self.left:
                suitelib.drop_database(source)
        return database


def part(copies, number, tags, minimum):
    """Some of the tests, in a copy."""

    def stage(context):
        database = copies.take(number)
        log_name = f"alone-{copies.addon}-{number}"
        code, log = odoo_tests(database, tags, log_name)
        result = judge_odoo_log(code, log, minimum)
        note_classes(copies.addon, result)
        context.discard(database, result)
        return result

    return stage
