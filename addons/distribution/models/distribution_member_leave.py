# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class DistributionMember(models.Model):
    """A member; here: secondary orders hold it in the network until they are done."""

    _inherit = "distribution.member"

    def _get_leave_obstacles(self):
        """Add open secondary orders, as buyer or as supplier; two queries."""
        obstacles = super()._get_leave_obstacles()
        # whoever closes a member may not see all its orders
        orders_sudo = self.env["distribution.order"].sudo()
        for name in ("buyer_id", "supplier_id"):
            groups = orders_sudo._read_group(
                [
                    (name, "in", self.ids),
                    ("state", "in", ("sent", "confirmed", "partly")),
                ],
                [name],
                ["__count"],
            )
            for member, count in groups:
                obstacles.setdefault(self.browse(member.id), []).append(
                    self.env._("has %(count)s open secondary orders", count=count)
                )
        return obstacles
