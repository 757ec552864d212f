"""Odoo with a PostgreSQL of its own, connected to simulated shops."""

import json
import os
import signal
import subprocess
import threading

import psutil

from .. import harness
from ..deployment.cluster import Cluster
from .shops import PRICE, STOCK

_SETUP = """
import json
spec = json.loads({spec!r})
env['ir.config_parameter'].set_param('web.base.url', spec['url'])
env['ir.config_parameter'].set_param('web.base.url.freeze', 'True')
env['ir.config_parameter'].set_param(
    'stock_sync.database', env['sale.channel']._get_database_mark())
company = env.company
currency = env['res.currency'].with_context(active_test=False).search(
    [('name', '=', 'VND')])
currency.active = True
warehouse = env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1)
for sku, units in spec['stock'].items():
    product = env['product.product'].create(dict(
        name=sku, default_code=sku, is_storable=True, list_price=spec['price'],
        taxes_id=[(5,)]))
    env['stock.quant']._update_available_quantity(
        product, warehouse.lot_stock_id, units)
answer = dict()
for side in spec['sides']:
    channel = env['sale.channel'].create(dict(
        name=side['name'], company_id=company.id, channel_type=side['kind'],
        sync_base_url=side['url'], sync_shop_ref=side['shop_ref'],
        sync_allow_private=True, warehouse_id=warehouse.id,
        approval_mode='none', auto_confirm=True, stock_is_published=True,
        stock_brake_zero=0, stock_brake_units=0))
    account = channel.sudo()._get_account()
    account.sudo().write(dict(side['account'], state='ok'))
    channel.sudo().write(dict(sync_state='connected',
        sync_connected_at=spec['now']))
    answer[side['name']] = [channel.id, channel.sudo()._get_webhook_url()]
env.company.channel_last_units = 0
env.cr.commit()
for channel_id, _url in answer.values():
    env['sale.channel'].browse(channel_id)._fetch_listings()
env.cr.commit()
print(json.dumps(answer))
"""

_AVAILABLE = """
import json
products = env['product.product'].search([('default_code', 'like', 'STORM-%')])
warehouses = env['stock.warehouse'].search([('company_id', '=', env.company.id)])
left = products._get_available_to_promise(warehouses)
print(json.dumps(dict((p.default_code, left[p.id]) for p in products)))
"""


