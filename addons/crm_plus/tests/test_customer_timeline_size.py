# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import time

from odoo.tests import tagged
from odoo.tools import SQL

from .view_common import CustomerViewCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestCustomerTimelineSize(CustomerViewCommon):
    """CP-1: a page costs the same whatever the history's length."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_order()
        cls.customer.message_post(body="Hello", subtype_xmlid="mail.mt_comment")
        cls._make_snapshot(order_count=1)

    def _copy_rows(self, table, where, count):
        """Copies of the rows, each an hour older than the one before."""
        self.env.flush_all()
        columns = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = %s AND column_name != 'id'"
                    " AND is_generated = 'NEVER'",
                    table,
                )
            )
        ]
        moved = {"date_order", "date"}
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s,"
                " generate_series(1, %s) AS n WHERE %s",
                SQL.identifier(table),
                SQL(", ").join(SQL.identifier(name) for name in columns),
                SQL(", ").join(
                    SQL("%s - n * interval '1 hour'", SQL.identifier(name))
                    if name in moved
                    else SQL.identifier(name)
                    for name in columns
                ),
                SQL.identifier(table),
                count,
                where,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()

    def _measure(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before, start = self.cr.sql_log_count, time.perf_counter()
        result = call()
        return result, self.cr.sql_log_count - before, time.perf_counter() - start

    def test_five_thousand_events(self):
        timeline = self.env["customer.timeline"].with_user(self.leader)
        overview = self.env["customer.overview"].with_user(self.leader)
        calls = {
            "page": lambda: timeline.get_page(self.customer.id),
            "search": lambda: timeline.get_page(self.customer.id, search="hello"),
            "head": lambda: overview.get_overview(self.customer.id),
        }
        for call in [*calls.values()] * 2:
            call()  # rules, fields and groups are in the caches from now on
        small = {name: self._measure(call)[1] for name, call in calls.items()}
        order = self.env["sale.order"].search([("partner_id", "=", self.contact.id)])
        self._copy_rows("sale_order", SQL("id = %s", order.id), 2500)
        self._copy_rows(
            "mail_message",
            SQL("model = 'res.partner' AND res_id = %s", self.customer.id),
            2500,
        )
        for name, call in calls.items():
            result, queries, seconds = self._measure(call)
            _logger.info(
                "%s of 5,000 events: %s queries, %.0f ms", name, queries, seconds * 1e3
            )
            self.assertLessEqual(queries, small[name], name)
            if name == "page":
                self.assertEqual(len(result["entries"]), 40)
                self.assertTrue(result["cursor"])
