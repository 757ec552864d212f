# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from odoo import Command
from odoo.modules import get_module_path
from odoo.tests import HttpCase, new_test_user, tagged

#: a line of the browser's: all tests of an addon, and how many passed
_ENDED = re.compile(r'\[HOOT\] "@(\w+)" ended \(passed: (\d+)')


@tagged("post_install", "-at_install", "meets_others")
class TestScreensInBrowser(HttpCase):
    """OM-1, X-3: the screens in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Hub Company", "country_id": cls.env.ref("base.vn").id}
        )
        cls.clerk = new_test_user(
            cls.env,
            "hub_desk",
            groups="base.group_user,order_management.group_clerk",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.channel = cls.env["sale.channel"].create(
            {"name": "Desk", "company_id": cls.company.id, "channel_type": "manual"}
        )
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Fast product {number}",
                    "default_code": f"FAST-{number}",
                    "barcode": f"893600199{number:04}",
                    "is_storable": True,
                    "list_price": 10.0 * number,
                    "taxes_id": False,
                    "company_id": cls.company.id,
                }
                for number in range(1, 6)
            ]
        )

    def test_fast_order(self):
        """Five lines, keyboard only: a new customer, codes, scans, Ctrl+Enter."""
        self.start_tour(
            "/odoo/hub-fast-order", "order_management_fast_order", login="hub_desk"
        )
        order = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(order), 1)
        self.assertEqual(order.partner_id.name, "Trần Bình")
        self.assertEqual(order.sale_channel_id, self.channel)
        self.assertEqual(order.create_uid, self.clerk)
        quantities = {
            line.product_id: line.product_uom_qty for line in order.order_line
        }
        self.assertEqual(
            quantities, dict(zip(self.products, (3, 2, 1, 1, 1), strict=True))
        )
        # 3 × 10 + 2 × 20 + 30 + 40 + 50
        self.assertEqual(order.amount_total, 190.0)

    def test_hub_and_message(self):
        """A row of the hub opens what it is; its message unfolds and is searched."""
        self.env["channel.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "TREE-1",
                "number": "TREE-1",
                "payload": {
                    "external_id": "TREE-1",
                    "customer": {"name": "<b>Hoa</b>"},
                    "lines": [{"sku": "A", "tags": {"deep": "needle"}}],
                    "total": "100",
                    "currency": "VND",
                },
            }
        )
        self.start_tour("/odoo/hub", "order_management_hub", login="hub_desk")

    def test_units(self):
        """The Hoot tests of this addon, and of the suite's others that are there: the
        browser takes seconds to load them all, and next to none to run ours."""
        addons = self._get_addons_with_units()
        self.assertIn("order_management", addons)
        wanted = quote(f"/^@({'|'.join(addons)})/", safe="")
        with self._watch_log() as lines:
            self.browser_js(
                "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
                f"&filter={wanted}",
                "",
                "",
                login="admin",
                timeout=300,
                success_signal="[HOOT] Test suite succeeded",
            )
        passed = dict(_ENDED.findall("\n".join(lines)))
        self.assertEqual(sorted(passed), addons)
        self.assertNotIn("0", passed.values())

    def _get_addons_with_units(self):
        """Names of the suite's installed addons with Hoot tests."""
        modules = self.env["ir.module.module"]
        ours = modules.search([("name", "=", "order_management")]).author
        names = modules.search([("state", "=", "installed"), ("author", "=", ours)])
        return sorted(
            name
            for name in names.mapped("name")
            if list(Path(get_module_path(name), "static", "tests").glob("*.test.js"))
        )

    @contextmanager
    def _watch_log(self):
        """What this test logs meanwhile, and still does."""
        lines = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        self._logger.addHandler(handler)
        try:
            yield lines
        finally:
            self._logger.removeHandler(handler)
