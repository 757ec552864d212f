# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderRuleMixin(models.AbstractModel):
    """What all rules about orders have: what a company's rules have, and channels.

    What a rule does, and when it was about an order, is its own; what several kinds
    ask alike is in `order.rule.domain.mixin` and `order.rule.place.mixin`.
    """

    _name = "order.rule.mixin"
    _inherit = "company.rule.mixin"
    _description = "Rule about Orders"

    channel_ids = fields.Many2many(
        "sale.channel",
        string="Channels",
        check_company=True,
        help="Empty: every way of selling.",
    )

    def _is_of_channel(self, channel):
        """Whether this rule is about what is sold in a channel."""
        self.ensure_one()
        return not self.channel_ids or channel in self.channel_ids

    def _filter_own(self, orders):
        """Those of these orders that are of the rule's company and channels."""
        self.ensure_one()
        return orders.filtered(
            lambda order: (
                order.company_id == self.company_id
                and self._is_of_channel(order.sale_channel_id)
            )
        )
