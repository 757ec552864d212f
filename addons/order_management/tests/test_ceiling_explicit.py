# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""OM-10: every path of `TestCeiling` again, with approvals decided by a reviewer.

How that mode meets other addons: `tests/ceiling` takes every path in every mode.
"""

from odoo.tests import tagged

from .test_ceiling import TestCeiling


@tagged("post_install", "-at_install", "meets_others")
class TestCeilingExplicit(TestCeiling):
    # Odoo's loader leaves inherited tests out otherwise
    allow_inherited_tests_method = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_mode = "explicit"
