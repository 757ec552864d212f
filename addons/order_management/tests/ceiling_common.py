# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from . import kept_companies

#: neither mails to new users nor records of changes, which take long
_CONTEXT = {"tracking_disable": True, "no_reset_password": True}


class CeilingCase(TransactionCase):
    """An order of 10 units under control, and the hands that could ship more of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **_CONTEXT})
        cls.company = kept_companies.take(cls.env, "ceiling", "Ceiling Co")
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.partner = cls.env["res.partner"].create({"name": "Buyer"})
        cls.product = cls._make_product("Bolt")
        cls.other = cls._make_product("Nut")
        groups = {
            "clerk": "order_management.group_clerk",
            "reviewer": "order_management.group_reviewer",
            "manager": "order_management.group_manager",
            "storekeeper": "stock.group_stock_user",
        }
        cls.users = {
            login: new_test_user(
                cls.env,
                f"ceiling_{login}",
                groups=group,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, group in groups.items()
        }
        cls.company.approval_mode = "follow"

    @classmethod
    def prepare_run(cls, registry):
        """Make the company once for all classes; see `kept_companies.make`."""
        kept_companies.make(registry, "ceiling", 1, _CONTEXT)

    @classmethod
    def _make_product(cls, name, quantity=5000, **vals):
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, "type": "consu", **vals}
        )
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock, quantity
            )
        return product

    def _make_order(self, *quantities, product=None, uom=None, confirm=True, **vals):
        """An order with one line for each of ``quantities`` (10 when none is given)."""
        line = {"product_id": (product or self.product).id}
        if uom:
            line["product_uom_id"] = uom.id
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({**line, "product_uom_qty": quantity})
                    for quantity in quantities or (10,)
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

    def _ship(self, picking, quantity=None, user=None):
        """Validate a transfer as a person would, without a backorder question."""
        if quantity is not None:
            picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking = picking.with_context(skip_backorder=True, cancel_backorder=False)
        return (picking.with_user(user) if user else picking).button_validate()

    def _return(self, picking, quantity, to_refund=True):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.write(
            {"quantity": quantity, "to_refund": to_refund}
        )
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._ship(back)
        return back

    def _make_direct_move(self, demand, line=None, **vals):
        return self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": demand,
                "product_uom": self.unit.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "company_id": self.company.id,
                "sale_line_id": line.id if line else False,
                **vals,
            }
        )

    def _do(self, move, quantity=None):
        move._action_confirm()
        move.quantity = move.product_uom_qty if quantity is None else quantity
        move.picked = True
        return move._action_done()

    def assertNet(self, line, quantity):
        """The counter says ``quantity``, in the database as well as in the record."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT net_shipped_qty FROM sale_order_line WHERE id = %s", [line.id]
        )
        self.assertAlmostEqual(self.env.cr.fetchone()[0] or 0.0, quantity, 9)
        self.assertAlmostEqual(line.net_shipped_qty, quantity, 9)

    @contextmanager
    def assertRefused(self, *words, error=UserError):
        """Refused with a message that names what has to be known, nothing kept."""
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            yield
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.env.invalidate_all()

    def _as(self, records, login):
        return records.with_user(self.users[login])

    def _get_events(self, records, kind):
        return self.env["order.event"].search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("kind", "=", kind),
            ],
            order="id",
        )
