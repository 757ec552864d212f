# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..neutral.totals import expected_total, tolerance
from ..tools.import_item import LineDraft, allocate, split_price

ZERO = Decimal(0)


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: currencies, charges, prices and totals.

    Until :meth:`_check_totals` a draft's ``net`` is in the tax basis of the message's
    prices, and the taxes chosen have that basis, too: a tax of the other basis is
    replaced by its twin. So Odoo computes from the very amounts that the channel sent.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _match_currencies(self, channel, items):
        """Currency and price list of each order; without one it is an error."""
        codes = {item.order.currency for item in items}
        currencies = {
            currency.name: currency
            for currency in self.env["res.currency"].search([("name", "in", codes)])
        }
        pricelists = self._get_pricelists(channel, currencies.values())
        rated = self._get_rated_currencies(channel)
        for item in items:
            code = item.order.currency
            item.currency = currencies.get(code)
            if not item.currency:
                item.fail(
                    "unknown_currency",
                    self.env._(
                        "$.currency: %(code)s is not active here. Activate it under "
                        "Invoicing, Configuration, Currencies, give it a rate, and try "
                        "again.",
                        code=code,
                    ),
                )
                continue
            item.pricelist = pricelists.get(item.currency)
            if item.currency not in rated and not item.accepts("no_rate"):
                item.hold(
                    "no_rate",
                    self.env._(
                        "There is no exchange rate for %(code)s at all: the order "
                        "would count as if it were in %(own)s. Enter a rate and try "
                        "again, or accept it.",
                        code=code,
                        own=channel.company_id.currency_id.name,
                    ),
                )

    @api.model
    def _get_pricelists(self, channel, currencies):
        """``{currency: price list}``: the channel's, none for the company's currency,
        else any of that currency; where there is none, one is made."""
        own = channel.pricelist_id
        found = {own.currency_id: own} if own else {}
        found.setdefault(channel.company_id.currency_id, own.browse())
        wanted = [currency.id for currency in currencies if currency not in found]
        if not wanted:
            return found
        model = self.env["product.pricelist"]
        domain = [("currency_id", "in", wanted), *self._get_company_domain()]
        for pricelist in model.search(domain, order="company_id, sequence, id"):
            found.setdefault(pricelist.currency_id, pricelist)
        missing = [c for c in currencies if c not in found]
        if missing:
            # the channel's row is written: two processes never make two lists
            self.env.execute_query(
                SQL(
                    "UPDATE sale_channel SET write_date = write_date WHERE id = %s"
                    " RETURNING id",
                    channel.id,
                )
            )
        made = model.create(
            [
                {
                    "name": self.env._("Channels (%(code)s)", code=currency.name),
                    "currency_id": currency.id,
                    "company_id": channel.company_id.id,
                }
                for currency in missing
            ]
        )
        return found | dict(zip(missing, made, strict=True))

    @api.model
    def _get_rated_currencies(self, channel):
        company = channel.company_id
        groups = self.env["res.currency.rate"]._read_group(
            [("company_id", "in", (False, company.root_id.id))], ["currency_id"]
        )
        rated = self.env["res.currency"].concat(*(currency for [currency] in groups))
        return rated | company.currency_id

    @api.model
    def _prepare_charges(self, channel, items):
        """Shipping and what else the buyer pays beside goods."""
        keys = {
            f"fee:{fee.type}"
            for item in items
            for fee in item.order.fees
            if fee.type and fee.paid_by == "buyer"
        }
        mapped = self._find_mapped(channel, keys) if keys else {}
        shipping = self._get_charge(channel, "shipping")
        other = self._get_charge(channel, "fee")
        for item in items:
            order = item.order
            if order.shipping.fee:
                item.lines.append(
                    self._draft_charge(
                        "@shipping",
                        shipping,
                        order.shipping.fee,
                        order.shipping.method or shipping.name,
                        order.shipping.tax,
                        is_delivery=True,
                    )
                )
            for index, fee in enumerate(order.fees):
                if fee.paid_by == "buyer" and fee.amount:
                    match = mapped.get(f"fee:{fee.type}")
                    product = match.product if match else other
                    name = fee.name or fee.type or product.name
                    item.lines.append(
                        self._draft_charge(
                            f"@fee{index + 1}", product, fee.amount, name, fee.tax
                        )
                    )

    @api.model
    def _get_charge(self, channel, kind):
        return self._remember(
            ("charge", channel.id, kind), lambda: channel._get_charge_product(kind)
        )

    @api.model
    def _draft_charge(self, ref, product, amount, name, tax=None, **values):
        return LineDraft(
            ref=ref,
            product=product,
            quantity=Decimal(1),
            net=amount,
            list_price=amount,
            name=name,
            tax=tax or None,
            is_charge=True,
            **values,
        )

    @api.model
    def _check_totals(self, channel, items):
        """Prices, discounts and rounding: what Odoo will compute is what was paid."""
        digits = {
            name: self.env["decimal.precision"].precision_get(name)
            for name in ("Product Price", "Discount")
        }
        for item in items:
            self._price_lines(channel, item, digits)
            if item.is_cancelled or not item.lines:
                continue
            computed = self._compute_total(item)
            order = item.order
            places = item.currency.decimal_places
            target = expected_total(order, places) + item.check.difference
            gap = target - computed
            small = abs(gap) <= tolerance(order, places)
            if (not small or not item.check.ok) and not item.accepts("total_differs"):
                self._hold_total(item, computed)
            elif gap:
                product = self._get_charge(channel, "rounding")
                line = self._draft_charge("@rounding", product, gap, product.name)
                line.taxes = self.env["account.tax"]
                line.price_unit = gap
                item.lines.append(line)

    @api.model
    def _hold_total(self, item, computed):
        order, code = item.order, item.order.currency
        item.hold(
            "total_differs",
            self.env._(
                "Totals differ: the channel says %(total)s %(code)s, the parts of its "
                "message make %(parts)s %(code)s, with the taxes in Odoo it is "
                "%(computed)s %(code)s. Check taxes and prices and try again, or "
                "accept the difference: it goes to the rounding account.",
                total=f"{order.total:f}",
                parts=f"{item.check.expected:f}",
                computed=f"{computed:f}",
                code=code,
            ),
        )

    @api.model
    def _price_lines(self, channel, item, digits):
        """Fill in prices, taxes after the fiscal position, and lines for rests."""
        include = item.order.prices_include_tax
        places = item.currency.decimal_places
        discount = self._get_charge(channel, "discount")
        rests = []
        for draft in item.lines:
            taxes = draft.taxes
            if channel.tax_policy == "odoo" and item.fiscal_position:
                taxes = item.fiscal_position.map_tax(taxes)
            draft.taxes = self._with_basis(taxes, include)
            draft.price_unit, draft.discount, rest = split_price(
                draft.net,
                draft.quantity,
                draft.list_price,
                digits["Product Price"],
                digits["Discount"],
                places,
            )
            if not draft.quantity:
                rest = -draft.net
            if rest:
                line = self._draft_charge(
                    f"@rest/{draft.ref}", discount, -rest, discount.name
                )
                line.taxes, line.price_unit = draft.taxes, -rest
                rests.append(line)
        item.lines += rests
        item.lines += self._draft_discounts(item, discount, places)

    @api.model
    def _draft_discounts(self, item, product, places):
        """Discounts of the whole order, split by the taxes of what they reduce."""
        bases = {}
        for draft in item.lines:
            bases[draft.taxes] = bases.get(draft.taxes, ZERO) + draft.net
        lines = []
        for index, discount in enumerate(item.order.discounts):
            if (
                discount.borne_by != "seller"
                or discount.in_lines
                or not discount.amount
            ):
                continue
            parts = allocate(discount.amount, list(bases.values()), places)
            for part, taxes in zip(parts, bases, strict=True):
                ref = f"@discount{index + 1}" + (f"/{len(lines)}" if lines else "")
                name = discount.code or product.name
                line = self._draft_charge(ref, product, -part, name)
                line.taxes, line.price_unit = taxes, -part
                if part:
                    lines.append(line)
        return lines

    @api.model
    def _compute_total(self, item):
        """What Odoo will show as the order's total, by Odoo's own computation."""
        tax_model, company = self.env["account.tax"], self.env.company
        lines = [
            tax_model._prepare_base_line_for_taxes_computation(
                {},
                product_id=draft.product,
                tax_ids=draft.taxes,
                price_unit=float(draft.price_unit),
                quantity=float(draft.quantity),
                discount=float(draft.discount),
                currency_id=item.currency,
                partner_id=item.partner,
            )
            for draft in item.lines
        ]
        tax_model._add_tax_details_in_base_lines(lines, company)
        tax_model._round_base_lines_tax_details(lines, company)
        totals = tax_model._get_tax_totals_summary(lines, item.currency, company)
        amount = Decimal(repr(totals["total_amount_currency"]))
        return amount.quantize(Decimal(1).scaleb(-item.currency.decimal_places))
