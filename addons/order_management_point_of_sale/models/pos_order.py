# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


def _trigram_index(column):
    """The index that a search for a part of the text uses, as Odoo makes its own."""

    def definition(registry):
        if not registry.has_trigram:
            return ""
        return f"USING gin ({registry.unaccent(column)} gin_trgm_ops)"

    return models.Index(definition)


class PosOrder(models.Model):
    """A sale at a till, with the channel that the till belonged to then."""

    _inherit = "pos.order"

    sale_channel_id = fields.Many2one(
        "sale.channel",
        "Order Channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # the hub list reads from it, in this order
    _hub_idx = models.Index(
        "(date_order DESC, (1000000000 + id) DESC) "
        "WHERE state <> 'draft' AND sale_channel_id IS NOT NULL"
    )
    # one page of rows by their id on the hub list; unique, since PostgreSQL would
    # otherwise expect every 200th row for an expression and read them all
    _hub_id_idx = models.UniqueIndex(
        "((1000000000 + id)) WHERE sale_channel_id IS NOT NULL"
    )
    # its search box
    _hub_number_idx = _trigram_index("pos_reference")

    @api.model
    def _complete_values_from_session(self, session, values):
        """Override of `point_of_sale`: the sale belongs to the till's channel."""
        values = super()._complete_values_from_session(session, values)
        values["sale_channel_id"] = session.config_id.sale_channel_id.id
        return values

    def _prepare_invoice_vals(self):
        """Override of `point_of_sale`: so does its invoice."""
        values = super()._prepare_invoice_vals()
        if channel := self.sale_channel_id[:1]:
            values["sale_channel_id"] = channel.id
        return values

    @api.model
    def sync_from_ui(self, orders):
        """Override of `pos_sale`: what was sold is booked, whatever it waits for.

        An order that cannot be confirmed yet would otherwise fail the whole call, and
        the sale would stay in the till's browser.
        """
        settling = self.with_context(order_management_settling=True)
        data = super(PosOrder, settling).sync_from_ui(orders)
        sold = self.browse([order["id"] for order in data.get("pos.order", ())])
        # cashiers need no right on transfers for what they have sold
        settled_sudo = sold.lines.sale_order_line_id.sudo()
        if settled_sudo:
            settled_sudo._cap_open_demand()
        return data
