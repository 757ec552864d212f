"""Stages of ./test with Odoo's own runner, judged by what its log says really ran."""

import ast
import os
import re
import subprocess
import sys
import tempfile

import i18n
import i18n_borrowed
import stage_templates as templates
import stage_times
import suitelib
from stage_result import Result
from suitelib import ADDONS_DIR, SOURCE

#: tag of test classes that run with every other addon; alone as well with --all
MEETS_OTHERS = "meets_others"
#: besides: tag of such classes whose tests another addon's class runs as well; they run
#: with --all, with a word, and where addons are chosen
COVERED = "covered"
#: Odoo that compiles nothing before a page asks for it
LAZY = (sys.executable, SOURCE / "scripts" / "odoo_test.py")
_BROWSER = re.compile(r"\b(start_tour|browser_js)\(")
_CLASS = re.compile(r"^class (\w+)", re.M)
_RESULT = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading"
)
_SKIPPED = re.compile(r" INFO \S+ odoo\.addons\.\S+: skipped (\S+) : (.*)")
_FAILED = re.compile(r" ERROR \S+ (?:odoo\.\S+): (?:FAIL|ERROR): (\S+)")


def judge_odoo_log(code, log, minimum=1, expected_skips=()):
    """Count an Odoo test log.

    Odoo exits with 0 also when no test was found, a module was unknown or the browser
    was missing: only the log tells.
    """
    results = [tuple(map(int, match)) for match in _RESULT.findall(log)]
    failed = sum(f + e for f, e, _total in results)
    total = sum(total for _f, _e, total in results)
    skips = [
        (name, reason)
        for name, reason in _SKIPPED.findall(log)
        if name not in expected_skips
    ]
    ran = total - len(skips)
    result = Result(max(ran - failed, 0), failed)
    result.tests = stage_times.odoo_tests(log)
    if not results:
        result.problems.append("no result line: the run died")
    elif ran < minimum:
        result.problems.append(f"only {ran} tests ran, at least {minimum} expected")
    if "invalid module names, ignored" in log:
        result.problems.append("a module name was ignored")
    result.problems += [f"skipped: {name}: {reason}" for name, reason in skips]
    problems = suitelib.log_problems(log)
    if failed:
        result.problems += [f"failed: {name}" for name in _FAILED.findall(log)]
    else:
        result.problems += problems[:10]
        if code and not problems:
            result.problems.append(f"exit code {code}")
    return result


