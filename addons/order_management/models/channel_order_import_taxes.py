# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

ZERO = Decimal(0)
#: How far a tax amount may be from base x rate: rounding of a line, and of its units.
_TAX_SLACK = Decimal("0.02")


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: taxes, from Odoo or as the channel charged them."""

    _inherit = "channel.order.importer"

    @api.model
    def _match_taxes(self, channel, items):
        """Taxes of each line before the fiscal position: Odoo's or as charged."""
        taxes = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", "sale"),
                *self.env["account.tax"]._check_company_domain(self.env.company),
            ]
        )
        by_rate = {}
        for tax in taxes.filtered(lambda tax: tax.amount_type == "percent"):
            rate = Decimal(str(tax.amount))
            by_rate.setdefault((rate, tax.price_include), tax)
        for item in items:
            unknown = []
            for draft in item.lines:
                own = draft.taxes = draft.product.taxes_id & taxes
                if draft.tax is None and draft.tax_rate is None:
                    continue
                if channel.tax_policy == "channel":
                    draft.taxes = self._find_charged(item, draft, by_rate, unknown)
                elif draft.is_charge and not own:
                    # a charge without taxes here: by rate if there is one; where it
                    # lies in the price, the total is right without it, too
                    ignored = [] if item.order.prices_include_tax else unknown
                    draft.taxes = self._find_charged(item, draft, by_rate, ignored)
            if unknown:
                self._hold_tax(item, unknown)

    @api.model
    def _find_charged(self, item, draft, by_rate, unknown):
        """The tax of the rate that the channel charged on a line."""
        include = item.order.prices_include_tax
        rate = draft.tax_rate
        if rate is None:
            base = draft.net - draft.tax if include else draft.net
            rate = self._guess_rate(base, draft.tax, {key[0] for key in by_rate})
        none = self.env["account.tax"]
        tax = by_rate.get((rate, include)) or by_rate.get((rate, not include)) or none
        if rate and not tax:
            unknown.append(rate)
        return tax

    @api.model
    def _guess_rate(self, base, tax, rates):
        """The known rate that gives the tax of a line; else the one it looks like."""
        if not tax:
            return ZERO
        near = [
            rate
            for rate in rates
            if rate and abs(base * rate / 100 - tax) <= _TAX_SLACK
        ]
        if near:
            return min(near, key=lambda rate: abs(base * rate / 100 - tax))
        return (100 * tax / base).quantize(Decimal("0.01")) if base else Decimal(100)

    @api.model
    def _hold_tax(self, item, rates):
        item.hold(
            "unknown_tax",
            self.env._(
                "The channel charged a tax of %(rates)s %%, and there is no sales tax "
                "of that rate. Create it under Invoicing, Configuration, Taxes, or let "
                "the channel use Odoo's own taxes; then try again.",
                rates=", ".join(f"{rate.normalize():f}" for rate in sorted(set(rates))),
            ),
        )

    @api.model
    def _match_fiscal_positions(self, channel, items):
        """Fiscal position by customer and destination, each kind looked up once."""
        model = self.env["account.fiscal.position"]
        automatic = model.search_count(
            [("auto_apply", "=", True), *model._check_company_domain(self.env.company)],
            limit=1,
        )
        known = {}
        ids = {x.id for i in items for x in (i.partner, i.shipping_partner)}
        self.env["res.partner"].browse(ids).fetch(["property_account_position_id"])
        for item in items:
            partner, delivery = item.partner, item.shipping_partner
            manual = (
                delivery.property_account_position_id
                or partner.property_account_position_id
            )
            item.fiscal_position = manual
            if manual or not automatic:
                continue
            key = (
                partner.vat,
                bool(partner.country_id),
                delivery.vat,
                delivery.country_id,
                delivery.state_id,
                delivery.zip,
            )
            if key not in known:
                known[key] = model._get_fiscal_position(partner, delivery)
            item.fiscal_position = known[key]

    @api.model
    def _with_basis(self, taxes, include):
        """These taxes, included in the price or added to it as ``include`` says."""
        wrong = taxes.filtered(
            lambda tax: tax.price_include != include and tax.amount_type != "group"
        )
        if not wrong:
            return taxes
        twins = (
            self._remember(
                ("twin", tax.id), lambda tax=tax: self._get_twin(tax, include)
            )
            for tax in wrong
        )
        return (taxes - wrong).union(*twins)

    @api.model
    def _get_twin(self, tax, include):
        """The same tax with the other basis; made if nobody has one."""
        same = ("amount", "amount_type", "type_tax_use", "include_base_amount")
        links = ("tax_group_id", "company_id", "country_id")
        domain = [(name, "=", tax[name]) for name in same]
        domain += [(name, "=", tax[name].id) for name in links]
        twin = (
            self.env["account.tax"]
            .search(domain)
            .filtered(lambda other: other.price_include == include)[:1]
        )
        if twin:
            return twin
        # the row is written so that two processes never make two twins
        tax.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE account_tax SET write_date = write_date WHERE id = %s"
                " RETURNING id",
                tax.id,
            )
        )
        basis = self.env._("included") if include else self.env._("excluded")
        override = "tax_included" if include else "tax_excluded"
        return tax.copy(
            {"name": f"{tax.name} ({basis})", "price_include_override": override}
        )
