# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

#: how the quantities of an order are held to what was approved
APPROVAL_MODES = [
    ("none", "No control"),
    ("follow", "Ordered quantity is the limit"),
    ("explicit", "Approval needed"),
]


class ResCompany(models.Model):
    """A company; here: how its orders' quantities are controlled."""

    _inherit = "res.company"

    approval_mode = fields.Selection(
        APPROVAL_MODES,
        string="Approval of Quantities",
        default="none",
        required=True,
        help="No control: nothing is checked. Ordered quantity is the limit: no more "
        "leaves than was ordered. Approval needed: orders are submitted, a reviewer "
        "approves the quantity of each line, no more leaves. A change here touches "
        "quotations that were not submitted yet, never orders.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "approval_mode" in vals:
            self.env["sale.order"]._refresh_draft_approval_mode(
                [("company_id", "in", self.ids)]
            )
        return result
