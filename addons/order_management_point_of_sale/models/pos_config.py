# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class PosConfig(models.Model):
    """A till; its sales are on the hub's list once it has a channel."""

    _inherit = "pos.config"

    sale_channel_id = fields.Many2one(
        "sale.channel",
        "Order Channel",
        check_company=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What is sold here from now on is shown in Order Hub under this channel. "
        "Several points of sale may share one. Empty: under none.",
    )

    def action_open_sale_channel(self):
        """Open the till's channel; make it where there is none."""
        self.ensure_one()
        if not self.sale_channel_id:
            self.sale_channel_id = self.env["sale.channel"].create(
                {
                    "name": self.name,
                    "company_id": self.company_id.id,
                    "channel_type": "pos",
                }
            )
        return self.sale_channel_id.get_formview_action()
