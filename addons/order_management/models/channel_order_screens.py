# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ChannelOrder(models.Model):
    """A row of the inbox; here: what its screens show and search."""

    _inherit = "channel.order"

    buyer_name = fields.Char(
        "Buyer",
        compute="_compute_buyer_name",
        search="_search_buyer_name",
        groups="order_management.group_clerk",
        compute_sudo=True,
    )

    error_label = fields.Char("Kind of Problem", compute="_compute_error_label")

    # the hub list reads from it, in this order, the rows that are no orders yet
    _hub_idx = models.Index(
        "(received_at DESC, (-id) DESC) WHERE sale_order_id IS NULL"
    )
    # one page of rows by their id on the hub list; unique, since PostgreSQL would
    # otherwise expect every 200th row for an expression and read them all
    _hub_id_idx = models.UniqueIndex("((-id)) WHERE sale_order_id IS NULL")

    # groups, pivots and days are read from it without the messages themselves
    _figures_idx = models.Index(
        "(company_id, received_at DESC)"
        " INCLUDE (state, channel_id, error_code, is_test)"
    )
    # all but the many that became orders: filters and columns by state
    _not_imported_idx = models.Index("(state, id DESC) WHERE state <> 'imported'")

    @api.depends("error_code")
    @api.depends_context("lang")
    def _compute_error_label(self):
        for row in self:
            row.error_label = self._get_error_label(row.error_code)

    @api.model
    def _get_error_label(self, code):
        """A kind of problem in words; one that is not listed by its own name."""
        return code and self._get_error_labels().get(code, code.replace("_", " "))

    @api.model
    def _get_error_labels(self):
        """``{code: words}``; addons that add problems add theirs."""
        return {
            "already_shipped": self.env._("Shipped already"),
            "invalid": self.env._("Message not valid"),
            "no_rate": self.env._("No exchange rate"),
            "refused": self.env._("Refused by Odoo"),
            "total_differs": self.env._("Total differs"),
            "unexpected": self.env._("Unexpected problem"),
            "unknown_currency": self.env._("Unknown currency"),
            "unknown_product": self.env._("Unknown product"),
            "unknown_tax": self.env._("Unknown tax"),
            "unpaid": self.env._("Not paid"),
            "unreadable": self.env._("Message not readable"),
        }

    @api.depends("payload", "sale_order_id")
    def _compute_buyer_name(self):
        for row in self:
            row.buyer_name = row._get_buyer_name()

    def _get_buyer_name(self):
        """Who bought: the order's customer, else as the message tells it."""
        self.ensure_one()
        if partner := self.sale_order_id.partner_id:
            return partner.display_name
        customer = self.payload.get("customer") if self._has_members() else None
        name = customer.get("name") if isinstance(customer, dict) else None
        return name[:200] if isinstance(name, str) else False

    def _has_members(self):
        return isinstance(self.payload, dict)
