# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class OrderHub(models.Model):
    """Every order on one list; here: whose it is."""

    _inherit = "order.hub"  # pylint: disable=consider-merging-classes-inherited

    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="I am the salesperson, or responsible for the channel.",
    )

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for row in self:
            row.is_mine = row.user_id == self.env.user

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self._get_mine_domain()
        return mine if True in value else ~mine

    @api.model
    def _get_mine_domain(self):
        """Hook: for each kind of rows by what it has an index on; addons add theirs.

        ``user_id`` alone would look up the channel of every message of the inbox.
        """
        own = Domain("user_id", "=", self.env.uid)
        # sudo: compared with, never shown
        channels = self.env["sale.channel"].sudo().with_context(active_test=False)
        waiting = Domain("channel_id", "in", channels.search(own).ids)
        return (Domain("sale_order_id", "!=", False) & own) | (
            Domain("inbox_state", "!=", False) & waiting
        )
