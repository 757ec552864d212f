# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from pathlib import Path

from odoo.tests import tagged

from .import_common import ImportCommon

EXAMPLES = Path(__file__).parents[1] / "static" / "schema" / "examples"


@tagged("post_install", "-at_install", "meets_others")
class TestImportExamples(ImportCommon):
    """OM-3: the published example of each channel becomes an order to the penny."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.write(
            {
                "shipped_policy": "history",
                "unpaid_policy": "draft",
                "tax_policy": "channel",
            }
        )
        cls.payloads = {
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(EXAMPLES.glob("*.json"))
        }
        rates = {
            line["tax_rate"]
            for payload in cls.payloads.values()
            for line in payload["lines"]
            if float(line.get("tax_rate") or 0)
        }
        group = cls.env["account.tax.group"].create(
            {"name": "VAT", "company_id": cls.company.id}
        )
        cls.env["account.tax"].create(
            [
                {
                    "name": f"{rate} %",
                    "amount": float(rate),
                    "company_id": cls.company.id,
                    "country_id": cls.company.country_id.id,
                    "tax_group_id": group.id,
                    "price_include_override": "tax_excluded",
                }
                for rate in sorted(rates)
            ]
        )

    def _prepare_for(self, payload):
        """Products, currency and rate that the example takes for granted."""
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", payload["currency"])])
        )
        currency.active = True
        if currency != self.company.currency_id:
            currency.rate_ids.unlink()
            self.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": "2020-01-01",
                    "rate": 2,
                }
            )
        for line in payload["lines"]:
            for part in (line, *(line.get("bundle") or ())):
                key = self.env["channel.order.importer"]._get_line_key(_Line(part))
                domain = [("channel_id", "=", self.channel.id), ("key", "=", key)]
                if not self.env["channel.product.map"].search(domain):
                    self.env["channel.product.map"].create(
                        {
                            "channel_id": self.channel.id,
                            "key": key,
                            "product_id": self.lamp.id,
                        }
                    )

    def test_every_example(self):
        self.assertGreaterEqual(len(self.payloads), 9)
        for name, payload in self.payloads.items():
            with self.subTest(name):
                self._prepare_for(payload)
                row = self._import(payload)
                self.assertRow(row, "imported")
                order = row.sale_order_id
                self.assertEqual(order.currency_id.name, payload["currency"])
                if order.state != "cancel":
                    places = order.currency_id.decimal_places
                    total = round(float(payload["total"]), places)
                    self.assertAlmostEqual(order.amount_total, total)

    def test_again_changes_nothing(self):
        for payload in self.payloads.values():
            self._prepare_for(payload)
        first = self._import(*self.payloads.values())
        orders = first.sale_order_id
        again = self._import(*reversed(self.payloads.values()))
        self.assertEqual(again, first[::-1])
        self.assertEqual(again.sale_order_id, orders)
        self.assertEqual(set(first.mapped("attempt_count")), {1})


class _Line:
    """A line of JSON with the attributes of a neutral line."""

    def __init__(self, values):
        for name in ("sku", "listing_id", "barcode", "name", "external_id"):
            setattr(self, name, str(values.get(name) or "").strip())
