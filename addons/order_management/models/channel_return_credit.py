# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ChannelReturn(models.Model):
    """A return; here: what was credited for it."""

    _inherit = "channel.return"

    credit_note_ids = fields.Many2many(
        "account.move",
        "channel_return_credit_note_rel",
        "return_id",
        "move_id",
        "Credit Notes",
        readonly=True,
        copy=False,
        # who may read invoices; the warehouse sees returns without them
        groups="account.group_account_invoice,account.group_account_readonly,"
        "sales_team.group_sale_salesman",
    )
    credit_note_count = fields.Integer(compute="_compute_credit_note_count")

    def _compute_credit_note_count(self):
        for record in self:
            record.credit_note_count = len(record.sudo().credit_note_ids)

    def action_view_credit_notes(self):
        """Open what was credited for these returns."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_refund_type"
        )
        ids = self.sudo().credit_note_ids.ids
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def _after_transition(self, target):
        """Override of ``order.state.mixin``: what is granted is credited."""
        result = super()._after_transition(target)
        if target in ("approved", "received", "inspected", "closed"):
            self.sudo().line_ids.order_id._mark_credit_due()
        return result
