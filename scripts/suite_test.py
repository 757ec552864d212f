"""Second half of ./test: the stages, each counted, judged by what really ran.

Exit code 0 of a tool proves nothing here: a stage that found no test, ignored a module,
skipped a browser or logged a warning has failed.
"""

import argparse
import concurrent.futures
import json
import os
import sys
import threading
import time

import suitelib
from stage_lint import stage_lint
from stage_odoo import (
    stage_alone,
    stage_combinations,
    stage_life_cycle,
    stage_together,
    stage_translations,
    test_tags,
)
from stage_pytest import pytest_stage, root_folders, unit_folders
from stage_result import Result
from stage_templates import ALL, stage_templates
from suitelib import LOG_DIR, PREFIX, SuiteError, say

#: stages that run side by side: one more than cores, since those that start servers,
#: browsers and shops wait for them
WORKERS = min(2, os.cpu_count() or 1) + 1
#: seconds that each stage took last time
TIMES = LOG_DIR / "stage-times.json"


class Context:
    def __init__(self, options):
        self.addons = suitelib.check_addons(options.addons or suitelib.manifests())
        self.chosen = bool(options.addons)
        self.word = options.k
        self.fast = options.fast
        self.all = options.all
        #: whether an Odoo test that ran alone need not run with every other addon
        self.once = not (self.fast or self.word or self.all)
        # how often a race is run with other random numbers, see tests/harness.py
        os.environ.setdefault("SUITE_SEEDS", "20" if self.all else "5")

    def discard(self, database, result):
        if result.is_green or os.environ.get("SUITE_KEEP") != "1":
            suitelib.drop_database(database)
        else:
            say(f"kept database {database}")


def phases(context):
    """The run as phases, one after the other, each a list of (name, stage).

    The stages of a phase share the workers, so that the cores are busy; what compares
    speeds comes last and has the machine for itself.
    """
    first = [("template databases", stage_templates)]
    if not context.word:
        first.append(("lint", stage_lint))
    for addon, folders in unit_folders(context.addons):
        first.append((f"{addon}, pure Python", pytest_stage(f"unit-{addon}", folders)))
    yield first
    stages = list(odoo_stages(context))
    if context.fast or context.chosen and not context.word:
        yield longest_first(stages)
        return
    for name, folders in root_folders():
        stages.append((f"tests/{name}", pytest_stage(name, folders, "not quiet")))
    yield longest_first(stages)
    folders = [folder for _name, paths in root_folders() for folder in paths]
    yield [("speeds compared", pytest_stage("quiet", folders, "quiet"))]


def read_times():
    """{stage: seconds it took last time}"""
    return json.loads(TIMES.read_text()) if TIMES.exists() else {}


def longest_first(stages):
    """Stages in the order that keeps all workers busy to the end: what took longest
    last time, and what is new, starts first."""
    times = read_times()
    return sorted(stages, key=lambda stage: -times.get(stage[0], 1e9))


def note_times(stages, results):
    seconds = {
        name: result.seconds
        for (name, _stage), result in zip(stages, results, strict=True)
    }
    TIMES.write_text(json.dumps({**read_times(), **seconds}, indent=1) + "\n")


def odoo_stages(context):
    """The stages of Odoo's own runner, as (name, stage)."""
    if not context.fast and not context.word:
        for addon in context.addons:
            yield f"{addon} alone, empty database", stage_alone(addon)
        yield "install, update, uninstall", stage_life_cycle
        if context.all:
            yield "every combination of addons", stage_combinations
    if not context.word or test_tags(context)[1]:
        yield "Odoo tests, all addons, demo data", stage_together
    if not context.word and not context.fast:
        yield "translations", stage_translations


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./test", add_help=False)
    parser.add_argument("addons", nargs="*")
    parser.add_argument("-k", default="", metavar="WORD")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def run_stage(name, stage, context):
    started = time.monotonic()
    say(f"--- {name}")
    try:
        result = stage(context)
    except SuiteError as error:
        result = Result(problems=[str(error)])
    # a stage that could not count its failures has failed once at least
    if result.problems and not result.failed:
        result.failed = len(result.problems)
    result.seconds = round(time.monotonic() - started)
    closing = (
        f"{name}: {result.passed} passed, {result.failed} failed ({result.seconds} s)"
    )
    # in one piece: another lane may be printing
    print("".join(f"    PROBLEM {x}\n" for x in result.problems), end="", flush=True)
    say(f"    {closing}")
    return result


def run_phase(stages, context):
    """Run stages side by side; their results."""
    stopped = threading.Event()

    def run_unless_stopped(name, stage):
        return Result() if stopped.is_set() else run_stage(name, stage, context)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        try:
            return list(pool.map(run_unless_stopped, *zip(*stages, strict=True)))
        except BaseException:
            # Ctrl-C reaches this thread only, the pool waits for the others
            stopped.set()
            suitelib.kill_running()
            raise


def main():
    options = parse_arguments()
    owns_postgres = (PREFIX / "pg-started").read_text().strip() == "1"
    passed = failed = 0
    try:
        context = Context(options)
        for stages in phases(context):
            if options.list:
                print("\n".join(name for name, _stage in stages))
                continue
            results = run_phase(stages, context)
            if not context.word:
                note_times(stages, results)
            passed += sum(result.passed for result in results)
            failed += sum(result.failed for result in results)
            if not suitelib.stamp(ALL):
                break
        if not options.list and not passed and not failed:
            print("no test found")
            failed = 1
    except SuiteError as error:
        print(f"\n./test: {error}", file=sys.stderr)
        failed += 1
    finally:
        if owns_postgres:
            import suite_run

            suite_run.leave_postgres()
    if not options.list:
        print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
