"""Issue 5's main way: a file with bad rows, mended, approved, cut, shipped, invoiced."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

WIDE = {"width": 1400, "height": 900}
WORLD = """
import base64, json
from odoo import Command
env.ref("base.user_admin").odoobot_state = "disabled"  # its chat covers a phone
company = env.company
company.approval_mode = "explicit"
channel = env["sale.channel"].create({"name": "Bulk File", "company_id": company.id})
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
for sku in ("BULK-A", "BULK-B"):
    product = env["product.product"].create({
        "name": sku, "default_code": sku, "is_storable": True, "taxes_id": False,
        "list_price": 10, "invoice_policy": "delivery"})
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, 5000)
env.ref("base.user_admin").group_ids += (
    env.ref("order_management.group_warehouse")
    + env.ref("order_management.group_accountant"))
env.cr.commit()
print(json.dumps({"channel": channel.id}))
"""
GOOD, BAD = 120, 2


def _file_text():
    """Orders of one line; two rows name a product that nobody knows yet."""
    rows = ["Order,Date,Customer,Phone,Street,Country,SKU,Quantity,Price,Currency"]
    for number in range(GOOD + BAD):
        sku = "BULK-NEW" if number < BAD else f"BULK-{'AB'[number % 2]}"
        rows.append(
            f"BF-{number:03d},2026-07-0{1 + number % 9},Buyer {number},"
            f"09121{number:05d},1 Main St,VN,{sku},4,10.00,USD"
        )
    return "\n".join(rows)


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, WORLD)
        with (
            harness.Server(database, jobs=True) as server,
            chromium() as browser,
        ):
            yield browser, server, values["channel"], database
