# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the current company; here: deadlines of its orders."""

    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    has_sla = fields.Boolean(related="company_id.has_sla", readonly=False)
    sla_review_minutes = fields.Integer(
        related="company_id.sla_review_minutes", readonly=False
    )
    sla_approve_minutes = fields.Integer(
        related="company_id.sla_approve_minutes", readonly=False
    )
    sla_ship_hours = fields.Float(related="company_id.sla_ship_hours", readonly=False)
    sla_soon_minutes = fields.Integer(
        related="company_id.sla_soon_minutes", readonly=False
    )
    sla_leader_minutes = fields.Integer(
        related="company_id.sla_leader_minutes", readonly=False
    )
    sla_calendar_id = fields.Many2one(
        related="company_id.sla_calendar_id", readonly=False
    )
