"""What the tests of paths stand on: imported inside `odoo shell`.

Each test is one path by which goods of an order of 10 units can leave. `assertOver`
tries to send more: refused under control, let through (and taken back) in mode none.
"""

from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.order_management.tests.ceiling_common import CeilingCase


class LetThrough(Exception):
    """Plain Odoo let it happen; the savepoint takes it back."""


class PathCase(CeilingCase):
    mode = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = cls.mode
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})

    @contextmanager
    def assertOver(self, *words):
        """More than approved: refused in these words; without control it goes out."""
        refusal = None
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
                raise LetThrough
        except UserError as error:
            refusal = str(error)
        except LetThrough:
            pass
        self.env.invalidate_all()
        if self.mode == "none":
            self.assertIsNone(refusal)
            return
        self.assertIsNotNone(refusal, "more left than was approved")
        for word in words:
            self.assertIn(word, refusal)

    def assertLeft(self, order, *quantities):
        """The counters say so; in mode none there is no counter."""
        for line, quantity in zip(order.order_line, quantities, strict=True):
            self.assertNet(line, 0 if self.mode == "none" else quantity)

    def assertNotStuck(self, order):
        """What is approved and has not left can leave, and no unit more."""
        for line in order.order_line:
            if self.mode == "none" or line.product_id != self.product:
                continue
            room = line.approved_qty - line.net_shipped_qty
            if room > 0:
                self._do(self._make_direct_move(room, line, product_uom=self.unit.id))
            self.assertNet(line, line.approved_qty)
            with self.assertOver():
                self._do(self._make_direct_move(1, line))

    def _open(self, order):
        return order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))

    def _raise(self, line, quantity):
        """Let more of a confirmed line leave, as its mode has it."""
        if self.mode == "explicit":
            line.with_user(self.users["reviewer"]).write(
                {"approved_qty": quantity, "cut_reason": "More wanted"}
            )
        else:
            line.product_uom_qty = quantity

    def _make_kit(self, components):
        kit = self.env["product.product"].create({"name": "Cart", "type": "consu"})
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "company_id": self.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components
                ],
            }
        )
        return kit

    def _buy_from(self, products, route):
        """Have products bought from the vendor on ``route``."""
        for product in products:
            product.write(
                {
                    "route_ids": [Command.set(route.ids)],
                    "seller_ids": [
                        Command.create({"partner_id": self.vendor.id, "price": 1})
                    ],
                }
            )

    def _get_dropship_route(self):
        return (
            self.env["stock.rule"]
            .search(
                [
                    ("company_id", "=", self.company.id),
                    ("action", "=", "buy"),
                    ("location_src_id.usage", "=", "supplier"),
                    ("location_dest_id.usage", "=", "customer"),
                ]
            )
            .route_id
        )


MODES = ("none", "follow", "explicit")


def in_every_mode(case):
    """A test class for each mode of approval control."""
    return [type(f"{case.__name__}_{mode}", (case,), {"mode": mode}) for mode in MODES]
