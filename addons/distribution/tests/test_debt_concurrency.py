# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import uuid

from odoo import Command
from odoo.tests import tagged

from odoo.addons.order_management.tests.race_common import RaceCase, get_seeds


@tagged("post_install", "-at_install", "order_management_concurrency")
class TestDebtConcurrency(RaceCase):
    """DS-8, invariant 3: the last of a limit, and money in hand, are given once."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            company = env["res.company"].search([], limit=1)
            product = env["product.product"].create(
                {"name": "Race", "type": "service", "list_price": 60, "taxes_id": False}
            )
            partner = env["res.partner"].create({"name": "Race"})
            credit = env["distribution.credit"].create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "limit_amount": 100,
                    "policy": "hold",
                }
            )
            self.company_id, self.partner_id = company.id, partner.id
            self.product_id, self.credit_id = product.id, credit.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self._env() as env:
            orders = env["sale.order"].search([("partner_id", "=", self.partner_id)])
            self._drop_orders(env, orders)
            env["distribution.credit"].browse(self.credit_id).unlink()
            env["product.product"].browse(self.product_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _make_orders(self, count, submit=False):
        with self._env() as env:
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": self.partner_id,
                        "company_id": self.company_id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": self.product_id,
                                    "price_unit": 60,
                                    "tax_ids": False,
                                }
                            )
                        ],
                    }
                    for _index in range(count)
                ]
            )
            if submit:
                env.cr.execute(
                    "UPDATE sale_order SET approval_mode = 'explicit'"
                    " WHERE id = ANY(%s)",
                    [orders.ids],
                )
                env.cr.execute(
                    "UPDATE sale_order_line SET approval_mode = 'explicit',"
                    " approved_qty = 0 WHERE order_id = ANY(%s)",
                    [orders.ids],
                )
                env.invalidate_all()
                orders.action_submit()
            return orders.ids

    def _race_orders(self, ids, method, seed):
        return self._race(
            *(
                lambda env, order_id=order_id: getattr(
                    env["sale.order"].browse(order_id), method
                )()
                for order_id in ids
            ),
            seed=seed,
        )

    def assertOneWon(self, ids, errors, field, value):
        losers = [error for error in errors if error]
        self.assertEqual(len(losers), 1, errors)
        self.assertIn("over the credit limit", str(losers[0]))
        with self._env() as env:
            states = env["sale.order"].browse(ids).mapped(field)
        self.assertEqual(states.count(value), 1, states)

    def test_two_confirmations(self):
        """60 and 60 of 100: one is confirmed, the other is told why not."""
        for seed in get_seeds():
            ids = self._make_orders(2)
            errors = self._race_orders(ids, "action_confirm", seed)
            self.assertOneWon(ids, errors, "state", "sale")
            with self._env() as env:
                self._drop_orders(env, env["sale.order"].browse(ids))

    def test_two_approvals(self):
        for seed in get_seeds():
            ids = self._make_orders(2, submit=True)
            errors = self._race_orders(ids, "action_approve", seed)
            self.assertOneWon(ids, errors, "approval_state", "approved")
            with self._env() as env:
                self._drop_orders(env, env["sale.order"].browse(ids))

    def test_cash_is_handed_over_once(self):
        """Two slips of 60 of the 100 that are held; a receipt sent twice at once."""
        key = uuid.uuid4().hex
        with self._env() as env:
            user = env["res.users"].create({"name": key, "login": key})
            holder = env["distribution.cash.holder"].create(
                {"user_id": user.id, "company_id": self.company_id}
            )
            holder._add(held=100)
            ids = (holder.id, user.id, holder.journal_id.id)
        self.addCleanup(self._remove_holder, *ids)
        for seed in get_seeds():
            with self._env() as env:
                slips = env["distribution.cash.handover"].create(
                    [{"holder_id": ids[0], "amount": 60} for _index in range(2)]
                )
                slip_ids = slips.ids
            errors = self._race(
                *(
                    lambda env, slip_id=slip_id: (
                        env["distribution.cash.handover"]
                        .browse(slip_id)
                        .action_submit()
                    )
                    for slip_id in slip_ids
                ),
                seed=seed,
            )
            self.assertEqual(len([error for error in errors if error]), 1, errors)
            with self._env() as env:
                slips = env["distribution.cash.handover"].browse(slip_ids)
                states = sorted(slips.mapped("state"))
                self.assertEqual(states, ["draft", "submitted"])
                self.assertEqual(slips.holder_id.pending_amount, 60)
                slips.filtered(lambda s: s.state == "submitted").action_refuse()

    def _remove_holder(self, holder_id, user_id, journal_id):
        with self._env() as env:
            cr = env.cr
            cr.execute("SET LOCAL order_management.archive = 'on'")
            cr.execute(
                "DELETE FROM order_event WHERE res_model = 'distribution.cash.handover'"
                " AND res_id IN (SELECT id FROM distribution_cash_handover"
                " WHERE holder_id = %s)",
                [holder_id],
            )
            cr.execute(
                "DELETE FROM distribution_cash_handover WHERE holder_id = %s",
                [holder_id],
            )
            cr.execute(
                "DELETE FROM distribution_cash_holder WHERE id = %s", [holder_id]
            )
            journal = env["account.journal"].browse(journal_id)
            account = journal.default_account_id
            journal.unlink()
            account.unlink()
            env["res.users"].browse(user_id).unlink()
