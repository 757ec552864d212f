# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL, sql


class OrderHub(models.Model):
    """Every order on one list; here: what PostgreSQL needs to know for a million."""

    _inherit = "order.hub"  # pylint: disable=consider-merging-classes-inherited

    def init(self):
        """Indexes on orders that follow from how the list reads them.

        They are not declared on ``sale.order`` because addons change what they are
        made of: the state on the list, and the columns that it is grouped by.
        """
        result = super().init()
        # a few orders of one state, the newest first: kanban columns, filters
        self._ensure_order_index(
            "sale_order_hub_state_idx",
            SQL("((%s), date_order DESC, id DESC)", self._select_order_state()),
        )
        # all orders, counted and summed up, without reading the orders themselves or
        # making their state out of three columns a million times
        self._ensure_order_index(
            "sale_order_hub_figures_idx",
            SQL(
                "(company_id, date_order DESC, id DESC, (%s)) INCLUDE (%s)",
                self._select_order_state(),
                SQL(", ").join(map(SQL.identifier, self._get_figure_columns())),
            ),
        )
        # what no channel brought, counted without going through what channels did
        self._ensure_order_index(
            "sale_order_hub_no_channel_idx",
            SQL("(date_order DESC, id DESC) WHERE sale_channel_id IS NULL"),
        )
        return result

    @api.model
    def _get_figure_columns(self):
        """Hook: columns of orders that groups, pivots and their conditions read."""
        return [
            "amount_total",
            "approval_state",
            "currency_id",
            "delivery_status",
            "is_channel_test",
            "partner_id",
            "sale_channel_id",
            "state",
            "user_id",
        ]

    @api.model
    def _ensure_order_index(self, name, definition):
        text = self.env.cr.mogrify(definition).decode()
        known, comment = sql.index_definition(self.env.cr, name)
        if known and comment == text:
            return
        if known:
            sql.drop_index(self.env.cr, name, "sale_order")
        sql.add_index(
            self.env.cr, name, "sale_order", SQL("%s", definition), unique=False
        )
        self.env.cr.execute(
            SQL("COMMENT ON INDEX %s IS %s", SQL.identifier(name), text)
        )
