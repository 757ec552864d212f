"""Processes of Odoo that start in a moment: forks of one that has loaded the registry.

Starting Odoo and loading the registry of all addons takes 3.5 s of CPU. `Mother` does
it once for a template; her children begin where she ended, as the workers of Odoo's own
prefork server do, each on a copy of the template: a shell, a worker of a race, a
program, a whole server. Each has connections, random numbers and a log of its own, and
reads the registry anew if something was installed in its database meanwhile.

Over a socket come ``[command, values]`` and the file descriptors that the child gets as
its stdin, stdout and stderr; the answer is the child's process id, or its exit code.
"""

import atexit
import contextlib
import gc
import importlib
import json
import logging
import os
import random
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import uuid

from . import harness

#: seconds for loading a registry on a busy machine
START = 300
#: {child: exit code}
_ended = {}
#: {template: (its `Mother`, the copy that she reads)}
_mothers = {}


def mother_of(template):
    """The mother of processes for copies of ``template``.

    She reads a copy of her own, which nobody changes: who works with a copy that was
    changed then sees it by the counters of Odoo's own signals.
    """
    if template not in _mothers:
        pattern = harness.Database(template)
        _mothers[template] = Mother(pattern.name), pattern
    return _mothers[template][0]


def part_from(template):
    """No more children of this kind are needed."""
    if template in _mothers:
        mother, pattern = _mothers.pop(template)
        mother.close()
        pattern.drop()


@atexit.register
def _part_from_all():
    for template in list(_mothers):
        part_from(template)


class Child:
    """A process that a mother has borne; to be handled as a ``Popen``."""

    def __init__(self, mother, pid):
        self._mother, self.pid = mother, pid

    def poll(self):
        """Its exit code, None while it runs."""
        return self._mother.poll(self.pid)

    def wait(self, timeout=None):
        """Its exit code.

        :raises subprocess.TimeoutExpired: after ``timeout`` seconds
        """
        deadline = timeout and time.monotonic() + timeout
        pause = 0.005
        while (code := self.poll()) is None:
            if deadline and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"child {self.pid}", timeout)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)
        return code

    def kill(self):
        """End it and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Mother:
    """The process whose children work on one database and on its like."""

    def __init__(self, database_name):
        self._config = harness.PREFIX / f"mother-{uuid.uuid4().hex[:8]}.conf"
        harness.write_config(self._config)
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        self._log = harness.LOG_DIR / f"mother-{database_name}.log"
        with theirs, self._log.open("w") as log:
            command = [sys.executable, "-m", __name__, self._config, database_name]
            self._process = subprocess.Popen(
                [*map(str, command), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=harness.SOURCE,
                env={**os.environ, "ODOO_QUEUE_JOB_CHANNELS": "root:0"},
            )
        self._socket.settimeout(START)

    def _ask(self, command, values, files=()):
        with self._lock:
            request = json.dumps([command, values]).encode()
            header = len(request).to_bytes(4, "big")
            socket.send_fds(self._socket, [header], files)
            self._socket.sendall(request)
            answer = self._socket.recv(100)
        if not answer:
            raise RuntimeError(f"no mother any more:\n{self._log.read_text()[-3000:]}")
        return json.loads(answer)

    def fork(self, database_name, command, values, files):
        """Begin a child on a database like hers.

        :param command: ``shell``, ``worker``, ``program`` or ``server``
        :param files: its stdin, stdout and stderr
        :return: a `Child`
        """
        numbers = [file.fileno() for file in files]
        return Child(self, self._ask(command, [database_name, values], numbers))

    def poll(self, pid):
        """The exit code of a child, None while it runs."""
        return self._ask("poll", [pid])

    def close(self):
        self._socket.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._config.unlink(missing_ok=True)


def run_shell(registry, _values):
    """What `odoo shell` does with a script on its stdin."""
    from odoo import SUPERUSER_ID, api

    code = open(0, encoding="utf-8", closefd=False).read()
    threading.current_thread().dbname = registry.db_name
    with registry.cursor() as cr:
        user_context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        env = api.Environment(cr, SUPERUSER_ID, user_context)
        cr.rollback()
        exec(code, {"env": env, "self": env.user, "__name__": "__main__"})
        cr.rollback()


def run_worker(registry, values):
    """What `worker.main` does; see there."""
    from .worker import BaseWorker, serve

    module, log_path = values
    handler = logging.FileHandler(log_path)
    root = logging.getLogger()
    handler.setFormatter(root.handlers[0].formatter)
    root.handlers[:] = [handler]
    functions = vars(importlib.import_module(module))
    serve(functions.get("Worker", BaseWorker)(registry, functions))


def run_program(_registry, values):
    """What ``python FILE ARGUMENT...`` does, with the registry that is there."""
    sys.argv = values
    sys.path.insert(0, os.path.dirname(values[0]))
    runpy.run_path(values[0], run_name="__main__")


def run_server(_registry, values):
    """What ``odoo -c CONFIG`` does, with the registry that is there already."""
    from odoo.service import server
    from odoo.tools import config

    config_path, environment = values
    os.environ.update(environment)
    # the process for live notifications is started by this name and these arguments
    sys.argv = [shutil.which("odoo"), "-c", config_path]
    config.parse_config(["-c", config_path], setup_logging=False)
    sys.exit(server.start())


def adopt(registry, database_name):
    """The registry of a database becomes that of another one like it."""
    from odoo.modules.registry import Registry
    from odoo.sql_db import db_connect
    from odoo.tools import config

    # Odoo's own test classes take it from here
    config["db_name"] = [database_name]
    if registry.db_name != database_name:
        del Registry.registries[registry.db_name]
        registry.db_name = database_name
        registry._db = db_connect(database_name)
        Registry.registries[database_name] = registry
    return registry.check_signaling()


def bear(run, registry, database_name, values, files):
    """Fork; the child runs, and never comes back."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        sys.stdin = open(0, encoding="utf-8", closefd=False)
        random.seed()
        run(adopt(registry, database_name), values)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(bool(error.code))
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def poll(pid):
    """The exit code of a child, as often as somebody asks; None while it runs."""
    if pid not in _ended:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            return None
        _ended[pid] = os.waitstatus_to_exitcode(status)
    return _ended[pid]


