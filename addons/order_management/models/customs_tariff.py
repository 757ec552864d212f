# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..shipping.customs import Tariff, clean_code


class CustomsTariff(models.Model):
    """Rates that customs ask for goods of a heading in a country: for estimates.

    The longest heading counts, then the one with an origin, then the country before its
    union, then the newest.
    """

    _name = "customs.tariff"
    _description = "Customs Tariff"
    _order = "country_id, country_group_id, hs_prefix, date_from desc, id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    hs_prefix = fields.Char(
        "HS Code Begins With",
        help="As many figures as the rate is about, 2 to 10. Empty: everything else.",
    )
    name = fields.Char("Goods")
    country_id = fields.Many2one("res.country", "Destination", index=True)
    country_group_id = fields.Many2one(
        "res.country.group", "Or Destinations", help="For instance a customs union."
    )
    origin_id = fields.Many2one(
        "res.country",
        "Origin of the Goods",
        help="Where they were made, for trade agreements. Empty: anywhere.",
    )
    duty_rate = fields.Float("Duty (%)", digits=(16, 4))
    tax_rate = fields.Float(
        "VAT / GST (%)", digits=(16, 4), help="On the value and the duty."
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    duty_free_amount = fields.Monetary(
        "Duty from Above",
        help="De minimis: shipments worth no more than this pay no duty. 0: all pay.",
    )
    tax_free_amount = fields.Monetary(
        "Tax from Above",
        help="De minimis: shipments worth no more than this pay no tax. 0: all pay.",
    )
    with_freight = fields.Boolean(
        "Freight Counts",
        default=True,
        help="Whether freight is part of the value (CIF), as in most countries. The "
        "United States, Canada and Australia take the value without it (FOB).",
    )
    date_from = fields.Date("From", default=fields.Date.context_today, required=True)
    date_to = fields.Date("Until")
    source = fields.Char(help="Where the rate was found, for whoever checks it.")

    _rates_check = models.Constraint(
        "CHECK (duty_rate >= 0 AND duty_rate <= 1000"
        " AND tax_rate >= 0 AND tax_rate <= 100"
        " AND COALESCE(duty_free_amount, 0) >= 0"
        " AND COALESCE(tax_free_amount, 0) >= 0)",
        "Rates and amounts are zero or above; a tax is 100 % at most.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A rate ends after it begins.",
    )

    @api.depends("hs_prefix", "country_id", "country_group_id")
    def _compute_display_name(self):
        for tariff in self:
            place = tariff.country_id.name or tariff.country_group_id.name or ""
            tariff.display_name = f"{tariff.hs_prefix or '*'} {place}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        """Headings are kept as figures only."""
        return super().create([self._clean_vals(vals) for vals in vals_list])

    def write(self, vals):
        """Headings are kept as figures only."""
        return super().write(self._clean_vals(vals))

    @api.model
    def _clean_vals(self, vals):
        if "hs_prefix" not in vals:
            return vals
        return {**vals, "hs_prefix": clean_code(vals["hs_prefix"]) or False}

    @api.constrains("country_id", "country_group_id")
    def _check_destination(self):
        for tariff in self:
            if bool(tariff.country_id) == bool(tariff.country_group_id):
                raise ValidationError(
                    self.env._(
                        "%(name)s: name either a destination or a group of them.",
                        name=tariff.display_name,
                    )
                )

    @api.model
    def _get_plain_for(self, company, country, date, currency):
        """The rates of a destination on a day, for ``shipping.customs``.

        :param currency: of the goods: limits are converted to it
        """
        # settings count for everybody, whoever may read them
        tariffs = self.sudo().search(
            [
                ("company_id", "in", (False, company.id)),
                "|",
                ("country_id", "=", country.id),
                ("country_group_id.country_ids", "in", country.ids),
                ("date_from", "<=", date),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date),
            ]
        )
        return [
            Tariff(
                id=tariff.id,
                hs_prefix=tariff.hs_prefix or "",
                duty_rate=Decimal(str(tariff.duty_rate)),
                tax_rate=Decimal(str(tariff.tax_rate)),
                origin_id=tariff.origin_id.id or 0,
                is_country=bool(tariff.country_id),
                duty_free=tariff._get_limit("duty", company, currency, date),
                tax_free=tariff._get_limit("tax", company, currency, date),
                with_freight=tariff.with_freight,
                valid_from=str(tariff.date_from),
            )
            for tariff in tariffs
        ]

    def _get_limit(self, name, company, currency, date):
        amount = self[f"{name}_free_amount"]
        if not amount:
            return None
        own = self.currency_id or company.currency_id
        return Decimal(str(own._convert(amount, currency, company, date)))
