# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The engine packages of the addon are tested alone, without Odoo."""

import copy
import sys
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ADDON))


class PlainFolders:
    """Lets pytest walk through the addon without importing its packages.

    Their ``__init__.py`` would import Odoo, which these tests do without.
    """

    @staticmethod
    def pytest_collect_directory(path, parent):
        if path in (ADDON, ADDON / "tests"):
            return pytest.Dir.from_parent(parent, path=path)
        return None


def pytest_configure(config):
    # a plugin of its own: hooks of this file do not count for the folders above it
    config.pluginmanager.register(PlainFolders(), f"plain-folders-{ADDON.name}")


ORDER = {
    "schema_version": 1,
    "external_id": "260719M2XTR8A1",
    "number": "260719M2XTR8A1",
    "placed_at": "2026-07-19T08:12:44+07:00",
    "updated_at": "2026-07-19T09:00:00+07:00",
    "status": "paid",
    "currency": "VND",
    "prices_include_tax": True,
    "customer": {
        "external_id": "88120417",
        "name": "Nguyễn Thị Hoa",
        "email": "hoa@example.com",
        "phone": "0912 345 678",
        "language": "vi",
    },
    "shipping_address": {
        "name": "Nguyễn Thị Hoa",
        "phone": "0912 345 678",
        "street": "12 Nguyễn Huệ",
        "ward": "Bến Nghé",
        "city": "TP.HCM",
        "country_code": "VN",
        "latitude": 10.77,
        "longitude": "106.70",
    },
    "lines": [
        {
            "external_id": "1",
            "external_ids": ["1a", "1b"],
            "sku": "FURN_8888",
            "name": "Office Lamp",
            "quantity": "2",
            "cancelled_quantity": "0",
            "unit_price": "890000",
            "discount": "10000",
            "tax_rate": "8",
        },
        {"external_id": "2", "sku": "B", "quantity": 1, "unit_price": "5000.00"},
        {
            "external_id": "3",
            "sku": "SET",
            "quantity": 1,
            "unit_price": 20000,
            "bundle": [{"sku": "C", "quantity": "2"}],
        },
    ],
    "shipping": {"method": "Nhanh", "carrier": "SPX Express", "fee": "25000"},
    "shipments": [{"tracking": "SPX1", "lines": [{"line_id": "1", "quantity": "1"}]}],
    "discounts": [
        {"code": "SHOP", "amount": "5000", "borne_by": "seller"},
        {"code": "COINS", "amount": "7000", "borne_by": "channel"},
    ],
    "fees": [{"type": "gift_wrap", "amount": "3000"}],
    "refunds": [{"amount": "1000", "at": "2026-07-20T00:00:00Z"}],
    "payment": {"method": "ShopeePay", "state": "paid", "amount": "1811000"},
    "total": "1818000",
    "note": "Gọi trước khi giao",
    "tags": ["vip"],
    "raw": {"anything": [1, None]},
    "x_unknown": {"kept": True},
}


@pytest.fixture
def order():
    """A good payload that uses every part of the schema; free to change."""
    return copy.deepcopy(ORDER)
