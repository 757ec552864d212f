# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class OrderRuleDomainMixin(models.AbstractModel):
    """A rule that may have any further condition on the order."""

    _name = "order.rule.domain.mixin"
    _inherit = "order.rule.mixin"
    _description = "Rule with a Further Condition"

    order_domain = fields.Char(
        "Only Orders With", help="Any further condition on the order."
    )

    @api.constrains("order_domain")
    def _check_order_domain(self):
        """:raises ValidationError: orders cannot be searched by it"""
        orders_sudo = self.env["sale.order"].sudo()
        for rule in self.filtered("order_domain"):
            try:
                domain = Domain(literal_eval(rule.order_domain))
                domain.validate(orders_sudo)
                orders_sudo._search(domain)
            except Exception as error:  # pylint: disable=broad-except
                raise ValidationError(
                    self.env._(
                        "The further condition of “%(rule)s” cannot be understood: "
                        "%(error)s. Choose it again from the list of fields.",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    def _filter_by_domain(self, orders):
        """Those of these orders that meet the further condition: one query, none
        without a condition."""
        self.ensure_one()
        if not orders or not self.order_domain or self.order_domain == "[]":
            return orders
        domain = Domain("id", "in", orders.ids)
        domain &= Domain(literal_eval(self.order_domain))
        # sudo: a rule is the company's, whoever enters the order
        found = orders.sudo().with_context(active_test=False).search(domain)
        return orders & orders.browse(found.ids)
