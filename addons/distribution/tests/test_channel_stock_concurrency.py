# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.order_management.tests.race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestChannelStockConcurrency(RaceCase):
    """Channel stock is exact when several sessions confirm, post and close."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.company_id = env.ref("base.main_company").id
            self.policy = env["res.company"].browse(self.company_id)
            before = self.policy.channel_stock_policy
            self.policy.channel_stock_policy = "block"
            partners = env["res.partner"].create(
                [{"name": f"Race {kind}", "is_company": True} for kind in "DS"]
            )
            members = env["distribution.member"].create(
                [
                    {
                        "partner_id": partner.id,
                        "company_id": self.company_id,
                        "level_id": env.ref(f"distribution.level_{kind}").id,
                        "state": "active",
                    }
                    for partner, kind in zip(
                        partners, ("distributor", "outlet"), strict=True
                    )
                ]
            )
            self.supplier_id, self.buyer_id = members.ids
            env["distribution.supply.link"].create(
                {
                    "buyer_id": self.buyer_id,
                    "supplier_id": self.supplier_id,
                    "date_from": "2020-01-01",
                }
            )
            self.product_id = env["product.product"].create({"name": "Race lamp"}).id
            self.partner_ids = partners.ids
        self.addCleanup(self._remove, before)

    def _remove(self, policy):
        members = [self.supplier_id, self.buyer_id]
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL order_management.archive = 'on'")
            cr.execute(
                "DELETE FROM order_event WHERE res_model = 'distribution.order'"
                " AND res_id IN (SELECT id FROM distribution_order"
                " WHERE buyer_id = ANY(%s))",
                [members],
            )
            cr.execute(
                "DELETE FROM distribution_order WHERE buyer_id = ANY(%s)", [members]
            )
            for table in ("ledger", "stock_count", "stock", "stock_book"):
                cr.execute(
                    f"DELETE FROM distribution_{table} WHERE member_id = ANY(%s)",
                    [members],
                )
            cr.execute(
                "DELETE FROM distribution_supply_link WHERE buyer_id = ANY(%s)",
                [members],
            )
        with self._env() as env:
            env["distribution.member"].browse(members).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()
            env["product.product"].browse(self.product_id).unlink()
            company = env["res.company"].browse(self.company_id)
            company.channel_stock_policy = policy

    def _post(self, env, kind, quantity, key, date=None):
        return env["distribution.ledger"]._post(
            [
                {
                    "member_id": self.supplier_id,
                    "product_id": self.product_id,
                    "kind": kind,
                    "quantity": quantity,
                    "date": date or fields.Date.today(),
                    "key": key,
                }
            ]
        )

    def _read(self):
        with self._env() as env:
            row = env["distribution.stock"].search(
                [("member_id", "=", self.supplier_id)]
            )
            self.assertFalse(
                [
                    d
                    for d in env["distribution.ledger"]._find_drift()
                    if d[0] == self.supplier_id
                ]
            )
            return row.quantity, row.promised_qty

    def _send_orders(self, count, quantity):
        with self._env() as env:
            orders = env["distribution.order"].create(
                [
                    {
                        "buyer_id": self.buyer_id,
                        "company_id": self.company_id,
                        "line_ids": [
                            Command.create(
                                {
                                    "product_id": self.product_id,
                                    "product_qty": quantity,
                                }
                            )
                        ],
                    }
                    for _index in range(count)
                ]
            )
            orders.action_send()
            return orders.ids

    def test_last_units_once(self):
        """Four orders of 6 meet over 20: three are confirmed, one is told why not."""
        stock = 0
        promised = 0
        for seed in get_seeds():
            with self._env() as env:
                self._post(env, "opening", 20, f"race:{seed}")
            stock += 20
            ids = self._send_orders(4, 6)
            errors = self._race(
                *(
                    lambda env, order_id=order_id: (
                        env["distribution.order"].browse(order_id).action_confirm()
                    )
                    for order_id in ids
                ),
                seed=seed,
            )
            losers = [error for error in errors if error]
            self.assertEqual(len(losers), 1, errors)
            self.assertRegex(str(losers[0]), "free, 6 are asked for")
            promised += 18
            self.assertEqual(self._read(), (stock, promised))
            with self._env() as env:
                # so that each round begins with exactly twenty free
                self._post(env, "sell_out", 2, f"race:rest:{seed}")
            stock -= 2

    def test_postings_and_a_closing(self):
        """What is posted into a month that is being closed either is in it or is
        refused; never in between."""
        month = fields.Date.today().replace(day=1)
        start = month - relativedelta(months=len(get_seeds()))
        for seed in get_seeds():
            with self._env() as env:
                self._post(env, "opening", 10, f"close:{seed}", start)
                count = env["distribution.stock.count"].create(
                    {"member_id": self.supplier_id, "date_from": start}
                )
                count.line_ids.write({"counted_qty": 7, "is_counted": True})
                count_id = count.id
            self._race(
                lambda env, count_id=count_id: (
                    env["distribution.stock.count"].browse(count_id).action_close()
                ),
                lambda env, day=start, seed=seed: self._post(
                    env, "sell_out", 1, f"late:{seed}", day
                ),
                seed=seed,
            )
            with self._env() as env:
                closed = env["distribution.stock.count"].browse(count_id)
                self.assertEqual(closed.state, "closed")
                member = env["distribution.member"].browse(self.supplier_id)
                product = env["product.product"].browse(self.product_id)
                stock = env["distribution.ledger"]._get_channel_stock(
                    member, product, at=closed.date_to
                )
                self.assertEqual(list(stock.values()), [7])
            self.assertEqual(self._read(), (7, 0))
            start += relativedelta(months=1)

    def test_same_key_at_once(self):
        def work(env):
            self._post(env, "opening", 5, "race:same")

        self.assertEqual(self._race(work, work), [None, None])
        self.assertEqual(self._read(), (5, 0))
