# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.point_of_sale.tests.common import TestPoSCommon


class PosHubCase(TestPoSCommon):
    """A till with a channel, and an order of ten bolts that may be settled there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.env.user.group_ids |= cls.env.ref(
            "order_management.group_manager"
        ) | cls.env.ref("stock.group_stock_manager")
        cls.config = cls.basic_config
        cls.channel = cls.env["sale.channel"].create(
            {
                "name": "Stores",
                "company_id": cls.company.id,
                "channel_type": "pos",
                "pos_config_ids": [Command.link(cls.config.id)],
            }
        )
        cls.bolt = cls.create_product("Bolt", cls.categ_basic, 10.0)
        cls.nut = cls.create_product("Nut", cls.categ_basic, 1.0)
        cls.adjust_inventory([cls.bolt, cls.nut], [1000, 1000])
        cls.salesperson = cls._create_user("group_clerk")

    @classmethod
    def _create_user(cls, *groups):
        return new_test_user(
            cls.env(su=True),
            login="_".join(("pos_hub", *groups)),
            groups=",".join(
                group if "." in group else f"order_management.{group}"
                for group in groups
            ),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        ).sudo(False)

    def _create_order(self, quantity=10, confirm=True, **vals):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bolt.id,
                            "product_uom_qty": quantity,
                            "tax_ids": False,
                        }
                    )
                ],
                **vals,
            }
        )
        if confirm:
            if order.approval_mode == "explicit":
                order.action_submit()
                order.action_approve()
            order.action_confirm()
        return order

    def _sell(self, *lines, **order_vals):
        """What the till sends when it is paid.

        :param lines: (product, quantity), or (order, quantity) to settle an order
        """
        prepared = []
        for what, quantity in lines:
            line = {"product": what, "quantity": quantity}
            if what._name == "sale.order":
                line = self._prepare_settled(what, quantity)
            prepared.append(line)
        data = self.create_ui_order_data(
            prepared, {"state": "paid", **order_vals}, customer=self.customer
        )
        result = self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].browse(result["pos.order"][0]["id"])

    def _prepare_settled(self, order, quantity):
        return {
            "product": order.order_line.product_id,
            "quantity": quantity,
            "sale_order_origin_id": order.id,
            "sale_order_line_id": order.order_line.id,
        }

    def _ship(self, picking, quantity=None):
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        return picking.with_context(skip_backorder=True).button_validate()
