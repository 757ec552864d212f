# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderQuotaGenerate(models.TransientModel):
    """Make the next periods of quotas at once."""

    _name = "order.quota.generate"
    _description = "Next Periods of Quotas"

    quota_ids = fields.Many2many(
        "order.quota", default=lambda self: self.env.context.get("active_ids")
    )
    count = fields.Integer("Number of Periods", required=True, default=11)
    activate = fields.Boolean(
        "Let Them Count", default=True, help="Else they are drafts."
    )

    _count_check = models.Constraint(
        "CHECK (count BETWEEN 1 AND 400)", "Make between 1 and 400 periods at once."
    )

    def action_generate(self):
        """Make them, and show the whole row of periods."""
        self.ensure_one()
        made = self.quota_ids.action_generate(self.count, self.activate)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_action"
        )
        shown = self.quota_ids | made
        return {**action, "domain": [("id", "in", shown.ids)], "context": {}}
