# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: rows of sales at tills have their id above it; see `order.hub._get_parts`
_FIRST_ID = 1_000_000_000


class OrderHub(models.Model):
    """The list of all orders; here: sales at tills that belong to a channel.

    Read under the list's own rights: whoever works with the hub sees number, customer,
    amount and state of a sale, also without any right on the point of sale. The sale
    itself, with what was bought and how it was paid, opens for people of the till only.
    """

    _inherit = "order.hub"
    _depends = {
        "pos.order": [
            "account_move",
            "amount_total",
            "company_id",
            "date_order",
            "partner_id",
            "pos_reference",
            "sale_channel_id",
            "sale_journal",
            "state",
            "user_id",
        ],
    }

    state = fields.Selection(
        selection_add=[
            ("pos_paid", "Paid"),
            ("pos_invoiced", "Invoiced"),
            ("pos_done", "Posted"),
        ]
    )
    pos_state = fields.Selection(
        [("paid", "Paid"), ("done", "Posted"), ("cancel", "Cancelled")],
        "POS State",
        readonly=True,
    )
    pos_order_id = fields.Many2one("pos.order", "POS Order", readonly=True)

    @api.model
    def _get_parts(self):
        """Override of `order_management`: and sales at tills."""
        return [*super()._get_parts(), ("pos_order", self._get_pos_columns())]

    @api.model
    def _get_pos_columns(self):
        """Hook: what sales at tills say on the list; those still open are hidden."""
        return {
            "id": SQL("%s + id", SQL(str(_FIRST_ID))),
            "date": SQL("date_order"),
            "number": SQL("pos_reference"),
            "channel_id": SQL("sale_channel_id"),
            "company_id": SQL("company_id"),
            "partner_id": SQL("partner_id"),
            "user_id": SQL("user_id"),
            "amount": SQL("amount_total"),
            # the till's currency, which the sale does not store
            "currency_id": SQL(
                """
                COALESCE(
                    (SELECT currency_id FROM account_journal
                        WHERE account_journal.id = pos_order.sale_journal),
                    (SELECT currency_id FROM res_company
                        WHERE res_company.id = pos_order.company_id))
                """
            ),
            "state": SQL(
                """
                CASE WHEN state = 'cancel' THEN 'cancel'
                    WHEN account_move IS NOT NULL THEN 'pos_invoiced'
                    WHEN state = 'paid' THEN 'pos_paid' ELSE 'pos_done' END
                """
            ),
            "pos_state": SQL("state"),
            "pos_order_id": SQL("id"),
            "is_hidden": SQL("state = 'draft' OR sale_channel_id IS NULL"),
        }

    @api.model
    def _get_mine_domain(self):
        """Override of `order_management`: and what the user sold at tills."""
        own = Domain("user_id", "=", self.env.uid)
        return super()._get_mine_domain() | (Domain("pos_order_id", "!=", False) & own)

    def _compute_todo(self):
        """Override of `order_management`: goods of a sale that could not leave."""
        result = super()._compute_todo()
        sales = self.pos_order_id
        if not sales:
            return result
        groups = (
            self.env["stock.picking"]
            .sudo()
            ._read_group(
                [
                    ("pos_order_id", "in", sales.ids),
                    ("state", "not in", ("done", "cancel")),
                ],
                ["pos_order_id"],
            )
        )
        waiting_ids = {sale.id for [sale] in groups}
        for row in self:
            if row.pos_order_id.id in waiting_ids:
                row.todo = self.env._("Goods wait: see the transfers of this sale.")
        return result

    def _get_record(self):
        """Override of `order_management`: the sale at the till."""
        return super()._get_record() or self.pos_order_id

    def action_open(self):
        """Override of `order_management`: sales open for people of the till only.

        Everybody else gets what the list knows of it.
        """
        self.ensure_one()
        if self.pos_order_id and not self.env["pos.order.line"].has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "name": self.number,
                "res_model": self._name,
                "res_id": self.id,
                "views": [
                    (
                        self.env.ref(
                            "order_management_point_of_sale.order_hub_view_form"
                        ).id,
                        "form",
                    )
                ],
                "target": "new",
            }
        return super().action_open()
