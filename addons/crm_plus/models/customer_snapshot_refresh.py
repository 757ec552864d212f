# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_snapshot_figures import Moment

_NUMBERS = ("integer", "float", "monetary")


class CustomerSnapshot(models.Model):
    """How rows are computed: in temporary tables, then one INSERT ... ON CONFLICT.

    The number of queries depends on nothing but the addons installed.
    """

    _inherit = "customer.snapshot"

    @api.model
    def _refresh(self, partners=None, companies=None):
        """Compute the rows of customers anew.

        Without partners everything is: cut-offs of the scores are found again, the
        churn model is fitted when it is a month old, segments are left to their own
        job.

        :param partners: customers or contacts of theirs; all of them where not given
        :param companies: all of them where not given
        """
        companies = companies or self.env["res.company"].sudo().search(
            [("active", "=", True)]
        )
        self.env.flush_all()
        for company in companies.sudo():
            self.sudo()._refresh_company(company, partners)
        self.env.invalidate_all(flush=False)

    def _refresh_company(self, company, partners=None):
        moment = self._get_moment(company)
        if partners is None:
            self._make_scope(moment)
            self._find_rfm_cuts(moment)
            self._fit_churn_model(moment)
        else:
            # contacts are computed with the whole customer
            of_partners = SQL(
                "commercial_partner_id IN (SELECT commercial_partner_id"
                " FROM res_partner WHERE id = ANY(%s))",
                list(partners.ids),
            )
            self._make_scope(moment, of_partners)
        self._compute_rows(moment)

    @api.model
    def _begin_night(self, company, size):
        """What is computed of all customers together, before their rows are.

        :param size: customers of a batch
        :return: the ids of the customers that batches end with
        """
        moment = self.sudo()._get_moment(company)
        self.env.flush_all()
        self._make_scope(moment)
        self._find_rfm_cuts(moment)
        self._fit_churn_model(moment)
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM (SELECT partner_id,"
                " ROW_NUMBER() OVER (ORDER BY partner_id) AS place FROM customer_base"
                ") b WHERE place %% %s = 0 ORDER BY partner_id",
                size,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _refresh_span(self, company, after, until):
        """The rows of customers by the order of their ids, with the night's cut-offs.

        :param after: the id before the first one
        :param until: the last id; None: to the end
        """
        self.env.flush_all()
        span = SQL("commercial_partner_id > %s", after)
        if until is not None:
            span = SQL("%s AND commercial_partner_id <= %s", span, until)
        moment = self._get_moment(company)
        self._make_scope(moment, span)
        self._compute_rows(moment)
        self.env.invalidate_all(flush=False)

    def _compute_rows(self, moment):
        """Compute and write the rows of ``customer_scope``."""
        figures = self._make_figures(moment)
        self._make_forecast(moment)
        self._write_rows(moment, figures)

    @api.model
    def _get_moment(self, company):
        """The company's today: days of purchases are those of its own clock."""
        zone = company.partner_id.tz or "UTC"
        now = fields.Datetime.now()
        today = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
        return Moment(company, today, zone, now)

    @api.model
    def _ensure(self, partner, company=None):
        """The row of a customer, made where there is none yet, even without a purchase.

        :param partner: a customer or a contact of one
        :return: `customer.snapshot`
        """
        customer = partner.commercial_partner_id
        company = company or self.env.company
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        found = self.with_context(active_test=False).search(domain)
        if not found and customer:
            # there may be one that still belongs to the former salesperson, and
            # somebody else may make it at the same time: then this is tried again
            self.env.cr.execute(
                SQL(
                    "INSERT INTO customer_snapshot (partner_id, company_id)"
                    " VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    customer.id,
                    company.id,
                )
            )
            self._refresh(customer, company)
            found = self.with_context(active_test=False).search(domain)
        return found

    def _make_table(self, name, query):
        """A temporary table of this transaction, with the planner told its size."""
        table = SQL.identifier(f"customer_{name}")
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        self.env.cr.execute(
            SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", table, query)
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))

    def _make_scope(self, moment, where=None):
        """What rows are computed of: purchases, their rhythm, and who gets a row.

        :param where: SQL, a condition on `res_partner`; everybody where not given
        """
        self._make_purchases(moment, where)
        self._drop_former_customers(moment)
        self._make_table("rhythm", self._get_rhythm_query(moment))
        self._make_table("base", self._get_base_query(moment))

    def _make_purchases(self, moment, where=None):
        """Customers, all contacts that stand for them, and what these have bought.

        ``customer_scope`` (partner_id, commercial_id, company_id) is what figure
        queries join: an order of any contact is the customer's. Orders, the widest
        table, are read once, into ``customer_order``: reading all of them for each
        figure and batch would grow faster than they do.

        :param where: SQL, a condition on `res_partner`; everybody where not given
        """
        scope = SQL(
            "SELECT id AS partner_id, commercial_partner_id AS commercial_id,"
            " %s::integer AS company_id FROM res_partner WHERE %s",
            moment.company.id,
            where or SQL("TRUE"),
        )
        self._make_table("scope", scope)
        self._make_table("order", self._get_scope_order_query(moment))
        self._make_table("purchase", self._get_purchase_query(moment))

    def _drop_former_customers(self, moment):
        """A company that became a contact of another one is no customer any more."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_snapshot s USING customer_scope c"
                " WHERE c.partner_id = s.partner_id AND s.company_id = %s"
                " AND c.commercial_id != c.partner_id",
                moment.company.id,
            )
        )

    def _make_figures(self, moment):
        """One temporary table for each figure query.

        :return: [(table, [its columns])]
        """
        self._make_table("line", self._get_line_query(moment))
        tables = []
        company = self.with_context(customer_moment=moment)
        for number, (query, columns) in enumerate(company._get_figure_queries()):
            self._make_table(f"figure_{number}", query)
            tables.append((SQL.identifier(f"customer_figure_{number}"), columns))
        return tables

    def _write_rows(self, moment, figures):
        """All rows of the scope in one statement."""
        joins, columns = [], {}
        for number, (table, names) in enumerate(figures):
            alias = SQL.identifier(f"f{number}")
            joins.append(
                SQL(
                    "LEFT JOIN %s %s ON %s.partner_id = b.partner_id",
                    table,
                    alias,
                    alias,
                )
            )
            for name in names:
                columns[name] = self._get_figure_column(alias, name)
        figure = SQL(
            "SELECT b.*, %s FROM customer_base b %s",
            SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name))
                for name, value in columns.items()
            ),
            SQL(" ").join(joins),
        )
        stored = {
            name: SQL("f.%s", SQL.identifier(name))
            for name in columns
            if name in self._fields and self._fields[name].store
        }
        stored.update(self._get_derived_columns(moment))
        names = [SQL.identifier(name) for name in stored]
        self.env.cr.execute(
            SQL(
                "WITH f AS MATERIALIZED (%(figure)s)"
                " INSERT INTO customer_snapshot (partner_id, company_id, %(names)s)"
                " SELECT f.partner_id, %(company)s, %(values)s %(source)s"
                " ON CONFLICT (company_id, partner_id) DO UPDATE SET %(updates)s",
                figure=figure,
                names=SQL(", ").join(names),
                company=moment.company.id,
                values=SQL(", ").join(stored.values()),
                source=self._get_derived_source(moment),
                updates=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", name, name) for name in names
                ),
            )
        )

    def _get_figure_column(self, alias, name):
        """A column of a figure table; figures that are missing are zero."""
        column = SQL("%s.%s", alias, SQL.identifier(name))
        field = self._fields.get(name)
        numeric = field.type in _NUMBERS if field else name.startswith("figure_")
        return SQL("COALESCE(%s, 0)", column) if numeric else column
