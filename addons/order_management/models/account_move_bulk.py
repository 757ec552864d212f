# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .sale_order_bulk import ORIGIN_NOTE
from .sale_order_invoice_bulk import InvoiceBulk


class AccountMove(models.Model):
    """An invoice; here: made and posted with those of its batch."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """Override: see `Bulk.log_origins`."""
        bulk = InvoiceBulk.of(self)
        if not bulk or source_ref != ORIGIN_NOTE or len(self) != 1:
            return super().message_post_with_source(
                source_ref, render_values=render_values, **kwargs
            )
        bulk.origins.append((self, render_values["origin"]))
        return self.env["mail.message"]

    def _search_default_journal(self):
        """Override: searched once for all alike invoices of a batch."""
        bulk = InvoiceBulk.of(self)
        if not bulk or self.statement_line_ids or self.journal_id:
            return super()._search_default_journal()
        find = super()._search_default_journal
        key = ("journal", self.company_id.id, self.currency_id.id, self.move_type)
        return self.env["account.journal"].browse(bulk.remember(key, lambda: find().id))

    def _get_last_sequence(self, relaxed=False, with_prefix=None):
        """Override: the last number before the batch; from there on Odoo counts in
        memory, as it does for all numbers of a transaction."""
        bulk = InvoiceBulk.of(self)
        if not bulk or with_prefix is not None or self.state != "posted":
            return super()._get_last_sequence(relaxed, with_prefix)
        find = super()._get_last_sequence
        partner = self.journal_id.is_self_billing and self.commercial_partner_id.id
        key = ("number", self.journal_id.id, self.move_type, self.date, partner)
        return bulk.remember((*key, relaxed), lambda: find(relaxed))
