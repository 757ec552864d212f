"""Stages of ./test: each addon alone on an empty database, with all of its tests.

What it needs of others is there already; ``./test --all`` also installs every addon
from nothing (`stage_odoo.stage_combinations`). An addon with many tests is installed
once, and its tests run in several copies, side by side.
"""

import threading
from collections import Counter

import stage_templates as templates
import stage_times
import suitelib
from schedule import Stage
from stage_odoo import LAZY, find_tests, judge_odoo_log, odoo_tests, starts_browser
from stage_result import Result

#: an addon with more tests than this is cut
MOST_TESTS = 450
#: what a test counts for whose class has not been timed yet
_SECONDS = 0.6


def alone_stages(addon):
    """The stages of one addon: one, or its installation and the parts after it."""
    tests = Counter(cls for cls, _method in find_tests(addon))
    parts = cut(tests, stage_times.read(stage_times.CLASSES).get(addon, {}))
    if len(parts) == 1:
        yield Stage(f"{addon} alone, empty database", whole(addon))
        return
    installed = f"{addon} alone, installed"
    yield Stage(installed, install(addon))
    copies = Copies(addon, len(parts))
    for number, classes in enumerate(parts, 1):
        # the last part is what no other has: nothing gets lost, nothing runs twice
        tags = [f"/{addon}:{cls}" for cls in classes]
        if number == len(parts):
            others = sorted(set(tests) - set(classes))
            tags = [f"/{addon}", *(f"-/{addon}:{cls}" for cls in others)]
        yield Stage(
            f"{addon} alone, part {number} of {len(parts)}",
            part(copies, number, ",".join(tags), sum(tests[cls] for cls in classes)),
            frozenset([installed]),
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


def whole(addon):
    """Install with tests."""

    def stage(context):
        database = f"suite_alone_{addon}"
        suitelib.clone_database(templates.prepare_bare(addon), database)
        # nothing of what its pages load is there yet
        program = ["odoo"] if starts_browser(addon) else LAZY
        code, log = odoo_tests(
            database, f"/{addon}", f"alone-{addon}", "-i", addon, program=program
        )
        result = judge_odoo_log(code, log, len(list(find_tests(addon))))
        note_classes(addon, result)
        context.discard(database, result)
        return result

    return stage


def install(addon):
    """Install without tests: what the parts are copied from."""

    def stage(context):
        database = f"suite_alone_{addon}"
        suitelib.clone_database(templates.prepare_bare(addon), database)
        suitelib.install(database, [addon], f"alone-{addon}", demo=False)
        # or each part with a browser would
        templates.compile_assets(database)
        return Result(passed=1)

    return stage


class Copies:
    """Copies of an installed addon's database; the last one takes it away."""

    def __init__(self, addon, number):
        self.addon, self.left = addon, number
        self._lock = threading.Lock()

    def take(self, number):
        source = f"suite_alone_{self.addon}"
        database = f"{source}_{number}"
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
