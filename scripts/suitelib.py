"""What ./run and ./test share: addons of this checkout, databases, Odoo's log."""

import ast
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
PREFIX = Path(os.environ["SUITE_HOME"])
ADDONS_DIR = SOURCE / "addons"
LOG_DIR = PREFIX / "log"
#: Odoo that knows what is not ours, as every copy of a template does
COPY = (sys.executable, SOURCE / "scripts" / "odoo_copy.py")
STAMP_DIR = PREFIX / "stamps"
DATA_DIR = PREFIX / "data"
START = time.monotonic()
_running = set()
_spent = threading.local()

#: name of a database, a module or a user is always ours, never somebody's input to SQL
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) ")
_LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


class SuiteError(Exception):
    """Something a person can act on; printed as one sentence, without a traceback."""


def say(text):
    print(f"[{time.monotonic() - START:4.0f}s] {text}", flush=True)


def manifests():
    """{addon: its manifest} of this checkout, dependencies before dependents."""
    found = {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(ADDONS_DIR.glob("*/__manifest__.py"))
    }
    ordered = {}

    def add(name):
        if name in found and name not in ordered:
            for dependency in found[name].get("depends", []):
                add(dependency)
            ordered[name] = found[name]

    for name in found:
        add(name)
    return ordered


def check_addons(names):
    """:raises SuiteError: when one of ``names`` is no addon of this checkout"""
    known = manifests()
    for name in names:
        if name not in known:
            raise SuiteError(f"no addon '{name}' here; there are: {', '.join(known)}")
    return list(names)


def outside_dependencies(names=None):
    """The modules that are not ours and that ``names`` (default: all) need."""
    known = manifests()
    todo, seen = list(names or known), set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += known.get(name, {}).get("depends", [])
    return sorted(seen - set(known))


def fingerprint(paths, *words):
    """A short hash of files (folders: all files in them) and words."""
    digest = hashlib.sha256(" ".join(words).encode())
    for path in paths:
        path = Path(path)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(SOURCE)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def setup_key():
    """What the installation itself was built from."""
    return " ".join(
        (STAMP_DIR / name).read_text().strip()
        for name in ("odoo", "venv")
        if (STAMP_DIR / name).exists()
    )


