# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random

from odoo import Command
from odoo.tests import tagged

from .race_common import RaceCase, get_seeds

STOCK = 100


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestFairShareConcurrency(RaceCase):
    """OM-11: scarce goods are given once, whoever shares, approves, confirms, cancels
    or holds at the same moment."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", env.company.id)], limit=1
            )
            self.warehouse_id = warehouse.id
            self.had_holds = env.company.has_holds
            channel = env["sale.channel"].create(
                {
                    "name": "Share race",
                    "company_id": env.company.id,
                    "approval_mode": "explicit",
                }
            )
            self.channel_id = channel.id
            self.partner_id = env["res.partner"].create({"name": "Share race"}).id
        self.product_ids, self.share_ids = [], []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._env() as env:
            cr = env.cr
            orders = env["sale.order"].search(
                [("sale_channel_id", "=", self.channel_id)]
            )
            self._drop_orders(env, orders)
            cr.execute("SET LOCAL order_management.archive = 'on'")
            cr.execute(
                "DELETE FROM order_event WHERE channel_id = %s"
                " OR res_model = 'order.fair.share' AND res_id = ANY(%s)",
                [self.channel_id, self.share_ids],
            )
            cr.execute(
                "DELETE FROM order_fair_share WHERE id = ANY(%s)", [self.share_ids]
            )
            cr.execute(
                "DELETE FROM stock_quant WHERE product_id = ANY(%s)",
                [self.product_ids],
            )
            cr.execute(
                "UPDATE res_company SET has_holds = %s WHERE id = %s",
                [self.had_holds, env.company.id],
            )
            env.invalidate_all()
            products = env["product.product"].browse(self.product_ids)
            products.product_tmpl_id.unlink()
            env["sale.channel"].browse(self.channel_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _begin(self, *quantities):
        """A new scarce product and orders of it that wait.

        :return: (product id, order ids)
        """
        with self._env(tracking_disable=True) as env:
            product = env["product.product"].create(
                {"name": "Scarce", "is_storable": True, "taxes_id": False}
            )
            self.product_ids.append(product.id)
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, STOCK
            )
            return product.id, self._order(env, product, *quantities).ids

    def _order(self, env, product, *quantities):
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": self.partner_id,
                    "sale_channel_id": self.channel_id,
                    "warehouse_id": self.warehouse_id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                    ],
                }
                for quantity in quantities
            ]
        )
        orders.action_submit()
        return orders

    def _compute(self, product_id):
        """A sharing of the product, computed and not applied; its id."""
        with self._env(tracking_disable=True) as env:
            share = env["order.fair.share"].create(
                {
                    "name": "Share race",
                    "warehouse_id": self.warehouse_id,
                    "product_ids": [Command.create({"product_id": product_id})],
                }
            )
            self.share_ids.append(share.id)
            share.action_compute()
            return share.id

    # what people do at the same moment

    def _apply(self, share_id):
        return lambda env: env["order.fair.share"].browse(share_id).action_apply()

    def _again(self, share_id):
        """Compute anew and apply, in one session."""

        def work(env):
            share = env["order.fair.share"].browse(share_id)
            if share.state != "applied":
                share.action_compute()
            share.action_apply()

        return work

    def _approve(self, order_id):
        return lambda env: env["sale.order"].browse(order_id).action_approve()

    def _confirm(self, order_id):
        def work(env):
            order = env["sale.order"].browse(order_id)
            order.action_approve()
            order.action_confirm()

        return work

    def _cancel(self, order_id):
        return lambda env: env["sale.order"].browse(order_id)._action_cancel()

    # what came of it

    def _check(self, product_id, order_ids, seed, decided_alone=()):
        """No more given than there is; each line has the share of one document, with
        its reason, and deliveries ask for no more than that.

        :param decided_alone: orders that somebody may have approved as ordered
        """
        with self._env() as env:
            lines = env["sale.order"].browse(order_ids).order_line
            lines = lines.filtered(lambda line: line.order_id.state != "cancel")
            shared = lines.filtered("cut_reason")
            given = sum(shared.mapped("approved_qty"))
            self.assertLessEqual(given, STOCK, f"seed {seed}")
            for line in shared:
                self.assertIn("Share race", line.cut_reason)
                shares = env["order.fair.share.line"].search(
                    [("sale_line_id", "=", line.id), ("state", "=", "applied")]
                )
                self.assertIn(line.approved_qty, shares.mapped("share_qty"))
                self.assertTrue(all(shares.mapped("reason")))
            for line in lines.filtered(lambda line: line.state == "sale"):
                asked = sum(line.move_ids.mapped("product_uom_qty"))
                self.assertEqual(asked, line.approved_qty, f"seed {seed}")
            for line in lines - shared:
                if line.order_id.id not in decided_alone:
                    self.assertEqual(line.approved_qty, 0, f"seed {seed}")
            product = env["product.product"].browse(product_id)
            [quant] = env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id.warehouse_id", "=", self.warehouse_id),
                ]
            )
            self.assertLessEqual(quant.reserved_quantity, quant.quantity)
            return given

    def test_one_document_applied_by_many(self):
        """Four people press the button: it is applied once, nobody hears an error."""
        for seed in get_seeds():
            product_id, order_ids = self._begin(90, 60, 60)
            share_id = self._compute(product_id)
            errors = self._race(*[self._apply(share_id)] * 4, seed=seed)
            self.assertEqual(errors, [None] * 4)
            self.assertEqual(self._check(product_id, order_ids, seed), STOCK)
            with self._env() as env:
                events = env["order.event"].search(
                    [("res_model", "=", "order.fair.share"), ("res_id", "=", share_id)]
                )
                applied = [e for e in events if e.to_state == "applied"]
                self.assertEqual(len(applied), 1, f"seed {seed}")

    def test_documents_of_the_same_goods(self):
        """Three people computed for themselves: the first one counts, the others hear
        that the orders were decided."""
        for seed in get_seeds():
            product_id, order_ids = self._begin(90, 60, 60)
            works = [self._apply(self._compute(product_id)) for _n in range(3)]
            errors = self._race(*works, seed=seed)
            told = [str(error) for error in errors if error]
            self.assertEqual(len(told), 2, f"seed {seed}")
            for text in told:
                self.assertIn("Compute them again", text)
            self.assertEqual(self._check(product_id, order_ids, seed), STOCK)

    def test_documents_of_different_orders(self):
        """Both were computed from the same stock, no order is in both: what one gives
        is not there for the other."""
        for seed in get_seeds():
            product_id, early = self._begin(90, 60)
            first = self._compute(product_id)
            with self._env(tracking_disable=True) as env:
                env["sale.order"].browse(early).action_refuse("Later")
                product = env["product.product"].browse(product_id)
                late = self._order(env, product, 80, 70).ids
            second = self._compute(product_id)
            with self._env(tracking_disable=True) as env:
                env["sale.order"].browse(early).action_submit()
            errors = self._race(self._apply(first), self._apply(second), seed=seed)
            told = [str(error) for error in errors if error]
            self.assertEqual(len(told), 1, f"seed {seed}")
            self.assertIn("there are only 0", told[0])
            self.assertEqual(self._check(product_id, early + late, seed), STOCK)

    def test_second_document_for_later_orders(self):
        """What was given to some orders is not given again to those that come next,
        though both documents were computed from the same stock."""
        for seed in get_seeds():
            product_id, early = self._begin(90, 60)
            first = self._compute(product_id)
            with self._env(tracking_disable=True) as env:
                product = env["product.product"].browse(product_id)
                late = self._order(env, product, 80).ids
                env["sale.order"].browse(early).action_refuse("Later")
            second = self._compute(product_id)
            with self._env(tracking_disable=True) as env:
                env["sale.order"].browse(late).action_refuse("Earlier")
                env["sale.order"].browse(early).action_submit()
            self._race(self._apply(first), self._confirm(early[0]), seed=seed)
            with self._env(tracking_disable=True) as env:
                env["sale.order"].browse(late).action_submit()
                waiting = (
                    env["sale.order"]
                    .browse(early)
                    .filtered(lambda order: order.approval_state == "to_approve")
                )
                waiting.action_approve()
            self._race(self._again(second), self._apply(first), seed=seed)
            self._check(product_id, early + late, seed, decided_alone=early)

    def test_shared_while_orders_are_decided(self):
        """Sharing against confirming, cancelling and approving, by chance."""
        for seed in get_seeds():
            rnd = random.Random(seed)
            quantities = [rnd.randint(20, 80) for _n in range(4)]
            product_id, order_ids = self._begin(*quantities)
            shares = [self._compute(product_id) for _n in range(2)]
            acts = (self._confirm, self._cancel, self._approve)
            works = [rnd.choice(acts)(order_id) for order_id in order_ids[:2]]
            works += [self._apply(shares[0]), self._again(shares[1])]
            self._race(*works, seed=seed)
            self._check(product_id, order_ids, seed, decided_alone=order_ids[:2])

    def test_shared_while_others_hold_and_confirm(self):
        """Goods that are held, or promised to orders outside, are not shared."""
        for seed in get_seeds():
            product_id, order_ids = self._begin(90, 60)
            share_id = self._compute(product_id)

            def hold(env, product_id=product_id):
                env["stock.hold"].create(
                    {
                        "product_id": product_id,
                        "warehouse_id": self.warehouse_id,
                        "quantity": 30,
                    }
                )
                env.flush_all()

            shared, _held = self._race(self._apply(share_id), hold, seed=seed)
            if shared:
                self.assertIn("there are only 70", str(shared))
                given = self._check(product_id, order_ids, seed)
                self.assertEqual(given, 0)
                self.assertEqual(self._race(self._again(share_id)), [None])
                self.assertEqual(self._check(product_id, order_ids, seed), 70)
            else:
                self.assertEqual(self._check(product_id, order_ids, seed), STOCK)
            with self._env() as env:
                holds = env["stock.hold"].search([("product_id", "=", product_id)])
                holds.action_release()
                env.cr.execute("SET LOCAL order_management.archive = 'on'")
                env.cr.execute(
                    "DELETE FROM order_event WHERE res_model = 'stock.hold'"
                    " AND res_id = ANY(%s)",
                    [holds.ids],
                )
                env.cr.execute("DELETE FROM stock_hold WHERE id = ANY(%s)", [holds.ids])
                env.invalidate_all()
