"""What the tests that span addons stand on: databases, servers, sessions.

Nothing here is mocked. A `Database` is a clone of a template that `./test` built, a
`Server` is a real Odoo process group on free ports, a `Session` speaks to it as the
web client does. All of it works from the environment that `scripts/setup.sh` wrote
(``SUITE_PREFIX``, ``SUITE_SOURCE`` and PostgreSQL's own ``PG*`` variables).
"""

import contextlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg2
import requests

PREFIX = Path(os.environ["SUITE_PREFIX"])
SOURCE = Path(os.environ["SUITE_SOURCE"])
#: databases that `./test` prepares: only the dependencies / everything we have
TEMPLATE_BASE = os.environ.get("SUITE_TEMPLATE_BASE", "suite_base")
TEMPLATE_ALL = os.environ.get("SUITE_TEMPLATE_ALL", "suite_all")
#: how often a race is run, each time with other random numbers; more with --all
SEEDS = int(os.environ.get("SUITE_SEEDS", "3"))
#: where PostgreSQL puts copies: in memory while ./test runs, see scripts/pg_memory.py
TABLESPACE = os.environ.get("SUITE_TABLESPACE")
#: the same for CREATE DATABASE: there files are copied as they are, not logged by pages
IN_MEMORY = f' STRATEGY file_copy TABLESPACE "{TABLESPACE}"' if TABLESPACE else ""
DATA_DIR = PREFIX / "data"
LOG_DIR = PREFIX / "log"

#: below those that Linux gives to outgoing connections
PORTS = range(20000, 32000)

_sequence = itertools.count(1)
_claims = []


def free_port():
    """A TCP port on loopback that nobody listens on right now.

    Between asking and listening lie seconds, and a server that was killed listens on it
    again: it is none that Linux gives to outgoing connections, and nobody else who asks
    here, in whichever process, gets it before this process has ended.
    """
    while True:
        port = random.SystemRandom().choice(PORTS)
        claim = socket.socket(socket.AF_UNIX)
        try:
            # a name in the kernel's memory: gone with the process, however it ends
            claim.bind(f"\0suite-port-{port}")
            with socket.socket() as sock:
                sock.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port


def cpu_seconds(pid):
    """What a process has worked so far; 0 for one that is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until(condition, timeout=60, interval=0.1, what="condition"):
    """Poll ``condition`` until it is true; its value is returned.

    :raises TimeoutError: after ``timeout`` seconds
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not true after {timeout} s")
        time.sleep(interval)


def _connect(dbname):
    connection = psycopg2.connect(dbname=dbname)
    connection.autocommit = True
    return connection


class Database:
    """A private copy of a template database, with its filestore; dropped at the end."""

    def __init__(self, template=TEMPLATE_ALL, name=None):
        self.name = name or f"t_{os.getpid()}_{next(_sequence)}_{uuid.uuid4().hex[:6]}"
        self.template = template
        self._mother = None
        with contextlib.closing(_connect("postgres")) as connection:
            with connection.cursor() as cr:
                cr.execute(
                    f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"{IN_MEMORY}'
                )
        source = DATA_DIR / "filestore" / template
        if source.is_dir():
            # Odoo never rewrites a file of the filestore: hard links are safe
            shutil.copytree(
                source, DATA_DIR / "filestore" / self.name, copy_function=os.link
            )

    @classmethod
    def existing(cls, name):
        """A database that something else made, or will make: nothing is created."""
        database = cls.__new__(cls)
        database.name, database.template = name, None
        database._mother = None
        return database

    def copy(self):
        """Another one like this, to which nobody may be connected now."""
        twin = Database(self.name)
        twin.template = self.template
        return twin

    @property
    def mother(self):
        """What quickly makes processes of Odoo for this database; see `Mother`."""
        from .mother import Mother, mother_of

        if self.template:
            return mother_of(self.template)
        if self._mother is None:
            self._mother = Mother(self.name)
        return self._mother

    def fork(self, command, values, stdin, stdout, stderr):
        """Begin a process of Odoo for this database; see `Mother.fork`."""
        return self.mother.fork(self.name, command, values, (stdin, stdout, stderr))

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.drop()

    def sql(self, query, params=None):
        """Run one statement in a transaction of its own; rows, or [] for none."""
        with contextlib.closing(_connect(self.name)) as connection:
            with connection.cursor() as cr:
                cr.execute(query, params)
                return cr.fetchall() if cr.description else []

    def drop(self):
        if self._mother:
            self._mother.close()
            self._mother = None
        with contextlib.closing(_connect("postgres")) as connection:
            with connection.cursor() as cr:
                cr.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        shutil.rmtree(DATA_DIR / "filestore" / self.name, ignore_errors=True)


