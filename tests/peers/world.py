"""Odoo, connected to real shops as an administrator would connect them."""

import json
import queue
import random
import threading

import requests

from .. import harness
from .cpu_wait import CpuWait

#: units of each SKU that Odoo has at the start
UNITS = 60
_SETUP = """
import json
spec = json.loads({spec!r})
config = env['ir.config_parameter']
config.set_param('web.base.url', spec['url'])
config.set_param('web.base.url.freeze', 'True')
config.set_param('stock_sync.database', env['sale.channel']._get_database_mark())
company = env.company
company.channel_last_units = 0
for rate in (7, 9):
    env['account.tax'].create(dict(name='%s %% there' % rate, amount=rate))
warehouse = env['stock.warehouse'].search([('company_id', '=', company.id)], limit=1)
answer = dict(location=warehouse.lot_stock_id.id, warehouse=warehouse.id)
for shop in spec['shops']:
    for sku in shop['skus']:
        product = env['product.product'].create(dict(
            name=sku, default_code=sku, is_storable=True, taxes_id=[(5,)]))
        env['stock.quant']._update_available_quantity(
            product, warehouse.lot_stock_id, spec['units'])
    channel = env['sale.channel'].create(dict(
        name=shop['kind'], company_id=company.id, channel_type=shop['kind'],
        sync_base_url=shop['url'], sync_allow_private=True, tax_policy='channel',
        warehouse_id=warehouse.id, approval_mode='none', auto_confirm=True,
        stock_is_published=True, stock_brake_zero=0, stock_brake_units=0))
    account = channel.sudo()._get_account().sudo()
    account.write(dict(
        app_key=shop['key'], webhook_secret=shop['secret'], state='ok'))
    channel.sudo().write(dict(sync_state='connected', sync_connected_at=spec['now']))
    answer[shop['kind']] = [channel.id, channel.sudo()._get_webhook_url()]
env.cr.commit()
for shop in spec['shops']:
    env['sale.channel'].browse(answer[shop['kind']][0])._fetch_listings()
env.cr.commit()
print(json.dumps(answer))
"""


class Postman:
    """Carries a shop's webhooks to Odoo: all of them, or as a bad network would."""

    def __init__(self, inbox, url, seed=1):
        self.lost = self.doubled = 0.0
        self._rng = random.Random(seed)
        self._url, self._waiting = url, queue.Queue()
        self._inbox = inbox
        inbox.deliver = self._take
        threading.Thread(target=self._carry, daemon=True).start()

    def _take(self, headers, body):
        if self._rng.random() < self.lost:
            return
        times = 2 if self._rng.random() < self.doubled else 1
        for _time in range(times):
            self._waiting.put((headers, body))

    def _carry(self):
        while True:
            bag = [self._waiting.get()]
            while not self._waiting.empty():
                bag.append(self._waiting.get())
            if None in bag:
                return
            if self.lost or self.doubled:
                self._rng.shuffle(bag)
            for headers, body in bag:
                kept = {k: v for k, v in headers.items() if k.startswith("x-")}
                requests.post(self._url, data=body, headers=kept, timeout=60)

    def stop(self):
        self._inbox.deliver = None
        self._waiting.put(None)


