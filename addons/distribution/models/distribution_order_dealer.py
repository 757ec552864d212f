# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_amount, plaintext2html


class DistributionOrder(models.Model):
    """A secondary order; here: entered by the buyer in the portal.

    As ``sale.order._dealer_*``: called with ``sudo()`` for the member of the user, from
    one of that member's suppliers of today.
    """

    _inherit = "distribution.order"

    entry_token = fields.Char(
        readonly=True,
        copy=False,
        help="Tells an entry that is sent again from a new one.",
    )

    _entry_token_uniq = models.UniqueIndex(
        "(entry_token) WHERE entry_token IS NOT NULL",
        "This order was saved already.",
    )

    @api.model
    def _dealer_find_products(self, member, supplier, text="", page=1):
        """What the supplier sells to the member, a page at a time."""
        orders = self.env["sale.order"]
        products, more = orders._get_dealer_products(member, supplier, text, page)
        order = self._new_dealer_order(
            member,
            supplier,
            [{"product_id": product.id, "quantity": 1} for product in products],
        )
        return {"products": order._prepare_dealer_lines(alone=True), "more": more}

    @api.model
    def _dealer_quote(self, member, supplier, lines):
        """Prices and totals of the supplier's price list; stores nothing.

        :raises UserError: lines that cannot be ordered, says which
        """
        order = self._new_dealer_order(member, supplier, lines)
        return {
            "lines": order._prepare_dealer_lines(),
            "problems": [],
            **{
                name: format_amount(self.env, order[name], order.currency_id)
                for name in ("amount_untaxed", "amount_tax", "amount_total")
            },
        }

    @api.model
    def _dealer_create(self, member, supplier, values):
        """Make the order and send it to the supplier.

        :return: the order; the same token again: the same order
        :raises UserError: nothing ordered, not sold to this member
        """
        vals = self._prepare_dealer_order(member, supplier, values, complete=True)
        token = vals.get("entry_token")
        if token and (order := self.search([("entry_token", "=", token)])):
            return order
        order = self.create(vals)
        order.action_send()
        return order

    @api.model
    def _new_dealer_order(self, member, supplier, lines):
        vals = self._prepare_dealer_order(member, supplier, {"lines": lines}, False)
        return self.with_context(tracking_disable=True).new(vals)

    @api.model
    def _prepare_dealer_order(self, member, supplier, values, complete):
        orders = self.env["sale.order"]
        base = orders._prepare_dealer_order(member, values, complete, supplier)
        lines = []
        for command, record_id, vals in base["order_line"]:
            line = {"product_id": vals["product_id"], "sequence": vals["sequence"]}
            line["product_qty"] = vals["product_uom_qty"]
            if "product_uom_id" in vals:
                line["product_uom_id"] = vals["product_uom_id"]
            lines.append((command, record_id, line))
        vals = {
            "company_id": member.company_id.id,
            "buyer_id": member.id,
            "supplier_id": supplier.id,
            "user_id": member.user_id.id,
            "line_ids": lines,
        }
        if note := base.get("buyer_note"):
            vals["note"] = plaintext2html(note)
        if token := base.get("entry_token"):
            vals["entry_token"] = token
        return vals

    def _prepare_dealer_lines(self, alone=False):
        """Lines as the order form shows them; see ``sale.order``.

        Whether the supplier has the goods is told, never how many.
        """
        self.ensure_one()
        supplier = self.supplier_id._origin
        stock = self.env["distribution.ledger"]._get_channel_stock(
            supplier, self.line_ids.product_id._origin
        )
        taken, rows = {}, []
        for line in self.line_ids:
            product, uom = line.product_id, line.product_id.uom_id
            wanted = line._to_product_uom(line.product_qty)
            if not alone:
                wanted += taken.get(product.id, 0.0)
                taken[product.id] = wanted
            there = stock[supplier, product._origin]
            is_there = uom.compare(there, wanted) >= 0
            rows.append(
                {
                    "id": product.id,
                    "name": product.with_context(
                        display_default_code=False
                    ).display_name,
                    "code": product.default_code or "",
                    "uom_id": line.product_uom_id.id,
                    "uom": line.product_uom_id.name,
                    "price": format_amount(self.env, line.price_unit, self.currency_id),
                    "subtotal": format_amount(
                        self.env, line.price_subtotal, self.currency_id
                    ),
                    "quotas": [],
                    "promise": "now" if is_there else "ask",
                    "promise_date": False,
                }
            )
        return rows