def write_config(path, **options):
    """An odoo.conf for a private server; ``options`` override the defaults below."""
    values = {
        "addons_path": str(SOURCE / "addons"),
        "data_dir": str(DATA_DIR),
        "http_interface": "127.0.0.1",
        "server_wide_modules": "base,web,rpc,queue_job",
        "max_cron_threads": 0,
        "screenshots": str(LOG_DIR / "screenshots"),
        "log_handler": ":INFO,werkzeug:WARNING",
        "list_db": "False",
        **options,
    }
    lines = ["[options]", *(f"{key} = {value}" for key, value in values.items())]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Server:
    """A running Odoo. ``workers=0`` is one threaded process, otherwise prefork.

    With prefork the websocket listens on ``gevent_port``; threaded serves it on
    ``port`` itself. ``jobs=True`` lets queue_job's runner work in this server.
    With ``env`` it is started anew: Odoo reads some variables when it is imported.
    """

    def __init__(self, database, workers=0, jobs=False, env=None, **options):
        self.database = database if isinstance(database, str) else database.name
        can_fork = not env and getattr(database, "template", None)
        self._fork = database.fork if can_fork else None
        self.port = free_port()
        self.gevent_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        name = f"server-{self.database}-{self.port}"
        self.log_path = LOG_DIR / f"{name}.log"
        self.config_path = write_config(
            PREFIX / f"{name}.conf",
            http_port=self.port,
            gevent_port=self.gevent_port,
            workers=workers,
            db_name=self.database,
            dbfilter=f"^{re.escape(self.database)}$",
            **options,
        )
        self._env = {
            "ODOO_QUEUE_JOB_CHANNELS": "root:2" if jobs else "root:0",
            "ODOO_QUEUE_JOB_PORT": str(self.port),
            **(env or {}),
        }
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()

    def start(self, timeout=120):
        with self.log_path.open("ab") as log, open(os.devnull) as nothing:
            if self._fork:
                values = [str(self.config_path), self._env]
                self._process = self._fork("server", values, nothing, log, log)
            else:
                self._process = subprocess.Popen(
                    ["odoo", "-c", str(self.config_path)],
                    stdin=nothing,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self._env},
                    start_new_session=True,
                )
        wait_until(self._is_up, timeout, 0.2, f"Odoo on {self.url}")
        return self

    def _is_up(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"Odoo ended at its start:\n{self.log()[-3000:]}")
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/web/health", timeout=5).ok

    def has_ended(self):
        """Whether it was started and its first process is gone."""
        return self._process is not None and self._process.poll() is not None

    def start_again(self):
        """Start it after it ended; what is left of it is killed, as in a container."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self.start()

    def stop(self, timeout=30):
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
        self.config_path.unlink(missing_ok=True)

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def log_problems(self, ignore=()):
        """Log lines of level WARNING and above that no pattern of ``ignore`` meets."""
        problem = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ", re.M)
        return [
            line
            for line in self.log().splitlines()
            if problem.match(line) and not any(re.search(p, line) for p in ignore)
        ]

    def session(self, login="admin", password="admin"):
        return Session(self.url, self.database, login, password)


class RpcError(Exception):
    """What the server answered instead of a result: ``name``, ``message``."""

    def __init__(self, error):
        data = error.get("data") or {}
        self.name = data.get("name")
        self.message = data.get("message") or error.get("message")
        self.debug = data.get("debug")
        super().__init__(f"{self.name}: {self.message}")


class Session:
    """A logged-in browser session, spoken to over the web client's own routes."""

    def __init__(self, url, database, login="admin", password="admin"):
        self.url = url
        self.http = requests.Session()
        self.info = self.rpc(
            "/web/session/authenticate",
            db=database,
            login=login,
            password=password,
        )
        self.uid = self.info["uid"]

    def rpc(self, route, **params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        response = self.http.post(self.url + route, json=body, timeout=300)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def button(self, model, method, ids, **context):
        """Press a form's or list's button: the route the web client uses."""
        return self.rpc(
            f"/web/dataset/call_button/{model}/{method}",
            model=model,
            method=method,
            args=[list(ids)],
            kwargs={"context": context},
        )


def run_odoo_shell(database, code, timeout=600, **options):
    """Run Python ``code`` (``env`` is there) in `odoo shell`; its last line of output
    that is JSON is returned decoded.

    :raises RuntimeError: when the shell ends with an error
    """
    if options or isinstance(database, str) or not database.template:
        code, output, errors = _start_odoo_shell(database, code, timeout, options)
    else:
        code, output, errors = _fork_odoo_shell(database, code, timeout)
    if code or "Traceback (most recent call last)" in errors:
        raise RuntimeError(errors[-4000:] + output[-2000:])
    for line in reversed(output.splitlines()):
        with contextlib.suppress(ValueError):
            return json.loads(line)
    return None


def _start_odoo_shell(database, code, timeout, options):
    name = database if isinstance(database, str) else database.name
    config = write_config(PREFIX / f"shell-{uuid.uuid4().hex[:8]}.conf", **options)
    try:
        done = subprocess.run(
            ["odoo", "shell", "-c", str(config), "-d", name, "--no-http"],
            input=code,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:0"},
            check=False,
        )
    finally:
        Path(config).unlink(missing_ok=True)
    return done.returncode, done.stdout, done.stderr


def _fork_odoo_shell(database, code, timeout):
    with contextlib.ExitStack() as stack:
        script, output, errors = (
            stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
            for _file in range(3)
        )
        script.write(code)
        script.seek(0)
        child = database.fork("shell", [], script, output, errors)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        output.seek(0)
        errors.seek(0)
        return code, output.read(), errors.read()
