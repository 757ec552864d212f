# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: orders that are told of in one transaction
_BATCH = 500


class SaleOrder(models.Model):
    """An order; here: its customer hears once that the review holds it."""

    _inherit = "sale.order"

    @api.model
    def _cron_tell_held(self):
        """Ask customers to get in touch about orders that are held for longer than
        their company gives itself to release them."""
        companies = self.env["res.company"].search(
            [("has_customer_messages", "=", True), ("has_hold_messages", "=", True)]
        )
        domain = Domain.OR(self._get_held_domain(company) for company in companies)
        cron, last = self.env["ir.cron"], 0
        cron._commit_progress(remaining=self.search_count(domain))
        # whom nobody can tell (a channel that is silent) stays in the domain
        while orders := self.search(
            domain & Domain("id", ">", last), order="id", limit=_BATCH
        ):
            last = orders[-1].id
            orders._tell_held()
            if not cron._commit_progress(len(orders)):
                break

    @api.model
    def _get_held_domain(self, company):
        """Orders whose customers are to hear now that they are held."""
        now = fields.Datetime.now()
        early = now - timedelta(minutes=company.hold_message_minutes)
        held = Domain([("state", "=", "open"), ("is_note", "=", False)])
        told = held & Domain(
            [
                ("held_at", "<=", early),
                ("held_at", ">=", company.hold_messages_since or now),
            ]
        )
        secret = held & Domain("rule_id.tells_customer", "=", False)
        return Domain(
            [
                ("company_id", "=", company.id),
                ("review_state", "=", "held"),
                ("state", "in", ("draft", "sent")),
                ("review_hold_ids", "any", told),
                ("review_hold_ids", "not any", secret),
                ("customer_message_ids", "not any", [("event", "=", "on_hold")]),
            ]
        )

    def _tell_held(self):
        """Tell the customers of those orders that are held still.

        Whoever releases one at this moment meets us, and one of the two starts over.
        """
        heard = self.filtered(
            lambda order: (
                order._is_told("on_hold") and order._get_message_media("on_hold")
            )
        )
        # parts of an order have its number: one message for all of it
        wholes = self.browse({order._get_channel_root().id for order in heard})
        known = wholes.customer_message_ids.filtered(lambda m: m.event == "on_hold")
        heard = heard.filtered(
            lambda order: order._get_channel_root() not in known.order_id
        )
        if not heard:
            return
        heard._take_review_turn()
        heard.invalidate_recordset(["review_state"])
        held = heard.filtered(lambda order: order.review_state == "held")
        wholes = self.browse({order._get_channel_root().id for order in held})
        wholes._tell_customer("on_hold")
