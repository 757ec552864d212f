# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..shipping.choice import Carrier, Price


class DeliveryCarrier(models.Model):
    """A carrier; here: compared with others, many orders at once.

    Odoo's own question is about one order and may ask a service outside. What Community
    knows about addresses, sizes and prices is read once and compared in memory.
    """

    _inherit = "delivery.carrier"  # pylint: disable=consider-merging-classes-inherited

    transit_days = fields.Integer(
        "Days on the Way",
        help="From the day it leaves. Chooses the fastest carrier, and tells when a "
        "parcel is late if nothing else was promised. 0: not known.",
    )

    _transit_days_check = models.Constraint(
        "CHECK (transit_days >= 0)", "Nothing arrives before it left."
    )

    def _prepare_plain(self, company):
        """{id: this carrier for ``shipping.choice``}, prices in the company's
        currency, without margins and without "free above"."""
        today = fields.Date.today()
        result = {}
        for carrier in self:
            currency, rate = carrier.currency_id, 1.0
            if currency and currency != company.currency_id:
                rate = currency._get_conversion_rate(
                    currency, company.currency_id, company, today
                )
            result[carrier.id] = Carrier(
                id=carrier.id,
                name=carrier.name,
                country_ids=frozenset(carrier.country_ids.ids),
                state_ids=frozenset(carrier.state_ids.ids),
                zip_prefixes=tuple(carrier.zip_prefix_ids.mapped("name")),
                max_weight=carrier.max_weight,
                max_volume=carrier.max_volume,
                must_tag_ids=frozenset(carrier.must_have_tag_ids.ids),
                excluded_tag_ids=frozenset(carrier.excluded_tag_ids.ids),
                takes_cash=carrier.allow_cash_on_delivery,
                transit_days=carrier.transit_days,
                currency_rate=rate,
                **carrier._prepare_plain_prices(),
            )
        return result

    def _prepare_plain_prices(self):
        """The price list; other providers may know theirs without asking."""
        self.ensure_one()
        if self.delivery_type == "fixed":
            return {"fixed_price": self.fixed_price}
        if self.delivery_type != "base_on_rule":
            return {}
        return {
            "prices": tuple(
                Price(
                    rule.variable,
                    rule.operator,
                    rule.max_value,
                    rule.list_base_price,
                    rule.list_price,
                    rule.variable_factor,
                )
                for rule in self.price_rule_ids
            )
        }
