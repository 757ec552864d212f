# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-27: the question that begins a step."""

from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestOrderBatchStart(BatchCommon):
    def _open(self, role, model, ids, **context):
        return (
            self.env["order.batch.start"]
            .with_user(self.users[role])
            .with_context(active_model=model, active_ids=ids, **context)
        )

    def test_offers_the_next_step(self):
        orders = self._make(4)
        orders[:3].action_confirm()
        wizard = self._open("clerk", "sale.order", orders.ids).create({})
        self.assertEqual(wizard.kind, "confirm")
        self.assertEqual((wizard.ready_count, wizard.order_count), (1, 4))
        wizard = self._open("warehouse", "sale.order", orders.ids).create({})
        self.assertEqual((wizard.kind, wizard.ready_count), ("ship", 3))
        wizard.action_start()
        self.assertEqual(set(orders[:3].picking_ids.mapped("state")), {"done"})

    def test_the_hub_list_has_both_kinds(self):
        orders = self._make(2)
        row = self._create_row("W1")
        self.env.flush_all()
        ids = [*orders.ids, -row.id]
        wizard = self._open("clerk", "order.hub", ids).create({})
        self.assertEqual((wizard.kind, wizard.order_count), ("process", 1))
        wizard.kind = "confirm"
        self.assertEqual((wizard.ready_count, wizard.order_count), (2, 2))
        wizard.action_start()
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    def test_all_of_a_filter(self):
        """More than a browser is given: the filter is what counts."""
        orders = self._make(5)
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 3)
        domain = [("id", "in", orders.ids)]
        wizard = self._open(
            "clerk", "sale.order", orders[:3].ids, active_domain=domain
        ).create({})
        self.assertEqual(wizard.order_count, 5)
        wizard = self._open(
            "clerk", "sale.order", orders[:2].ids, active_domain=domain
        ).create({})
        self.assertEqual(wizard.order_count, 2)
