# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProductTemplate(models.Model):
    """A product; here: what can be promised of it, and what to offer in its place."""

    _inherit = "product.template"

    available_to_promise_qty = fields.Float(
        "Available to Promise",
        digits="Product Unit",
        compute="_compute_available_to_promise_qty",
        search="_search_available_to_promise_qty",
        help="On hand, less what is reserved, what is asked for but not reserved yet, "
        "and what is held. Below zero: more was sold than is there.",
    )
    low_stock_qty = fields.Float(
        "Low Stock Below",
        digits="Product Unit",
        help="Warn on the order line when less than this would be left to promise. "
        "Zero: below the minimum of the reordering rule, if there is one.",
    )
    substitute_ids = fields.Many2many(
        "product.template",
        "product_template_substitute_rel",
        "product_tmpl_id",
        "substitute_id",
        "Substitutes",
        check_company=True,
        domain="[('id', '!=', id), ('sale_ok', '=', True)]",
        help="Offered on the order line when this product is not there.",
    )
    is_substitute_mutual = fields.Boolean(
        "Substitutes Work Both Ways",
        help="Offer this product in place of its substitutes, too.",
    )

    _low_stock_qty_check = models.Constraint(
        "CHECK (low_stock_qty >= 0)", "The warning level cannot be below zero."
    )

    @api.depends_context("allowed_company_ids", "company", "warehouse_id")
    def _compute_available_to_promise_qty(self):
        # one query for all variants of all templates
        variants = self.product_variant_ids
        variants.mapped("available_to_promise_qty")
        for template in self:
            template.available_to_promise_qty = sum(
                template.product_variant_ids.mapped("available_to_promise_qty")
            )

    def _search_available_to_promise_qty(self, operator, value):
        domain = [("available_to_promise_qty", operator, value)]
        return [("product_variant_ids", "any", domain)]

    def action_view_holds(self):
        """Open what is held of these products."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.stock_hold_action"
        )
        domain = [("product_id", "in", self.product_variant_ids.ids)]
        return {**action, "domain": domain}

    def _get_substitutes(self):
        """What may be offered in place of each of these products.

        :return: ``{template id: templates}``, those named first, sellable ones only
        """
        mutual = self.search(
            [("substitute_ids", "in", self.ids), ("is_substitute_mutual", "=", True)]
        )
        substitutes = {}
        for template in self:
            back = mutual.filtered(lambda other, t=template: t in other.substitute_ids)
            found = template.substitute_ids | back
            substitutes[template.id] = found.filtered("sale_ok") - template
        return substitutes