class World:
    """The cluster, the server, the shops; ``kill`` and ``restart`` for the storm."""

    def __init__(self, directory, sides, workers=3):
        self.directory, self.sides, self.workers = directory, sides, workers
        self.cluster = Cluster(directory, "cluster")
        self.name = f"chaos_{os.getpid()}"
        self.database = harness.Database.existing(self.name)
        self.server = None
        self._keeper, self._over = None, threading.Event()
        #: how often Odoo ended and was started again; why the last poke failed
        self.starts, self.poke_error = 0, None

    def start(self, monkeypatch):
        """Copy the suite into the cluster, start Odoo on it, connect the shops."""
        self._start_cluster()
        monkeypatch.setenv("PGHOST", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(self.cluster.port))
        source = harness.DATA_DIR / "filestore" / harness.TEMPLATE_ALL
        target = harness.DATA_DIR / "filestore" / self.name
        if source.is_dir():
            harness.shutil.copytree(source, target, copy_function=os.link)
        self.server = harness.Server(
            self.name, self.workers, jobs=True, max_cron_threads=1
        )
        for side in self.sides:
            side.simulator.__enter__()
        self._connect()
        self.server.start()
        self._keeper = threading.Thread(target=self._keep_up, daemon=True)
        self._keeper.start()

    def stop(self):
        """End everything."""
        self._over.set()
        if self._keeper:
            self._keeper.join()
        if self.server:
            self.server.stop()
        for side in self.sides:
            side.simulator.__exit__()
        self.cluster.stop()
        harness.shutil.rmtree(
            harness.DATA_DIR / "filestore" / self.name, ignore_errors=True
        )

    def _start_cluster(self):
        cluster = self.cluster
        password = self.directory / "password"
        password.write_text(os.environ["PGPASSWORD"])
        subprocess.run(
            [
                *("initdb", "-D", cluster.data, "-U", os.environ["PGUSER"]),
                *("--no-sync", f"--pwfile={password}", "-A", "scram-sha-256"),
                *("-E", "UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            capture_output=True,
        )
        self.run_cluster()
        # before the cluster's port is everybody's
        dump = ["pg_dump", "-Fc", "-Z0", harness.TEMPLATE_ALL]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
            cluster.sql("postgres", f'CREATE DATABASE "{self.name}"')
            restore = ["pg_restore", "-d", self.name, *cluster.address]
            subprocess.run([*restore, "--no-owner"], stdin=source.stdout, check=True)

    def run_cluster(self):
        """Start PostgreSQL. What was committed outlives its processes, not the
        machine: that is all a kill needs."""
        self.cluster.run(
            [
                *("postgres", "-D", str(self.cluster.data), *self.cluster.flags),
                *("-c", "fsync=off", "-c", "max_connections=80"),
            ]
        )

    def _connect(self):
        spec = {
            "url": self.server.url,
            "stock": STOCK,
            "price": PRICE,
            "now": harness.time.strftime("%Y-%m-%d %H:%M:%S", harness.time.gmtime()),
            "sides": [
                {
                    "name": side.name,
                    "kind": side.kind,
                    "url": side.simulator.url,
                    **side.settings(),
                }
                for side in self.sides
            ],
        }
        made = harness.run_odoo_shell(self.name, _SETUP.format(spec=json.dumps(spec)))
        for side in self.sides:
            side.channel_id, side.hook = made[side.name]

    def _keep_up(self):
        """What ``restart: unless-stopped`` in docker-compose.yml does.

        Odoo's first process looks at the database before it replaces a worker, and
        ends when PostgreSQL is away in that moment; its container with it.
        """
        while not self._over.wait(0.2):
            if not self.server.has_ended():
                continue
            self.starts += 1
            with harness.contextlib.suppress(RuntimeError, TimeoutError):
                self.server.start_again()

    def describe_server(self):
        """Whether Odoo runs, how often it was started again, how poking goes."""
        state = "has ended" if self.server.has_ended() else "runs"
        return f"{state}, started again {self.starts} times; poke: {self.poke_error}"

    # --- what the storm does ---
    def kill_worker(self, rng):
        """SIGKILL one of the server's processes, whatever it is doing; whether there
        was one."""
        try:
            children = psutil.Process(self.server._process.pid).children()
            if children:
                rng.choice(children).kill()
        except psutil.NoSuchProcess:
            # it ended by itself meanwhile
            return False
        return bool(children)

    def restart_database(self, away=0.0):
        """End PostgreSQL at once, in the middle of everything, and start it again.

        :param away: seconds until it is started
        """
        self.cluster._process.send_signal(signal.SIGQUIT)
        self.cluster._process.wait(30)
        harness.time.sleep(away)
        self.run_cluster()

    # --- what is left ---
    def sql(self, query):
        """Rows of a statement."""
        return self.cluster.sql(self.name, query)

    def poke(self):
        """Let the crons run now instead of within a minute, if Odoo answers."""
        try:
            self._poke()
            self.poke_error = None
        except Exception as error:
            # a worker that was killed may need a moment to be there again
            self.poke_error = f"{type(error).__name__}: {error}"[:300]

    def _poke(self):
        session = self.server.session()
        crons = session.call(
            "ir.cron",
            "search",
            [("ir_actions_server_id.model_id.model", "in", _MODELS)],
        )
        for cron in crons:
            # one that is running already will do
            with harness.contextlib.suppress(harness.RpcError):
                session.call("ir.cron", "method_direct_trigger", [cron])

    def available(self):
        """What can be promised in Odoo: ``{SKU: units}``."""
        return harness.run_odoo_shell(self.name, _AVAILABLE)


_MODELS = [
    "sale.channel",
    "channel.order",
    "channel.intent",
    "channel.stock.dirty",
]
