"""Operating system processes with a registry of their own, driven line by line.

A module of workers defines plain functions ``(env, *arguments)`` and ends with::

    if __name__ == "__main__":
        main(Worker, globals())

`Process` starts such a module and calls its functions, each as one request would run
it: in a transaction of its own, retried by Odoo. Methods of `Worker` take part in more
than one transaction. Over stdin comes one JSON list ``[function, arguments]`` a line,
over stdout goes ``{"result": ...}`` or ``{"error": ...}``.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from functools import partial

from . import harness


class Process:
    """A worker module in an operating system process of its own."""

    def __init__(self, module, database):
        name = f"{module.rpartition('.')[2]}-{uuid.uuid4().hex[:8]}"
        self._log_path = harness.LOG_DIR / f"{name}.log"
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        self._in, self._out = os.fdopen(our_in), os.fdopen(our_out, "w")
        with (
            os.fdopen(their_in) as stdin,
            os.fdopen(their_out, "w") as stdout,
            self._log_path.open("a") as log,
        ):
            values = [module, str(self._log_path)]
            self._child = database.fork("worker", values, stdin, stdout, log)

    @property
    def pid(self):
        return self._child.pid

    def start(self, name, *args):
        self._out.write(json.dumps([name, args]) + "\n")
        self._out.flush()

    def result(self):
        line = self._in.readline()
        if not line:
            raise RuntimeError(f"the process ended:\n{self.log()[-3000:]}")
        answer = json.loads(line)
        assert "error" not in answer, answer
        return answer["result"]

    def call(self, name, *args):
        self.start(name, *args)
        return self.result()

    def log(self):
        if not self._log_path.exists():
            return ""
        return self._log_path.read_text(encoding="utf-8", errors="replace")

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self._out.close()
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._in.close()


def together(processes, name, *args, pause=0.5):
    """The same function in all processes at the same moment; their results.

    It is called with the moment, the process's number, and ``args``.
    """
    start_at = time.time() + pause
    for number, process in enumerate(processes):
        process.start(name, start_at, number, *args)
    return [process.result() for process in processes]


class BaseWorker:
    """The other end of `Process`; ``functions`` are those of the worker's module."""

    def __init__(self, registry, functions):
        self.registry = registry
        self.functions = functions

    def call(self, name, *args):
        """Run a function as one request would be: retried by Odoo."""
        from odoo import SUPERUSER_ID, api
        from odoo.service.model import retrying

        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env = env(user=env.ref("base.user_admin"))
            env.transaction.default_env = env
            return retrying(partial(self.functions[name], env, *args), env)

    @staticmethod
    def wait_for(moment):
        time.sleep(max(0, moment - time.time()))

    def answer(self, name, args):
        method = getattr(self, name, None) or partial(self.call, name)
        try:
            return {"result": method(*args)}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"}


def serve(worker):
    """Answer until stdin ends."""
    for line in sys.stdin:
        print(json.dumps(worker.answer(*json.loads(line))), flush=True)


def main(worker_class, functions):
    """Serve ``python -m MODULE CONFIG DATABASE``, for trying things by hand."""
    import odoo.cli  # noqa: F401  the command line's own start-up: paths, time zone
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config_path, database = sys.argv[1:]
    config.parse_config(["-c", config_path, "-d", database], setup_logging=True)
    serve(worker_class(Registry(database), functions))
