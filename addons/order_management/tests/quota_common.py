# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import OrderManagementCommon


class QuotaCase(OrderManagementCommon):
    """A company whose lamps are scarce, and orders of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.move_model = cls.env["order.quota.move"]
        cls.today = fields.Date.today()
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.other_product = cls.env["product.product"].create(
            {"name": "Chair", "is_storable": True, "list_price": 10, "taxes_id": False}
        )

    @classmethod
    def _create_quota(cls, limit=100, activate=True, **values):
        """A quota of the lamp for the whole company, around today."""
        if values.get("product_scope", "product") == "product":
            values.setdefault("product_id", cls.product.id)
        if values.setdefault("period_type", "season") == "season":
            values.setdefault("date_from", fields.Date.add(cls.today, days=-10))
            values.setdefault("date_to", fields.Date.add(cls.today, days=10))
        quota = cls.env["order.quota"].create(
            {
                "name": "Lamps",
                "company_id": cls.company.id,
                "product_scope": "product",
                "limit_qty": limit,
                **values,
            }
        )
        if activate:
            quota.action_activate()
        return quota

    @classmethod
    def _order(cls, *quantities, product=None, **values):
        lines = [
            Command.create(
                {
                    "product_id": (product or cls.product).id,
                    "product_uom_qty": quantity,
                }
            )
            for quantity in quantities or (10,)
        ]
        return cls._create_order(order_line=lines, **values)

    def _explicit(self):
        self.company.approval_mode = "explicit"

    def _ship(self, picking):
        """Validate a transfer without a question about backorders."""
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def _return(self, picking, quantity):
        """Take so much of each product back, at once."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.quantity = quantity
        self._ship(back)
        return back

    @contextmanager
    def assertRefused(self, words):
        """Refused with a message that matches ``words``; nothing is kept."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    def assertCounted(self, quota, held, consumed):
        """The counters in the database, which are the sums of the movements."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((quota.held_qty, quota.consumed_qty), (held, consumed))
        self.assertAlmostEqual(
            quota.remaining_qty, quota.limit_qty - held - consumed, 6
        )
        sums = self.move_model._read_group(
            [("quota_id", "=", quota.id)],
            aggregates=["delta_held:sum", "delta_consumed:sum"],
        )
        for counted, expected in zip(sums[0], (held, consumed), strict=True):
            self.assertAlmostEqual(counted or 0, expected, 6)
