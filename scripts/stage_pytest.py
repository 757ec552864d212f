"""Stages of ./test with pytest, judged by what its report says really ran."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import stage_templates as templates
import stage_times
import suitelib
from stage_result import Result
from suitelib import ADDONS_DIR, LOG_DIR, PREFIX, SOURCE

#: marks of tests that run with --all only
LATER = ("slow", "chaos", "quiet")
#: a file of nothing but such tests
_ALL_LATER = re.compile(rf"^pytestmark = pytest\.mark\.({'|'.join(LATER)})\b", re.M)
#: folders that share a process, and in it the registry that it loads once for all
#: servers and shells (tests/mother.py)
SHARING = (
    ("ceiling", "concurrency"),
    ("badinput", "examples", "pdf", "plans", "rpc"),
)
#: with --all they take so long that the others would wait for both
APART = ("ceiling", "concurrency")


def pytest_stage(name, folders, marks=""):
    """A stage of pytest; ``marks``: which of the tests, besides those for --all."""

    def stage(context):
        junit = LOG_DIR / f"{name}.xml"
        junit.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q"]
        command += ["-c", SOURCE / "tests" / "pytest.ini", f"--rootdir={SOURCE}"]
        command += [f"--junitxml={junit}", "--durations=8"]
        wanted = [marks] if marks else []
        if not context.all:
            wanted += [f"not {mark}" for mark in LATER]
        if wanted:
            command += ["-m", " and ".join(wanted)]
        if context.word:
            command += ["-k", context.word]
        command += folders
        environment = {
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "SUITE_SOURCE": str(SOURCE),
            "SUITE_TEMPLATE_BASE": templates.BASE,
            "SUITE_TEMPLATE_ALL": templates.ALL,
        }
        log_path = LOG_DIR / f"{name}.log"
        with log_path.open("w") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=PREFIX,
            )
            code = suitelib.wait_and_count(process)
        result = judge_junit(code, junit, log_path, context)
        if junit.exists():
            result.tests = stage_times.junit_tests(junit)
        return result

    return stage


def judge_junit(code, junit, log_path, context):
    output = log_path.read_text(errors="replace")
    if code == 5 and (context.word):
        return Result()
    if not junit.exists():
        return Result(problems=[f"pytest died:\n{output[-2000:]}"])
    passed = failed = 0
    problems = []
    for case in ElementTree.parse(junit).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("skipped") is not None:
            problems.append(f"skipped: {name}: {case.find('skipped').get('message')}")
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            problems.append(f"failed: {name}")
        else:
            passed += 1
    if not passed + failed:
        problems.append("no test found")
    if failed:
        problems.append(output[-4000:])
    return Result(passed, failed, problems)


def root_folders(with_later=True):
    """(name, [folder]) of each folder of tests/ with tests in it or below.

    :param with_later: with those that have tests for --all only
    """
    tests = SOURCE / "tests"
    names = {
        path.relative_to(tests).parts[0]
        for path in tests.glob("*/**/test_*.py")
        if with_later or not _ALL_LATER.search(path.read_text(encoding="utf-8"))
    }
    return [(name, [tests / name]) for name in sorted(names - {"benchmarks"})]


def process_folders(with_later=True):
    """(name, [folder]) of each process of pytest: `root_folders`, some together."""
    folders = dict(root_folders(with_later))
    for names in SHARING:
        if with_later and names == APART:
            continue
        if found := [name for name in names if name in folders]:
            shared = [path for name in found for path in folders.pop(name)]
            folders["-".join(found)] = shared
    return sorted(folders.items())


def unit_folders(addons):
    """(addon, [folder]) of the tests of its packages without Odoo: tests/unit/."""
    folders = [(addon, ADDONS_DIR / addon / "tests" / "unit") for addon in addons]
    return [(addon, [folder]) for addon, folder in folders if folder.is_dir()]
