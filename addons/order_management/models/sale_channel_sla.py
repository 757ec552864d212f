# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

_SLA_FIELDS = frozenset(
    {
        "has_own_sla",
        "sla_review_minutes",
        "sla_approve_minutes",
        "sla_ship_hours",
        "sla_calendar_id",
    }
)


class SaleChannel(models.Model):
    """A way of selling; here: one whose orders have other deadlines."""

    _inherit = "sale.channel"

    has_own_sla = fields.Boolean(
        "Own Deadlines", help="Otherwise the company's count, where it uses deadlines."
    )
    sla_review_minutes = fields.Integer("Review Within (Minutes)", default=15)
    sla_approve_minutes = fields.Integer("Approve Within (Minutes)", default=120)
    sla_ship_hours = fields.Float("Ship Within (Hours)", default=24.0)
    sla_calendar_id = fields.Many2one(
        "resource.calendar",
        "Hours That Count",
        check_company=True,
        help="Working hours in which the time of a step runs. Empty: day and night.",
    )

    _sla_check = models.Constraint(
        "CHECK (sla_review_minutes >= 0 AND sla_approve_minutes >= 0"
        " AND sla_ship_hours >= 0)",
        "The time of a step cannot be below zero.",
    )

    def write(self, vals):
        result = super().write(vals)
        if not _SLA_FIELDS.isdisjoint(vals):
            self.env["sale.order"]._refresh_sla([("sale_channel_id", "in", self.ids)])
        return result
