# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

#: how long a sale is looked for where something was sold twice
_LOOK_BACK = timedelta(hours=24)
_NAMED = 5


class PosOrderLine(models.Model):
    """What was sold at a till; here: shops hear of it."""

    _inherit = "pos.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note the products."""
        lines = super().create(vals_list)
        lines._note_for_shops()
        return lines

    def write(self, vals):
        """Override to note the products, before and after."""
        if {"product_id", "qty"}.isdisjoint(vals):
            return super().write(vals)
        self._note_for_shops()
        result = super().write(vals)
        self._note_for_shops()
        return result

    def unlink(self):
        """Override to note the products."""
        self._note_for_shops()
        return super().unlink()

    def _note_for_shops(self):
        # a kit is noted with its parts: other kits may be made of them
        lines_sudo = self.sudo()
        products = lines_sudo.product_id | lines_sudo._get_stored_products()
        self.env["channel.stock.dirty"]._collect_products(products.ids, "till")

    def _get_stored_products(self):
        """What these lines take from the stock: kits by their parts."""
        stored = self.env["product.product"]
        for company, lines in self.grouped("company_id").items():
            for parts in lines.product_id._get_stored_parts(company).values():
                stored = stored.union(*parts)
        return stored

    @api.model
    def _get_recent_domain(self):
        return [
            ("qty", ">", 0),
            ("order_id.state", "not in", ("draft", "cancel")),
            ("order_id.create_date", ">=", fields.Datetime.now() - _LOOK_BACK),
        ]

    @api.model
    def _get_recent_sales(self, products):
        """Lines that tills sold of these products lately, newest first (with sudo)."""
        return self.sudo().search(
            [*self._get_recent_domain(), ("product_id", "in", products.ids)],
            order="id desc",
            limit=_NAMED,
        )

    @api.model
    def _get_recent_products(self, companies):
        """What tills of these companies sold lately."""
        groups = self.sudo()._read_group(
            [*self._get_recent_domain(), ("company_id", "in", companies.ids)],
            ["product_id"],
        )
        return self.env["product.product"].union(*(product for [product] in groups))

    def _get_cause_text(self):
        """One line of text a sale: how much of what, at which till, when."""
        return "\n".join(
            self.env._(
                "%(quantity)g × %(product)s at %(till)s, %(order)s, %(moment)s",
                quantity=line.qty,
                product=line.product_id.display_name,
                till=line.order_id.config_id.name,
                order=line.order_id.pos_reference or line.order_id.name,
                moment=fields.Datetime.context_timestamp(
                    line, line.order_id.date_order
                ).strftime("%Y-%m-%d %H:%M"),
            )
            for line in self
        )
