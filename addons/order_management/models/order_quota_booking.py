# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..tools.quota_plan import Booking, QuotaRow

_COLUMNS = (
    "id",
    "name",
    "state",
    "policy",
    "give_back",
    "measure",
    "uom_id",
    "currency_id",
    "limit_qty",
    "held_qty",
    "consumed_qty",
)


class OrderQuota(models.Model):
    """A quota; here: which orders meet which quotas, in one query for any number."""

    _inherit = "order.quota"

    @api.model
    @ormcache("company_id")
    def _get_counting(self, company_id):
        """The ways of giving back of a company's quotas; empty when it has none.

        Cached, so that a company without quotas pays nothing for them.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT give_back FROM order_quota"
                " WHERE company_id = %s AND state <> 'draft'",
                company_id,
                to_flush=(self._fields["state"], self._fields["give_back"]),
            )
        )
        return frozenset(give_back for [give_back] in rows)

    @api.model
    @ormcache("company_id")
    def _get_scopes_in_use(self, company_id):
        """What a company's quotas are for: ``(scope types, product scopes)``.

        Cached, so that an order is not matched with scopes that nobody uses.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT scope_type, product_scope FROM order_quota"
                " WHERE company_id = %s AND state <> 'draft'",
                company_id,
                to_flush=(
                    self._fields["state"],
                    self._fields["scope_type"],
                    self._fields["product_scope"],
                ),
            )
        )
        scopes, product_scopes = zip(*rows, strict=True) if rows else ((), ())
        return frozenset(scopes), frozenset(product_scopes)

    @api.model
    def _get_key_queries(self, company_ids):
        """The scope and the product queries that quotas of these companies need.

        :return: (SQL selecting ``key, scope_key``, SQL selecting ``product_id,
            product_key``)
        """
        used = [self._get_scopes_in_use(company_id) for company_id in company_ids]
        return tuple(
            SQL(" UNION ALL ").join(
                query
                for name, query in queries.items()
                if any(name in scopes[part] for scopes in used)
            )
            for part, queries in enumerate(
                (self._get_scope_queries(), self._get_product_queries())
            )
        )

    @api.model
    def _match(self, demand, wanted):
        """Find the quotas that orders meet, and what is counted for them already.

        While something of an order is counted, the order keeps the day it was counted
        on, so that what is held in one period is consumed there.

        :param demand: list of ``(key, company_id, moment, channel_id, partner_id,
            shipping_id)``; the key is the order's id, or negative for orders without;
            the moment is the order date, whose day is that of the company's zone
        :param wanted: list of ``(key, product_id)``
        :return: list of ``Booking``, by order and quota
        """
        if not demand:
            return []
        # counters may have been changed by a form in this transaction
        self.flush_model()
        self.env["order.quota.move"].flush_model()
        companies = sorted({company_id for _key, company_id, *_rest in demand})
        scopes, product_keys = self._get_key_queries(companies)
        if not scopes:
            return []
        query = self._get_match_query(demand, wanted, scopes, product_keys)
        quotas, bookings = {}, []
        size = len(_COLUMNS)
        for row in self.env.execute_query(query):
            quota_id, figures = row[0], row[size - 3 : size]
            if quota_id not in quotas:
                quotas[quota_id] = QuotaRow(
                    *row[: size - 3], *(float(figure) for figure in figures)
                )
            key, day, held, consumed, moves, products = row[size:]
            bookings.append(
                Booking(
                    key,
                    quotas[quota_id],
                    frozenset(products or ()),
                    day,
                    float(held or 0),
                    float(consumed or 0),
                    moves or 0,
                )
            )
        return bookings

    @api.model
    def _get_match_query(self, demand, wanted, scopes, product_keys):
        columns = [list(column) for column in zip(*demand, strict=True)]
        keys, products = [list(c) for c in zip(*wanted, strict=True)] or [[], []]
        return SQL(
            """
            WITH booked AS (%(booked)s),
            demand AS (%(demand)s),
            line AS (
                SELECT * FROM unnest(%(keys)s::int[], %(products)s::int[])
                AS line(key, product_id)
            ),
            wanted AS (SELECT DISTINCT product_id FROM line),
            scope(key, scope_key) AS (%(scopes)s),
            product(product_id, product_key) AS (%(product_keys)s),
            met AS (
                SELECT key, quota_id, day, array_agg(DISTINCT product_id) AS products
                FROM (%(met)s) AS met GROUP BY key, quota_id, day
            )
            SELECT %(columns)s, COALESCE(met.key, booked.order_id),
                   COALESCE(met.day, booked.day), booked.held, booked.consumed,
                   booked.moves, met.products
            FROM met FULL JOIN booked
              ON booked.order_id = met.key AND booked.quota_id = met.quota_id
            JOIN order_quota q ON q.id = COALESCE(met.quota_id, booked.quota_id)
            ORDER BY 12, q.id
            """,
            booked=self._get_booked_query([key for key in columns[0] if key > 0]),
            demand=self._get_demand_query(*columns),
            keys=keys,
            products=products,
            scopes=scopes,
            product_keys=product_keys,
            met=self._get_met_query(),
            columns=SQL(", ").join(SQL.identifier("q", name) for name in _COLUMNS),
            to_flush=self._get_scope_flush_fields(),
        )

    @api.model
    def _get_booked_query(self, order_ids):
        """What is counted for orders; the day is that of their last movement."""
        return SQL(
            """
            SELECT order_id, quota_id, sum(delta_held) AS held,
                   sum(delta_consumed) AS consumed, count(*) AS moves,
                   (array_agg(counted_on ORDER BY id DESC))[1] AS day
            FROM order_quota_move WHERE order_id = ANY(%s)
            GROUP BY order_id, quota_id
            """,
            order_ids,
        )

    @api.model
    def _get_demand_query(
        self, keys, companies, moments, channels, partners, shippings
    ):
        return SQL(
            """
            SELECT d.key, d.company_id, COALESCE(
                       (SELECT min(day) FROM booked WHERE order_id = d.key
                        AND (held > 0 OR consumed > 0)),
                       (d.moment AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date
                   ) AS day,
                   d.channel_id, d.partner_id, d.shipping_id
            FROM unnest(%s::int[], %s::int[], %s::timestamp[], %s::int[], %s::int[],
                        %s::int[])
            AS d(key, company_id, moment, channel_id, partner_id, shipping_id)
            JOIN (%s) AS zone ON zone.company_id = d.company_id
            """,
            keys,
            companies,
            moments,
            channels,
            partners,
            shippings,
            self._get_zone_query(),
        )

    @api.model
    def _get_zone_query(self):
        """The rule of ``_get_zone`` as a query: ``company_id, name``."""
        company = self.env["res.company"]
        by_hours = "resource_calendar_id" in company._fields
        return SQL(
            "SELECT company.id AS company_id, COALESCE(partner.tz, %s, 'UTC') AS name"
            " FROM res_company company"
            " JOIN res_partner partner ON partner.id = company.partner_id %s",
            SQL("hours.tz") if by_hours else SQL("NULL"),
            SQL(
                "LEFT JOIN resource_calendar hours"
                " ON hours.id = company.resource_calendar_id"
            )
            if by_hours
            else SQL(),
        )

    @api.model
    def _get_met_query(self):
        """Active quotas by their keys; closed ones while something is counted there."""
        return SQL(
            """
            SELECT d.key, q.id AS quota_id, d.day, l.product_id
            FROM demand d
            JOIN scope s ON s.key = d.key
            JOIN line l ON l.key = d.key
            JOIN product p ON p.product_id = l.product_id
            JOIN order_quota q ON q.company_id = d.company_id
             AND q.scope_key = s.scope_key AND q.product_key = p.product_key
             AND q.state <> 'draft'
            LEFT JOIN booked b ON b.order_id = d.key AND b.quota_id = q.id
            WHERE CASE q.state
                WHEN 'active' THEN d.day BETWEEN q.date_from AND q.date_to
                WHEN 'closed' THEN b.held > 0 OR b.consumed > 0
            END
            """
        )