def psql(query, database="postgres"):
    done = subprocess.run(
        ["psql", "-XAtqv", "ON_ERROR_STOP=1", "-d", database, "-c", query],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SuiteError(f"PostgreSQL says: {done.stderr.strip()}")
    return done.stdout.strip()


def database_exists(name):
    return bool(psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop_database(name):
    psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(DATA_DIR / "filestore" / name, ignore_errors=True)
    (STAMP_DIR / f"db-{name}").unlink(missing_ok=True)


def clone_database(template, name, to_keep=False):
    """Make ``name`` a copy of ``template``.

    :param to_keep: on the disk, where other copies live in memory (`pg_memory`)
    """
    drop_database(name)
    space = not to_keep and os.environ.get("SUITE_TABLESPACE")
    # its files are copied, instead of each page through PostgreSQL's memory and log
    where = f' STRATEGY file_copy TABLESPACE "{space}"' if space else ""
    psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{where}')
    source = DATA_DIR / "filestore" / template
    if source.is_dir():
        # hard links: Odoo never rewrites a file of its filestore
        shutil.copytree(source, DATA_DIR / "filestore" / name, copy_function=os.link)


def stamp(name):
    path = STAMP_DIR / f"db-{name}"
    return path.read_text().strip() if path.exists() else None


def set_stamp(name, key):
    (STAMP_DIR / f"db-{name}").write_text(key + "\n")


def write_config(path, **options):
    values = {
        "addons_path": ADDONS_DIR,
        "data_dir": DATA_DIR,
        "http_interface": "127.0.0.1",
        "server_wide_modules": "base,web,rpc,queue_job",
        # the default is one folder for all users of the machine
        "screenshots": LOG_DIR / "screenshots",
        **options,
    }
    lines = ["[options]", *(f"{key} = {value}" for key, value in values.items())]
    # in one step: another lane may be reading it
    fresh = Path(f"{path}.{threading.get_ident()}")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def run_odoo(
    args,
    log_name,
    progress=None,
    config=None,
    script="",
    program=("odoo",),
    environment=(),
):
    """Run `odoo` to its end; its whole log as text.

    :param progress: called with each line of the log
    :param script: what it reads from its standard input, for `odoo shell`
    :param program: what is run for `odoo`
    :param environment: variables besides ours
    :return: (exit code, log)
    """
    LOG_DIR.mkdir(exist_ok=True)
    log_path = LOG_DIR / f"{log_name}.log"
    config = config or write_config(PREFIX / "tool.conf", max_cron_threads=0)
    with log_path.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*map(str, program), *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env={
                **os.environ,
                "ODOO_RC": str(config),
                "ODOO_QUEUE_JOB_CHANNELS": "root:0",
                **dict(environment),
            },
        )
        _running.add(process)
        try:
            process.stdin.write(script)
            process.stdin.close()
            for line in process.stdout:
                log.write(line)
                if progress:
                    progress(line)
            code = wait_and_count(process)
        except BaseException:
            kill_running()
            raise
        finally:
            _running.discard(process)
    return code, log_path.read_text(encoding="utf-8")


def wait_and_count(process):
    """Wait for a process; what it and its children cost is added to `take_cpu` of this
    thread.

    :return: its exit code
    """
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    _spent.cpu = getattr(_spent, "cpu", 0) + usage.ru_utime + usage.ru_stime
    return process.returncode


def take_cpu():
    """CPU seconds that this thread's processes took since the last call."""
    spent, _spent.cpu = getattr(_spent, "cpu", 0), 0
    return spent


def kill_running():
    """End every `odoo` that `run_odoo` started, in whichever thread."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class ModuleProgress:
    """Prints "module i of n" from Odoo's log, on one line where a person looks."""

    def __init__(self):
        self._tty = sys.stdout.isatty()
        self._last = 0.0

    def __call__(self, line):
        match = _LOADING.search(line)
        if not match:
            return
        name, number, total = match.groups()
        now = time.monotonic()
        if self._tty:
            print(
                f"\r        module {number:>3} of {total}: {name:<40}",
                end="",
                flush=True,
            )
            if number == total:
                print()
        elif now - self._last > 10 or number == total:
            self._last = now
            say(f"module {number} of {total}: {name}")


def allowed_log_lines():
    """Patterns of log lines that are no problem, each with its reason, from a file."""
    text = (SOURCE / "scripts" / "log_allowed.txt").read_text(encoding="utf-8")
    return [
        re.compile(line)
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]


def log_problems(log, allowed=None):
    """The lines of an Odoo log at WARNING or above that nobody has explained."""
    allowed = allowed_log_lines() if allowed is None else allowed
    return [
        line
        for line in log.splitlines()
        if _LOG_LINE.match(line) and not any(p.search(line) for p in allowed)
    ]


def install(
    database,
    modules,
    log_name,
    demo=True,
    languages=(),
    extra=(),
    program=("odoo",),
):
    """Install ``modules`` into ``database`` (made if absent).

    :param program: `COPY` where only addons of ours may be new
    :raises SuiteError: when Odoo fails, ignores a module or logs a problem
    """
    args = ["-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
    if demo:
        args.append("--with-demo")
    if languages:
        args.append(f"--load-language={','.join(languages)}")
    code, log = run_odoo([*args, *extra], log_name, ModuleProgress(), program=program)
    problems = log_problems(log)
    if "invalid module names, ignored" in log:
        problems.insert(0, "a module name was ignored: it is in no addons path")
    if code or problems:
        shown = "\n  ".join(problems[:10]) or log[-1500:]
        raise SuiteError(
            f"installing {', '.join(modules)} went wrong (exit code {code}), "
            f"log in {LOG_DIR / log_name}.log:\n  {shown}"
        )
    return log