class World:
    """Odoo with its jobs, on a copy of the template, and shops that it is told of."""

    def __init__(self, shops):
        self.shops = shops

    def __enter__(self):
        self.database = harness.Database()
        self.server = harness.Server(self.database, jobs=True, max_cron_threads=1)
        spec = {
            "url": self.server.url,
            "units": UNITS,
            "now": harness.time.strftime("%Y-%m-%d %H:%M:%S", harness.time.gmtime()),
            "shops": [shop.settings() for shop in self.shops],
        }
        made = harness.run_odoo_shell(
            self.database, _SETUP.format(spec=json.dumps(spec))
        )
        self.location, self.warehouse = made["location"], made["warehouse"]
        self.server.start()
        self.session = self.server.session()
        for shop in self.shops:
            shop.world = self
            shop.channel_id, hook = made[shop.kind]
            shop.postman = Postman(shop.server.hooks, hook)
        return self

    def __exit__(self, *exc_info):
        for shop in self.shops:
            shop.postman.stop()
        self.server.stop()
        self.database.drop()

    def sql(self, query, *params):
        return self.database.sql(query, params)

    def available(self, skus):
        """What is on the shelf and nobody waits for: ``{SKU: units}``."""
        found = self.session.call(
            "product.product",
            "search_read",
            [("default_code", "in", skus)],
            ["default_code", "qty_available", "outgoing_qty"],
            context={"warehouse_id": self.warehouse},
        )
        return {
            one["default_code"]: int(one["qty_available"] - one["outgoing_qty"])
            for one in found
        }

    def count(self, sku, units):
        """Somebody counts the shelf: that many are there."""
        [(product,)] = self.sql(
            "SELECT id FROM product_product WHERE default_code = %s", sku
        )
        quant = self.session.call(
            "stock.quant",
            "create",
            {
                "product_id": product,
                "location_id": self.location,
                "inventory_quantity": units,
            },
            context={"inventory_mode": True},
        )
        quants = quant if isinstance(quant, list) else [quant]
        self.session.call("stock.quant", "action_apply_inventory", quants)

    def watch(self):
        """Whom a change on its way waits for: Odoo and its database. What the shop
        waits for is not taken off: looking keeps it busy."""

        def get_pids():
            backends = self.sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            )
            return [self.server._process.pid, *(pid for (pid,) in backends)]

        return CpuWait(get_pids)

    def run_crons(self):
        """Let the crons run now instead of within a minute."""
        models = ["sale.channel", "channel.order", "channel.intent"]
        models.append("channel.stock.dirty")
        domain = [("ir_actions_server_id.model_id.model", "in", models)]
        for cron in self.session.call("ir.cron", "search", domain):
            self.session.call("ir.cron", "method_direct_trigger", [cron])


class Shop:
    """One shop with its server, as the tests see it from both sides."""

    world = channel_id = postman = None

    def __init__(self, kind, server, adapter, skus):
        self.kind, self.server, self.adapter = kind, server, adapter
        self.skus = skus

    def settings(self):
        """What an administrator enters."""
        return {
            "kind": self.kind,
            "url": self.server.url,
            "key": self.adapter.credentials.app_key,
            "secret": self.server.hooks.secret,
            "skus": self.skus,
        }

    def order_row(self, external_id):
        """(state, sale order id, its total, its state) in Odoo, None before."""
        rows = self.world.sql(
            """SELECT row.state, sale.id, sale.amount_total, sale.state
               FROM channel_order row LEFT JOIN sale_order sale
               ON sale.id = row.sale_order_id
               WHERE row.channel_id = %s AND row.external_id = %s""",
            self.channel_id,
            external_id,
        )
        return rows[0] if rows else None

    def wait_for_order(self, external_id, state="sale", timeout=90):
        """The sale order's id, once it is there in that state."""

        def find():
            row = self.order_row(external_id)
            return row and row[1] and row[3] == state and row[1]

        what = f"order {external_id} of {self.kind}"
        try:
            return harness.wait_until(find, timeout, 0.2, what)
        except TimeoutError as error:
            raise AssertionError(f"{what}: {self.order_row(external_id)}") from error

    def read_now(self):
        """Press "read the shop now"."""
        self.world.session.call("sale.channel", "action_poll", [self.channel_id])

    def sells(self, skus=None):
        """What the shop sells now: ``{SKU: units}``."""
        refs = {sku: self.refs[sku] for sku in skus or self.skus}
        found = self.adapter.read_stock(list(refs.values()))
        return {sku: found[ref].quantity for sku, ref in refs.items()}

    def load_refs(self, listings):
        """Remember which listing is which."""
        self.refs = {sku: listings[sku].ref for sku in self.skus}
