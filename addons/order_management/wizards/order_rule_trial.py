# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import split_every

#: orders that are looked at, the latest first
_LIMIT = 50_000
_CHUNK = 1_000


class OrderRuleTrial(models.TransientModel):
    """A rule tried on past orders: how many it is about, and which."""

    _name = "order.rule.trial"
    _description = "Order Rule on Past Orders"

    rule_id = fields.Many2one(
        "order.rule", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=90
        ),
    )
    date_to = fields.Date("Until", required=True, default=fields.Date.context_today)
    is_done = fields.Boolean()
    order_count = fields.Integer("Orders", readonly=True)
    match_count = fields.Integer("Matching", readonly=True)
    match_ids = fields.Many2many("sale.order", string="Matching Orders", readonly=True)
    result = fields.Char(compute="_compute_result")

    @api.depends("is_done", "order_count", "match_count")
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            trial.result = trial.is_done and self.env._(
                "The rule is about %(matches)s of %(orders)s orders.",
                matches=f"{trial.match_count:,}",
                orders=f"{trial.order_count:,}",
            )

    def action_try(self):
        """Look at the orders of this period; nothing is changed.

        Promises are compared with now, payments are those of today.
        """
        self.ensure_one()
        orders = self.env["sale.order"].search(self._get_order_domain(), limit=_LIMIT)
        matches = []
        for ids in split_every(_CHUNK, orders.ids):
            matches += self._match(orders.browse(ids)).ids
        self.write(
            {
                "is_done": True,
                "order_count": len(orders),
                "match_count": len(matches),
                "match_ids": [Command.set(matches)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _match(self, orders):
        """:raises UserError: the rule cannot be asked"""
        matched = self.rule_id._match_or_skip(orders)
        self.rule_id._check_not_passed_over()
        return matched

    def action_view_matches(self):
        """Open the orders that the rule is about."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        return {
            **action,
            "name": self.env._("Matching Orders"),
            "domain": [("id", "in", self.match_ids.ids)],
            "context": {},
        }

    def _get_order_domain(self):
        return [
            ("company_id", "=", self.rule_id.company_id.id),
            ("state", "!=", "cancel"),
            ("is_channel_test", "=", False),
            ("date_order", ">=", self.date_from),
            ("date_order", "<", fields.Date.add(self.date_to, days=1)),
        ]
