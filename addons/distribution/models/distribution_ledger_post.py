# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from collections import defaultdict
from datetime import timedelta
from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare, float_is_zero

from .distribution_ledger import STOCK_SIGNS

_COLUMNS = {
    "company_id": "int",
    "member_id": "int",
    "counterparty_id": "int",
    "product_id": "int",
    "categ_id": "int",
    "kind": "text",
    "quantity": "numeric",
    "stock_quantity": "numeric",
    "price_unit": "numeric",
    "value": "numeric",
    "currency_id": "int",
    "company_value": "numeric",
    "company_currency_id": "int",
    "date": "date",
    "rep_id": "int",
    "territory_id": "int",
    "res_model": "text",
    "res_id": "int",
    "key": "text",
    "reason": "text",
}
_FIGURES = ("quantity", "stock_quantity", "price_unit", "value", "company_value")
#: more is no quantity of goods but a slip of the keyboard
MAX_QUANTITY = 1e9


class DistributionLedger(models.Model):
    """The ledger; here: how rows come into it, together with the stock counters."""

    _inherit = "distribution.ledger"

    @api.model
    def _post(self, vals_list, late="refuse"):
        """Write movements and change the stock counters, exactly and once.

        A transaction that meets a stock book or a counter changed since its snapshot
        gets a serialization error, which must escape: Odoo then repeats the request.

        :param vals_list: ``member_id``, ``product_id``, ``kind``, ``quantity`` (in the
            product's unit), ``date`` and ``key`` are needed; ``counterparty_id``,
            ``value`` with ``currency_id`` (default: the company's), ``price_unit``,
            ``rep_id``, ``territory_id``, ``res_model``, ``res_id``, ``reason`` may be
            given. A key that is known already is not posted again.
        :param late: for a day in a closed month: ``refuse`` it, or post it on the day
            after (``next``: goods that really moved must not be held up by a closing)
        :return: the new postings, with superuser rights
        :raises UserError: a day in a closed month
        :raises ValidationError: figures that cannot be
        """
        ledger_sudo = self.sudo()
        vals_list = [dict(vals) for vals in vals_list]
        members = self.env["distribution.member"].sudo()
        members = members.browse({vals["member_id"] for vals in vals_list})
        if not members:
            return ledger_sudo
        closed = self.env["distribution.stock.book"]._take_turns(members)
        vals_list = ledger_sudo._drop_known(vals_list)
        ledger_sudo._check_figures(vals_list)
        ledger_sudo._set_days(vals_list, closed, late)
        ledger_sudo._complete(vals_list)
        changes = defaultdict(float)
        for vals in vals_list:
            changes[vals["member_id"], vals["product_id"]] += vals["stock_quantity"]
        self.env["distribution.stock"]._change(
            {key: (round(value, 9), 0.0) for key, value in changes.items()}
        )
        return ledger_sudo._insert(vals_list)

    @api.model
    def _drop_known(self, vals_list):
        """Without keys that are posted already or come twice."""
        new = {}
        for vals in vals_list:
            new.setdefault(vals["key"], vals)
        companies = self.env["distribution.member"].browse(
            {vals["member_id"] for vals in vals_list}
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT key FROM distribution_ledger"
                " WHERE company_id = ANY(%s) AND key = ANY(%s)",
                companies.company_id.ids,
                list(new),
            )
        )
        for [key] in rows:
            del new[key]
        return list(new.values())

    @api.model
    def _check_figures(self, vals_list):
        """Refuse what no goods can be.

        :raises ValidationError: a quantity of nothing, or beyond all bounds
        """
        for vals in vals_list:
            quantity = vals["quantity"]
            is_possible = isfinite(quantity) and abs(quantity) <= MAX_QUANTITY
            if not is_possible or float_is_zero(quantity, precision_digits=9):
                product = self.env["product.product"].browse(vals["product_id"])
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(quantity)s is no quantity that can be posted. "
                        "Give one that is not zero and below a thousand million.",
                        product=product.display_name,
                        quantity=quantity,
                    )
                )

    @api.model
    def _set_days(self, vals_list, closed, late):
        for vals in vals_list:
            day = fields.Date.to_date(vals["date"])
            until = closed.get(vals["member_id"])
            if until and day <= until:
                if late == "refuse":
                    member = self.env["distribution.member"].browse(vals["member_id"])
                    raise self.env["distribution.stock.book"]._get_closed_error(
                        member, day, until
                    )
                day = until + timedelta(days=1)
            vals["date"] = day

    @api.model
    def _complete(self, vals_list):
        """Add what the members, products and currencies know; no query a row."""
        members = self.env["distribution.member"]
        members = members.browse({vals["member_id"] for vals in vals_list})
        members.fetch(["company_id", "user_id", "territory_id", "keeps_stock"])
        products = self.env["product.product"]
        products = products.browse({vals["product_id"] for vals in vals_list})
        products.product_tmpl_id.fetch(["categ_id"])
        rates = {}
        for vals in vals_list:
            member = members.browse(vals["member_id"])
            company = member.company_id
            vals["company_id"] = company.id
            product = products.browse(vals["product_id"])
            vals["categ_id"] = product.product_tmpl_id.categ_id.id
            vals.setdefault("rep_id", member.user_id.id)
            vals.setdefault("territory_id", member.territory_id.id)
            sign = STOCK_SIGNS[vals["kind"]] if member.keeps_stock else 0
            vals["stock_quantity"] = sign * vals["quantity"]
            self._complete_value(vals, company, rates)

    @api.model
    def _complete_value(self, vals, company, rates):
        own = company.currency_id
        currency = self.env["res.currency"].browse(vals.get("currency_id")) or own
        if vals.get("value") is None:
            vals["value"] = (vals.get("price_unit") or 0.0) * vals["quantity"]
        vals["value"] = currency.round(vals["value"])
        if vals.get("price_unit") is None:
            vals["price_unit"] = vals["value"] / vals["quantity"]
        key = currency, company, vals["date"]
        if key not in rates:
            rates[key] = currency._get_conversion_rate(
                currency, own, company, vals["date"]
            )
        if vals.get("company_value") is None:
            vals["company_value"] = own.round(vals["value"] * rates[key])
        vals["currency_id"] = currency.id
        vals["company_currency_id"] = own.id

    @api.model
    def _insert(self, vals_list):
        """Write the rows in one statement.

        :return: the postings, in order
        """
        if not vals_list:
            return self
        rows = [
            {
                name: self._to_json(name, vals.get(name))
                for name in _COLUMNS
                if vals.get(name) is not None and vals.get(name) is not False
            }
            for vals in vals_list
        ]
        names = SQL(", ").join(map(SQL.identifier, _COLUMNS))
        types = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind))
            for name, kind in _COLUMNS.items()
        )
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO distribution_ledger (%(names)s, user_id, posted_at)
                SELECT %(names)s, %(user)s, %(now)s
                FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(%(types)s)
                RETURNING id
                """,
                names=names,
                types=types,
                user=self.env.uid,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )
        return self.browse(row_id for [row_id] in inserted)

    @api.model
    def _to_json(self, name, value):
        # repr keeps 0.1 what people mean by it, so that counters add up exactly
        if name in _FIGURES:
            return repr(float(value))
        return fields.Date.to_string(value) if name == "date" else value

    @api.model
    def _get_channel_stock(self, members, products, at=None):
        """What members have of products, in the products' units; one query.

        :param at: a day: at its end; default: now
        :return: ``{(member, product): quantity}``, zero included
        """
        result = {(member, product): 0.0 for member in members for product in products}
        params = (list(members.ids), list(products.ids))
        if at is None:
            query = SQL(
                "SELECT member_id, product_id, quantity FROM distribution_stock"
                " WHERE member_id = ANY(%s) AND product_id = ANY(%s)",
                *params,
            )
        else:
            query = SQL(
                "SELECT member_id, product_id, sum(stock_quantity)"
                " FROM distribution_ledger WHERE member_id = ANY(%s)"
                " AND product_id = ANY(%s) AND date <= %s"
                " GROUP BY member_id, product_id",
                *params,
                at,
            )
        for member_id, product_id, quantity in self.env.execute_query(query):
            key = members.browse(member_id), products.browse(product_id)
            result[key] = float(quantity)
        return result

    @api.model
    def _find_drift(self):
        """Counters that differ from the ledger: none, ever. For checks and tests.

        :return: ``[(member id, product id, counter, sum)]``
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT member_id, product_id, stock.quantity, ledger.quantity
                FROM distribution_stock stock FULL JOIN (
                    SELECT member_id, product_id, sum(stock_quantity) AS quantity
                    FROM distribution_ledger GROUP BY member_id, product_id
                ) ledger USING (member_id, product_id)
                """
            )
        )
        return [
            row
            for row in rows
            if float_compare(float(row[2] or 0), float(row[3] or 0), precision_digits=6)
        ]
