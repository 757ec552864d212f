# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: orders of one person up to which they are looked up first, beyond it one by one
_FEW = 20_000


class ChannelOrder(models.Model):
    """A row of the inbox; here: whose it is."""

    _inherit = "channel.order"  # pylint: disable=consider-merging-classes-inherited

    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Of a channel I am responsible for, or of an order I am the salesperson "
        "of.",
    )

    @api.depends("channel_id.user_id", "sale_order_id.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for row in self:
            # whose they are is no secret to who sees the row
            row_sudo = row.sudo()
            users = row_sudo.channel_id.user_id | row_sudo.sale_order_id.user_id
            row.is_mine = self.env.user in users

    @api.model
    def _search_is_mine(self, operator, value):
        """By the channels, which are few, and the orders of the user.

        Who has few orders is found by these; who has very many finds some on every
        page of the inbox, so that looking up the order of each row is over soon.
        """
        if operator != "in":
            return NotImplemented
        channels = self.env["sale.channel"].sudo().with_context(active_test=False)
        mine = Domain("channel_id", "in", channels.search(self._get_own_domain()).ids)
        # sudo: compared with, never shown
        orders = self.env["sale.order"].sudo()._search(self._get_own_domain())
        orders.limit = _FEW + 1
        ids = orders.get_result_ids()
        if len(ids) <= _FEW:
            mine |= Domain("sale_order_id", "in", ids)
        else:
            mine |= Domain.custom(to_sql=self._sql_is_own_order)
        return mine if True in value else ~mine

    @api.model
    def _get_own_domain(self):
        return [("user_id", "=", self.env.uid)]

    @api.model
    def _sql_is_own_order(self, model, alias, query):
        return SQL(
            "(SELECT user_id FROM sale_order WHERE id = %s) IS NOT DISTINCT FROM %s",
            SQL.identifier(alias, "sale_order_id"),
            model.env.uid,
        )