def read_request(line):
    """(command, values, files) or None at the end."""
    header, files, _flags, _address = socket.recv_fds(line, 4, 3)
    if not header:
        return None
    left, parts = int.from_bytes(header, "big"), []
    while left:
        parts.append(line.recv(left))
        left -= len(parts[-1])
    return *json.loads(b"".join(parts)), files


def warm(registry):
    """Compute what every server would for its first page: routes, pages, groups."""
    from werkzeug.test import Client

    import odoo.http

    Client(odoo.http.root).get("/web/login").close()
    for name in ("dbname", "uid"):
        vars(threading.current_thread()).pop(name, None)
    # what this database says of itself, another may say otherwise
    for name, cache in registry._Registry__caches.items():
        if name not in ("groups", "routing", "templates"):
            cache.clear()


def load(config_path, database_name):
    """All that a child needs not do; the registry."""
    import odoo.cli  # noqa: F401  the command line's own start-up: paths, time zone
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(["-c", config_path, "-d", database_name], setup_logging=True)
    server.load_server_wide_modules()
    registry = Registry(database_name)
    # a log-in would be a third of a second of CPU; servers started anew still take it
    importlib.import_module("odoo.addons.base.models.res_users").MIN_ROUNDS = 1000
    # each installation and uninstallation would read a thousand manifests, twice, that
    # the template has read; nobody adds a module under a child
    for definition in registry["ir.module.module"].mro():
        if "update_list" in vars(definition):
            definition.update_list = lambda modules: [0, 0]
    warm(registry)
    # the children share this memory, and their collector need not look through it
    gc.collect()
    gc.freeze()
    return registry


def main():
    """Serve ``python -m tests.mother CONFIG DATABASE SOCKET`` until it is closed."""
    config_path, name, number = sys.argv[1:]
    registry = load(config_path, name)
    from odoo.sql_db import close_all

    line = socket.socket(fileno=int(number))
    runs = {
        "shell": run_shell,
        "worker": run_worker,
        "program": run_program,
        "server": run_server,
    }
    while request := read_request(line):
        command, values, files = request
        if command == "poll":
            answer = poll(*values)
        else:
            # no connection may have two owners
            close_all()
            answer = bear(runs[command], registry, *values, files)
            for file in files:
                os.close(file)
        line.sendall(json.dumps(answer).encode())
    # taking a registry apart would take a second
    os._exit(0)


if __name__ == "__main__":
    main()
