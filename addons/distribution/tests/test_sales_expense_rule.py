# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import CheckViolation

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestSalesExpenseRule(TransactionCase):
    """DS-10: who approves an expense, level by level."""

    def test_levels_start_at_one(self):
        rule = {"name": "Before all others", "approver_type": "centre", "level": 0}
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env["sales.expense.rule"].create(rule)
