# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: what deadlines are made of: a change counts for all open orders
SLA_FIELDS = frozenset(
    {
        "has_sla",
        "sla_review_minutes",
        "sla_approve_minutes",
        "sla_ship_hours",
        "sla_soon_minutes",
        "sla_calendar_id",
    }
)


class ResCompany(models.Model):
    """A company; here: how long each step of an order may take."""

    _inherit = "res.company"

    has_sla = fields.Boolean(
        "Deadlines of Orders",
        help="Each open order has a deadline for the step it is in; late ones are "
        "shown on top and told to people.",
    )
    sla_review_minutes = fields.Integer(
        "Review Within (Minutes)",
        default=15,
        help="From the arrival of an order until it is submitted or confirmed.",
    )
    sla_approve_minutes = fields.Integer(
        "Approve Within (Minutes)",
        default=120,
        help="From the submission of an order until it is decided.",
    )
    sla_ship_hours = fields.Float(
        "Ship Within (Hours)",
        default=24.0,
        help="From the approval, else the confirmation, until all has left. An order "
        "with a ship-by time has that instead.",
    )
    sla_soon_minutes = fields.Integer(
        "Due Soon Before (Minutes)",
        default=60,
        help="Of short steps: the last third of the time.",
    )
    sla_leader_minutes = fields.Integer(
        "Tell the Team Leader After (Minutes)",
        default=60,
        help="How long a late order stays with its owner alone.",
    )
    sla_calendar_id = fields.Many2one(
        "resource.calendar",
        "Hours That Count",
        help="Working hours in which the time of a step runs. Empty: day and night. "
        "For shipping the working hours of the warehouse count, where it has its own.",
    )

    _sla_check = models.Constraint(
        "CHECK (sla_review_minutes >= 0 AND sla_approve_minutes >= 0"
        " AND sla_ship_hours >= 0 AND sla_soon_minutes >= 0"
        " AND sla_leader_minutes >= 0)",
        "The time of a step cannot be below zero.",
    )

    def write(self, vals):
        result = super().write(vals)
        if not SLA_FIELDS.isdisjoint(vals):
            self.env["sale.order"]._refresh_sla([("company_id", "in", self.ids)])
        return result