def find_tests(addon, word="", tag=""):
    """(class, method) of each Odoo test of an addon.

    :param word: in the names of file, class or method
    :param tag: of the class, as its ``@tagged(...)`` says
    """
    word = word.lower()
    for path in sorted((ADDONS_DIR / addon / "tests").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or tag and tag not in get_tags(node):
                continue
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name.startswith("test"):
                    text = f"{path.stem} {node.name} {item.name}".lower()
                    if word in text:
                        yield node.name, item.name


def get_tags(node):
    """The words in a class's own ``@tagged(...)``."""
    return {
        argument.value
        for call in node.decorator_list
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "tagged"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }


def test_tags(context, addons=None):
    """--test-tags for the chosen addons and word, and how many tests that must be.

    Where each addon's tests run alone as well, those with other addons and demo data
    are the classes tagged `MEETS_OTHERS`, of an addon that has any (a bridge's tests
    are all about others), and these do not run alone. Those that are `COVERED` as well
    run where addons are chosen. ``./test --all`` runs all of them both ways.

    :param addons: of these only
    """
    tags, count = [], 0
    leaves_out = context.once and not context.chosen
    for addon in context.addons if addons is None else addons:
        tests = list(find_tests(addon, context.word))
        chosen = context.once and list(find_tests(addon, tag=MEETS_OTHERS))
        covered = leaves_out and list(find_tests(addon, tag=COVERED))
        count += len(chosen or tests) - len(covered or ())
        if context.word:
            tags += [f"/{addon}:{cls}.{method}" for cls, method in tests]
        elif tests:
            tags.append(f"{MEETS_OTHERS}/{addon}" if chosen else f"/{addon}")
            if covered:
                tags.append(f"-{COVERED}/{addon}")
    return ",".join(tags), count


def starts_browser(addon, classes=None):
    """Whether a test of an addon drives a browser.

    :param classes: of these tests, and of what they share; None for all
    """
    for path in (ADDONS_DIR / addon / "tests").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if _BROWSER.search(text):
            found = set(_CLASS.findall(text)) if path.stem.startswith("test_") else ()
            if classes is None or not found or found & set(classes):
                return True
    return False


def odoo_tests(database, tags, log_name, *args, program=LAZY, environment=()):
    port = subprocess.run(
        [sys.executable, SOURCE / "scripts" / "free_port.py", "0"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return suitelib.run_odoo(
        [
            *("-d", database, "--test-tags", tags, "--stop-after-init"),
            *("--http-port", port, "--max-cron-threads", "0"),
            # seconds and queries of each test, for `stage_times`
            *("--log-handler", "odoo.tests.stats:DEBUG"),
            *args,
        ],
        log_name,
        suitelib.ModuleProgress(),
        program=program,
        environment=environment,
    )


def together_stages(context):
    """(name, stage) of the tests with every addon installed and demo data. Where an
    addon runs all of its tests, the addon with most of them has a stage of its own:
    nothing else takes as long."""
    name = "Odoo tests, all addons, demo data"
    most = max(context.addons, key=lambda addon: len(list(find_tests(addon))))
    others = [addon for addon in context.addons if addon != most]
    if context.once or context.word or not others:
        yield name, together_stage("together", context.addons)
    else:
        yield f"{name}: {most}", together_stage("together", [most])
        yield f"{name}: the others", together_stage("together_others", others)


def together_stage(log_name, addons):
    """The chosen tests of ``addons`` with every addon installed and demo data."""

    def stage(context):
        tags, count = test_tags(context, addons)
        if not tags:
            return Result(problems=[f"no Odoo test matches '{context.word}'"])
        database = f"suite_{log_name}"
        suitelib.clone_database(templates.ALL, database)
        code, log = odoo_tests(database, tags, log_name, environment=context.again)
        result = judge_odoo_log(code, log, count)
        context.discard(database, result)
        return result

    return stage


def stage_life_cycle(context):
    """All addons, installed with demo data, are updated; then each is uninstalled from
    a copy, some together, whatever depends on it goes with it, and nothing stays
    behind."""
    # the tests' own way to start Odoo once for all copies
    os.environ["SUITE_SOURCE"] = str(SOURCE)
    sys.path.insert(0, str(SOURCE))
    from tests import mother

    result = Result()
    updated = "suite_life"
    suitelib.clone_database(templates.ALL, updated)
    names = ",".join(suitelib.manifests())
    suitelib.install(
        updated, [], "life-update", extra=["-u", names], program=suitelib.COPY
    )
    suitelib.psql(_INDEXES.read_text(encoding="utf-8"), updated)
    try:
        for group in uninstalled_together(context.addons, context.all):
            database = f"suite_life_{group[0]}"
            suitelib.clone_database(updated, database)
            result.problems += uninstall(mother.mother_of(updated), database, group)
            result.passed += len(group)
            context.discard(database, result)
    finally:
        mother.part_from(updated)
    context.discard(updated, result)
    result.failed = len(result.problems)
    return result


def uninstalled_together(addons, one_by_one=False):
    """Lists of addons that are uninstalled from one copy: what nothing of ours needs,
    then what only such addons need. The others, which take half of the suite along,
    each from a copy of its own."""
    depths = _get_depths(suitelib.manifests())
    groups = {}
    for addon in addons:
        key = addon if one_by_one or depths[addon] > 1 else depths[addon]
        groups.setdefault(key, []).append(addon)
    return list(groups.values())


def _get_depths(known):
    """{addon: how many storeys of ours stand on it}; no two of the same depth need each
    other."""
    depths = dict.fromkeys(known, 0)
    for addon in reversed(known):
        for name in known[addon]["depends"]:
            if name in depths:
                depths[name] = max(depths[name], depths[addon] + 1)
    return depths


_INDEXES = SOURCE / "scripts" / "reference_indexes.sql"
_UNINSTALL = """
modules = env["ir.module.module"].search([("name", "in", {addons!r})])
assert len(modules) == {number}, modules
modules.button_immediate_uninstall()
"""


def uninstall(mother, database, addons):
    """Uninstall ``addons``; what is left of each, as problems."""
    log_path = suitelib.LOG_DIR / f"life-{addons[0]}-uninstall.log"
    with tempfile.TemporaryFile("w+") as script, log_path.open("w") as log:
        script.write(_UNINSTALL.format(addons=addons, number=len(addons)))
        script.seek(0)
        code = mother.fork(database, "shell", [], (script, log, log)).wait(900)
    log = log_path.read_text(encoding="utf-8")
    problems = suitelib.log_problems(log)
    if code:
        names = ", ".join(addons)
        problems.append(f"uninstalling {names}: exit code {code}\n{log[-1500:]}")
    for addon in addons:
        problems += find_remains(database, addon)
    return problems


def find_remains(database, addon):
    """What an uninstallation has left of ``addon``, as problems."""
    left = suitelib.psql(
        f"""SELECT string_agg(model || ' ' || name, ', ') FROM ir_model_data
            WHERE module = '{addon}'""",
        database,
    )
    state = suitelib.psql(
        f"SELECT state FROM ir_module_module WHERE name = '{addon}'", database
    )
    if left or state != "uninstalled":
        return [f"{addon} is {state}, left behind: {left[:500]}"]
    return []


def stage_translations(context):
    """The .pot is what the addon's texts give; vi and zh_CN leave none out.

    Nor of the texts that OCA's addons bring along.
    """
    result = Result()
    result.problems += [
        f"nobody carries the texts of {module}: add it to CARRIERS in i18n_borrowed.py"
        for module in i18n_borrowed.without_carrier()
    ]
    # a copy: nobody can copy a database that somebody reads
    database = "suite_translations"
    suitelib.clone_database(templates.ALL, database)
    borrowed = i18n_borrowed.carried(context.addons)
    pots = i18n.export(database, [*context.addons, *borrowed])
    for addon in context.addons:
        problems = i18n.check(addon, pots[addon]) + i18n_borrowed.check(addon, pots)
        result.problems += problems
        result.passed += not problems
    result.failed = len(result.problems)
    context.discard(database, result)
    return result
