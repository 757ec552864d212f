"""One process with a registry of its own that does measured work, driven over stdin.

    python -m tests.benchmarks.worker CONFIG DATABASE

One JSON list ``["module.function", arguments]`` a line comes in (modules of ``work``),
one JSON object a line goes out: ``{"result": value, "steps": {step: {sql, cpu, wall,
times}}}``.

CPU is that of this process and of its own PostgreSQL backend, so that other work on the
machine counts as little as it can.
"""

import contextlib
import importlib
import json
import sys
import time

import odoo.cli  # noqa: F401  the command line's own start-up: paths, time zone
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from ..harness import cpu_seconds


class Bench:
    """What a workload is given: transactions, and a meter for the steps that count."""

    def __init__(self, database):
        self.registry = Registry(database)
        self.steps = {}

    @contextlib.contextmanager
    def begin(self):
        """A transaction of the administrator with empty caches, as a request has it."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            admin = env.ref("base.user_admin")
            env = env(
                user=admin,
                context={
                    "lang": "en_US",
                    "allowed_company_ids": admin.company_id.ids,
                },
            )
            env.transaction.default_env = env
            yield env
            env.flush_all()

    @contextlib.contextmanager
    def measure(self, env, step, times=1):
        """Count what happens inside, and what it leaves to be written before a commit.

        :param times: how many orders that is, for figures of one
        """
        pid = env.cr._cnx.info.backend_pid
        env.cr.flush()
        before = (
            env.cr.sql_log_count,
            time.process_time() + cpu_seconds(pid),
            time.perf_counter(),
        )
        yield
        env.cr.flush()
        after = (
            env.cr.sql_log_count,
            time.process_time() + cpu_seconds(pid),
            time.perf_counter(),
        )
        total = self.steps.setdefault(
            step, {"sql": 0, "cpu": 0.0, "wall": 0.0, "times": 0}
        )
        for name, start, end in zip(("sql", "cpu", "wall"), before, after, strict=True):
            total[name] += end - start
        total["times"] += times


def main(config_path, database):
    config.parse_config(["-c", config_path, "-d", database, "--no-http"])
    bench = Bench(database)
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing else may print there
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        name, kwargs = json.loads(line)
        bench.steps = {}
        module, function = name.split(".")
        work = importlib.import_module(f"{__package__}.work.{module}")
        result = getattr(work, function)(bench, **kwargs)
        answer = {"result": result, "steps": bench.steps}
        print(json.dumps(answer, default=float), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
