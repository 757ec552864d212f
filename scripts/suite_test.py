"""Second half of ./test: the stages, each counted, judged by what really ran.

Exit code 0 of a tool proves nothing here: a stage that found no test, ignored a module,
skipped a browser or logged a warning has failed.
"""

import argparse
import concurrent.futures
import os
import sys
import time

import pg_memory
import pg_use
import stage_times
import suitelib
from schedule import Schedule, Stage
from stage_alone import all_alone_stages
from stage_combinations import stage_combinations
from stage_lint import stage_lint
from stage_odoo import (
    stage_life_cycle,
    stage_translations,
    test_tags,
    together_stages,
)
from stage_pytest import process_folders, pytest_stage, root_folders, unit_folders
from stage_result import Result
from stage_templates import stage_templates
from suitelib import PREFIX, SuiteError, say

#: stages that run side by side: one more than cores, since those that start servers,
#: browsers and shops wait for them
WORKERS = min(2, os.cpu_count() or 1) + 1
#: the stage that others copy their databases from
TEMPLATES = "template databases"
NEEDS = frozenset([TEMPLATES])


class Context:
    def __init__(self, options):
        self.addons = suitelib.check_addons(options.addons or suitelib.manifests())
        self.chosen = bool(options.addons)
        self.word = options.k
        self.fast = options.fast
        self.all = options.all
        #: whether an Odoo test runs alone or with every other addon, not both ways
        self.once = not (self.fast or self.word or self.all)
        # how often a race is run with other random numbers, see tests/harness.py
        asked = "SUITE_SEEDS" in os.environ
        os.environ.setdefault("SUITE_SEEDS", "20" if self.all else "3")
        #: the environment of tests that run alone as well
        self.again = {"SUITE_SEEDS": "5"} if self.all and not asked else {}

    def discard(self, database, result):
        if result.is_green or os.environ.get("SUITE_KEEP") != "1":
            suitelib.drop_database(database)
        else:
            say(f"kept database {database}")


def list_stages(context):
    """The run as stages; with --all, what compares speeds comes last, alone on the
    machine."""
    yield Stage(TEMPLATES, stage_templates)
    if not context.word:
        yield Stage("lint", stage_lint)
    for addon, folders in unit_folders(context.addons):
        yield Stage(f"{addon}, pure Python", pytest_stage(f"unit-{addon}", folders))
    yield from odoo_stages(context)
    if context.fast or context.chosen and not context.word:
        return
    for name, folders in process_folders(context.all):
        yield Stage(f"tests/{name}", pytest_stage(name, folders, "not quiet"), NEEDS)
    if not context.all:
        return
    folders = [folder for _name, paths in root_folders() for folder in paths]
    yield Stage(
        "speeds compared", pytest_stage("quiet", folders, "quiet"), NEEDS, alone=True
    )


def odoo_stages(context):
    """The stages of Odoo's own runner."""
    if not context.fast and not context.word:
        yield from all_alone_stages(context.addons, context.once)
        yield Stage("install, update, uninstall", stage_life_cycle, NEEDS)
        if context.all:
            yield Stage("every combination of addons", stage_combinations)
    if not context.word or test_tags(context)[1]:
        for name, stage in together_stages(context):
            yield Stage(name, stage, NEEDS)
    if not context.word and not context.fast:
        yield Stage("translations", stage_translations, NEEDS)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./test", add_help=False)
    parser.add_argument("addons", nargs="*")
    parser.add_argument("-k", default="", metavar="WORD")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def run_stage(stage, context, refused):
    started = time.monotonic()
    say(f"--- {stage.name}")
    suitelib.take_cpu()
    try:
        result = refused or stage.run(context)
    except SuiteError as error:
        result = Result(problems=[str(error)])
    # a stage that could not count its failures has failed once at least
    if result.problems and not result.failed:
        result.failed = len(result.problems)
    result.seconds = round(time.monotonic() - started)
    result.cpu = round(suitelib.take_cpu())
    closing = (
        f"{stage.name}: {result.passed} passed, {result.failed} failed "
        f"({result.seconds} s, {result.cpu} s CPU)"
    )
    # in one piece: another lane may be printing
    print("".join(f"    PROBLEM {x}\n" for x in result.problems), end="", flush=True)
    say(f"    {closing}")
    return result


def run_all(stages, context):
    """Run stages side by side; {stage: its result}."""
    schedule = Schedule(stages, stage_times.read(stage_times.STAGES))
    results = {}

    def work_in_lane():
        while stage := schedule.take():
            try:
                result = run_stage(stage, context, schedule.refuse(stage))
            except BaseException:
                # the other lanes would wait for it without end
                schedule.stop()
                raise
            results[stage.name] = result
            schedule.end(stage, result.is_green)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        lanes = [pool.submit(work_in_lane) for _number in range(WORKERS)]
        try:
            for lane in lanes:
                lane.result()
        except BaseException:
            # Ctrl-C reaches this thread only, the pool waits for the others
            schedule.stop()
            suitelib.kill_running()
            raise
    return results


def note_times(results):
    """Keep what the stages took, for people and for the next run."""
    seconds = {name: result.seconds for name, result in results.items()}
    stage_times.note(stage_times.STAGES, seconds)
    stage_times.write_table(results)
    say(f"slowest tests: {stage_times.TABLE}")


def run_tests(options):
    """All of it; (passed, failed)."""
    context = Context(options)
    stages = list(list_stages(context))
    if options.list:
        print("\n".join(stage.name for stage in stages))
        return 0, 0
    machine = stage_times.Machine()
    with pg_use.fast(), pg_memory.tablespace():
        results = run_all(stages, context)
    if not context.word:
        note_times(results)
    say(str(machine))
    passed = sum(result.passed for result in results.values())
    failed = sum(result.failed for result in results.values())
    if not passed and not failed:
        print("no test found")
        failed = 1
    return passed, failed


def main():
    options = parse_arguments()
    owns_postgres = (PREFIX / "pg-started").read_text().strip() == "1"
    in_use = pg_use.hold()
    passed = failed = 0
    try:
        passed, failed = run_tests(options)
    except SuiteError as error:
        print(f"\n./test: {error}", file=sys.stderr)
        failed += 1
    finally:
        pg_use.leave(in_use, owns_postgres)
    if not options.list:
        print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
