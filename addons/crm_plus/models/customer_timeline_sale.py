# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerTimeline(models.AbstractModel):
    """Quotations and orders, invoices and credit notes, payments."""

    _inherit = "customer.timeline"

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        return (
            super()._get_sources(partner_ids, kinds)
            + self._get_order_sources(partner_ids, kinds)
            + self._get_invoice_sources(partner_ids, kinds)
            + self._get_payment_sources(partner_ids, kinds)
        )

    @api.model
    def _get_kinds(self):
        return super()._get_kinds() | {
            "quotation": {
                "label": self.env._("Quotation"),
                "icon": "fa-file-text-o",
                "group": "sales",
                "model": "sale.order",
            },
            "order": {
                "label": self.env._("Order"),
                "icon": "fa-shopping-cart",
                "group": "sales",
                "model": "sale.order",
            },
            "invoice": {
                "label": self.env._("Invoice"),
                "icon": "fa-book",
                "group": "invoicing",
                "model": "account.move",
            },
            "credit_note": {
                "label": self.env._("Credit note"),
                "icon": "fa-undo",
                "group": "invoicing",
                "model": "account.move",
            },
            "payment": {
                "label": self.env._("Payment"),
                "icon": "fa-money",
                "group": "invoicing",
                "model": "account.payment",
            },
        }

    @api.model
    def _get_groups(self):
        return super()._get_groups() | {
            "sales": self.env._("Orders"),
            "invoicing": self.env._("Invoices"),
        }

    def _get_order_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "quotation", "order"):
            return []
        return self._make_source(
            "sale.order",
            self._of_family(partner_ids),
            kind=lambda query: SQL(
                "CASE WHEN %s = 'sale' THEN 'order' ELSE 'quotation' END",
                self.env["sale.order"]._field_to_sql(query.table, "state", query),
            ),
            occurred_at="date_order",
            title="name",
            amount="amount_total",
            currency_id="currency_id",
            user_id="user_id",
            partner_id="partner_id",
            # an order is an order; said is what one would not expect
            state=lambda query: SQL(
                "CASE WHEN %(state)s IN ('sent', 'cancel') THEN %(state)s END",
                state=self.env["sale.order"]._field_to_sql(query.table, "state", query),
            ),
            detail="client_order_ref",
        )

    def _get_invoice_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "invoice", "credit_note"):
            return []
        moves = self.env["account.move"]

        def sign(query):
            """A credit note takes away; so does its amount."""
            return SQL(
                "CASE WHEN %s = 'out_refund' THEN -1 ELSE 1 END * %s",
                moves._field_to_sql(query.table, "move_type", query),
                moves._field_to_sql(query.table, "amount_total", query),
            )

        return self._make_source(
            "account.move",
            self._of_family(partner_ids)
            & Domain("move_type", "in", ["out_invoice", "out_refund", "out_receipt"])
            & Domain("state", "=", "posted"),
            kind=lambda query: SQL(
                "CASE WHEN %s = 'out_refund' THEN 'credit_note' ELSE 'invoice' END",
                moves._field_to_sql(query.table, "move_type", query),
            ),
            occurred_at=lambda query: SQL(
                "COALESCE(%s, %s)::timestamp",
                moves._field_to_sql(query.table, "invoice_date", query),
                moves._field_to_sql(query.table, "date", query),
            ),
            title="name",
            amount=sign,
            currency_id="currency_id",
            user_id="invoice_user_id",
            partner_id="partner_id",
            all_day=SQL("TRUE"),
            detail="ref",
        )

    def _get_payment_sources(self, partner_ids, kinds):
        if not self._wants(kinds, "payment"):
            return []
        payments = self.env["account.payment"]
        return self._make_source(
            "account.payment",
            self._of_family(partner_ids)
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", ["in_process", "paid"]),
            kind="payment",
            occurred_at=lambda query: SQL(
                "%s::timestamp", payments._field_to_sql(query.table, "date", query)
            ),
            title=lambda query: SQL(
                "concat_ws(' ', %s, %s)",
                payments._field_to_sql(query.table, "name", query),
                payments._field_to_sql(query.table, "memo", query),
            ),
            amount="amount",
            currency_id="currency_id",
            partner_id="partner_id",
            all_day=SQL("TRUE"),
            direction=lambda query: SQL(
                "CASE WHEN %s = 'inbound' THEN 'in' ELSE 'out' END",
                payments._field_to_sql(query.table, "payment_type", query),
            ),
        )
