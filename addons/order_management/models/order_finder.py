# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from ..neutral.phones import national_digits
from ..neutral.words import fold

#: orders a search returns at most, the newest ones
LIMIT = 500
#: customers a search looks at, so that a common name costs no more than a rare one
PARTNER_LIMIT = 2000
#: shorter words are compared as a whole: a trigram index needs three characters
MIN_PART = 3


class OrderFinder(models.AbstractModel):
    """One box for everything an order can be asked for by.

    Every kind of term is a search of its own, each by an index and each with a limit,
    so that the time depends neither on how many orders there are nor on how common
    the term is.
    """

    _name = "order.finder"
    _description = "Search for Orders"

    @api.model
    def _find_order_ids(self, text):
        """Orders that ``text`` names: by number, channel number, tracking, phone (in
        any writing), e-mail, buyer or address (without accents), SKU, invoice, return.

        Rights and companies of the user apply.

        :return: ids of ``sale.order``, the newest `LIMIT` of each kind of term
        """
        text = (text or "").strip()
        if not text:
            return []
        found = set()
        for domain in self._get_find_domains(text):
            query = self.env["sale.order"]._search(domain, order="id DESC", limit=LIMIT)
            found.update(query.get_result_ids())
        return sorted(found, reverse=True)[:LIMIT]

    @api.model
    def _get_find_domains(self, text):
        """Domains on ``sale.order``, one for each index that can answer; addons add
        theirs."""
        operator = "ilike" if len(text) >= MIN_PART else "=ilike"
        pattern = self._escape(text)
        domains = [
            Domain(name, operator, pattern)
            for name in ("name", "channel_number", "client_order_ref")
        ]
        domains += [
            Domain("id", "in", ids)
            for ids in (
                self._find_by_parcel(pattern, operator),
                self._find_by_document(text),
            )
            if ids
        ]
        if products := self._find_products(text):
            domains.append(Domain("order_line.product_id", "in", products.ids))
        if partner_ids := self._find_partner_ids(text):
            domains += [
                Domain(name, "in", partner_ids)
                for name in ("partner_id", "partner_shipping_id", "partner_invoice_id")
            ]
        return domains

    @api.model
    def _find_by_parcel(self, pattern, operator):
        # sudo: only ids of orders come of it, and those are searched as the user
        pickings = self.env["stock.picking"].sudo()
        ids = set()
        for name in ("carrier_tracking_ref", "name"):
            domain = Domain(name, operator, pattern) & Domain("sale_id", "!=", False)
            found = pickings.search_fetch(
                domain, ["sale_id"], order="id DESC", limit=LIMIT
            )
            ids.update(found.sale_id.ids)
        return list(ids)

    @api.model
    def _find_by_document(self, text):
        """By the whole number of an invoice or of a return, ours or the channel's."""
        # sudo: only ids of orders come of it, and those are searched as the user
        invoices = (
            self.env["account.move"].sudo().search([("name", "=", text)], limit=LIMIT)
        )
        lines = self.env["channel.return.line"].sudo()
        returned = lines.search(
            Domain("return_id.name", "=", text)
            | Domain("return_id.external_id", "=", text),
            limit=LIMIT,
        )
        return (invoices.line_ids.sale_line_ids.order_id | returned.order_id).ids

    @api.model
    def _find_products(self, text):
        codes = list({text, text.upper(), text.lower()})
        products = self.env["product.product"].with_context(active_test=False)
        return products.search(
            Domain("default_code", "in", codes) | Domain("barcode", "in", codes),
            limit=LIMIT,
        )

    @api.model
    def _find_partner_ids(self, text):
        """Customers and addresses that have every word, or the telephone number."""
        country = self.env.company.country_id.code
        digits = national_digits(text, country)
        words = [digits] if digits else fold(text).split()
        if not any(len(word) >= MIN_PART for word in words):
            return []
        domain = Domain.AND(Domain("find_text", "ilike", word) for word in words)
        partners = self.env["res.partner"].with_context(active_test=False)
        query = partners._search(domain, order="id DESC", limit=PARTNER_LIMIT)
        return list(query.get_result_ids())

    @api.model
    def _escape(self, text):
        """Text that ``ilike`` takes literally."""
        return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
