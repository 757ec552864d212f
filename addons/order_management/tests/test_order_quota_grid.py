# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .quota_common import QuotaCase


@tagged("post_install", "-at_install")
class TestOrderQuotaGrid(QuotaCase):
    """OM-11: limits in bulk, in a table and by spreadsheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamps = cls._create_quota(period_type="month", date_from="2026-01-01")
        cls.february = cls.lamps.action_generate(1)
        cls.chairs = cls._create_quota(
            limit=50,
            name="Chairs",
            product_id=cls.other_product.id,
            period_type="month",
            date_from="2026-01-01",
        )

    def _confirm_in_january(self):
        """Thirty lamps that a channel told of: the order date stays."""
        order = self._order(30, date_order="2026-01-10 10:00:00", channel_number="1")
        order.action_confirm()

    def _load(self, **values):
        return self.env["order.quota"].grid_load("month", "2026-01-15", 3, **values)

    def test_load(self):
        self._order(
            30, date_order="2026-01-10 10:00:00", channel_number="1"
        ).with_context(x=1).action_confirm()
        grid = self._load()
        self.assertEqual(
            [column["label"] for column in grid["columns"]],
            ["2026-01", "2026-02", "2026-03"],
        )
        self.assertEqual([row["name"] for row in grid["rows"]], ["Chairs", "Lamps"])
        cell = grid["rows"][1]["cells"][0]
        self.assertEqual((cell["limit"], cell["used"], cell["left"]), (100, 30, 70))
        self.assertIsNone(grid["rows"][1]["cells"][2])
        found = self._load(search="chair")
        self.assertEqual([row["name"] for row in found["rows"]], ["Chairs"])
        clerk = self._create_user("clerk")
        grid = self.env["order.quota"].with_user(clerk).grid_load("month", "2026-01-01")
        self.assertFalse(grid["can_edit"])

    def test_save(self):
        """A stored limit changes, an empty cell becomes a quota, with the reason."""
        result = self.env["order.quota"].grid_save(
            [
                {"id": self.lamps.id, "limit": 120},
                {"like": self.lamps.id, "date_from": "2026-03-01", "limit": 80},
            ],
            "Plan of spring",
        )
        self.assertEqual(result, {"saved": 2, "errors": {}})
        self.assertEqual(self.lamps.limit_qty, 120)
        self.assertEqual(self.lamps.move_ids.reason, "Plan of spring")
        cell = self._load()["rows"][1]["cells"][2]
        self.assertEqual((cell["limit"], cell["state"]), (80, "active"))

    def test_all_or_nothing(self):
        self._order(
            30, date_order="2026-01-10 10:00:00", channel_number="1"
        ).action_confirm()
        result = self.env["order.quota"].grid_save(
            [
                {"id": self.february.id, "limit": 1},
                {"id": self.lamps.id, "limit": 20},
                {"id": self.chairs.id, "limit": -5},
                {"id": self.chairs.id, "limit": "many"},
            ]
        )
        self.assertEqual(result["saved"], 0)
        self.assertEqual(list(result["errors"]), [1, 2, 3])
        self.assertIn("Take at least 30", result["errors"][1])
        self.assertEqual(self.february.limit_qty, 100)
        self.assertFalse(self.february.move_ids)

    def test_only_managers_save(self):
        reviewer = self._create_user("reviewer")
        with self.assertRaises(AccessError):
            self.env["order.quota"].with_user(reviewer).grid_save(
                [{"id": self.lamps.id, "limit": 1}]
            )

    def _export(self):
        action = self.env["order.quota"].grid_export("month", "2026-01-01", 3)
        report = self.env["ir.actions.report"]
        content, kind = report._render_xlsx(
            action["report_name"], [], data=action["data"]
        )
        self.assertEqual(kind, "xlsx")
        return content

    def _import(self, content):
        return self.env["order.quota.import"].create(
            {"file": base64.b64encode(content), "filename": "quotas.xlsx"}
        )

    def _change(self, content, cells):
        book = load_workbook(io.BytesIO(content))
        for place, value in cells.items():
            book.worksheets[0][place] = value
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_round_trip(self):
        content = self._export()
        wizard = self._import(content)
        wizard.action_preview()
        self.assertFalse(wizard.line_ids, "exported and imported: nothing changes")
        # lamps are in the third row; January is column F
        changed = self._change(content, {"F3": 150, "H3": 90})
        wizard = self._import(changed)
        wizard.action_preview()
        self.assertEqual((wizard.change_count, wizard.error_count), (2, 0))
        self.assertEqual(self.lamps.limit_qty, 100, "only looked at so far")
        wizard.action_apply()
        self.assertEqual(self.lamps.limit_qty, 150)
        cells = self._load()["rows"][1]["cells"]
        self.assertEqual([cell["limit"] for cell in cells], [150, 100, 90])

    def test_errors_by_cell(self):
        self._order(
            30, date_order="2026-01-10 10:00:00", channel_number="1"
        ).action_confirm()
        content = self._change(
            self._export(), {"F3": 20, "G3": "lots", "A2": "nobody", "F2": 7, "H3": -1}
        )
        wizard = self._import(content)
        wizard.action_preview()
        messages = {
            (line.row_number, line.period): line.message for line in wizard.line_ids
        }
        self.assertIn("Take at least 30", messages[3, "2026-01-01"])
        self.assertEqual(len(messages), 4)
        self.assertTrue(all(messages.values()))
        with self.assertRefused("Correct the cells"):
            wizard.action_apply()
        self.assertEqual(self.lamps.limit_qty, 100)

    def test_not_a_table(self):
        for content in (b"hello", b"PK\x03\x04broken", b""):
            wizard = self._import(content or b" ")
            with self.assertRefused("no table of quotas"):
                wizard.action_preview()
