"""Odoo prints its reports through the stand-in, over HTTP, as a user does."""

import io
import os
import re

import pytest
from PyPDF2 import PdfReader

from .. import harness
from .documents import BRIDGE, positions, squeezed

PREPARE = """
import json
company = env.company
company.write({
    "paperformat_id": env.ref("base.paperformat_euro").id,
    "report_footer": "Registered at the town hall",
})
partner = env["res.partner"].create({"name": "Buyer & Sons", "street": "Long Road 1"})
products = env["product.product"].search([("sale_ok", "=", True)], limit=5)
invoices = env["account.move"]
for count in (2, 45, 1):
    invoices += env["account.move"].create({
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": "2025-01-15",
        "invoice_line_ids": [
            (0, 0, {
                "product_id": products[n % len(products)].id,
                "name": f"Item <{n + 1}>",
                "price_unit": 10 + n,
            })
            for n in range(count)
        ],
    })
invoices.action_post()
order = env["sale.order"].search([("order_line", "!=", False)], limit=1)
picking = env["stock.picking"].search(
    [("picking_type_code", "=", "outgoing"), ("move_ids", "!=", False)], limit=1)
env.cr.commit()
print(json.dumps({
    "company": company.name,
    "invoices": invoices.ids,
    "names": invoices.mapped("name"),
    "order": [order.id, order.name],
    "picking": [picking.id, picking.name],
}))
"""


@pytest.fixture(scope="module")
def shop():
    """A server that finds the stand-in first on its PATH, with things to print."""
    with harness.Database(harness.TEMPLATE_BASE) as database:
        known = harness.run_odoo_shell(database, PREPARE)
        path = f"{BRIDGE.parent}{os.pathsep}{os.environ['PATH']}"
        server = harness.Server(database, env={"PATH": path})
        database.sql(
            "INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', %s)",
            [server.url],
        )
        with server:
            yield {**known, "server": server, "session": server.session()}


def fetch(shop, address, tmp_path):
    """A report as a file on disk, read."""
    answer = shop["session"].http.get(shop["server"].url + address, timeout=200)
    assert answer.headers["Content-Type"] == "application/pdf", answer.text[:2000]
    path = tmp_path / "report.pdf"
    path.write_bytes(answer.content)
    return PdfReader(path)


def test_odoo_accepts_the_program(shop):
    assert shop["session"].rpc("/report/check_wkhtmltopdf") == "ok"
    assert str(BRIDGE) in shop["server"].log()


def test_three_invoices_in_one_print(shop, tmp_path):
    ids = ",".join(str(number) for number in shop["invoices"])
    reader = fetch(shop, f"/report/pdf/account.report_invoice/{ids}", tmp_path)
    texts = [squeezed(page.extract_text()) for page in reader.pages]
    pages = [int(number) for number in re.findall(r"Page1/(\d+)", " ".join(texts))]
    assert len(pages) == 3 and pages[0] == pages[2] == 1 and pages[1] >= 3
    owners = [
        n for n, count in zip(shop["names"], pages, strict=True) for _ in range(count)
    ]
    numbers = [(n, count) for count in pages for n in range(1, count + 1)]
    assert len(texts) == len(owners)
    for text, name, (number, count) in zip(texts, owners, numbers, strict=True):
        assert squeezed(shop["company"]) in text
        assert squeezed("Registered at the town hall") in text
        assert re.search(rf"Page{number}/{count}$", text)
        if number == 1:
            assert squeezed(name) in text and "Buyer&Sons" in text
        assert not any(
            squeezed(other) in text for other in shop["names"] if other != name
        )
    long = " ".join(text for text, name in zip(texts, owners, strict=True)
                    if name == shop["names"][1])  # fmt: skip
    items = [int(number) for number in re.findall(r"Item<(\d+)>", long)]
    assert items == list(range(1, 46)), "every line once and in order"


def test_odoo_splits_the_print_into_an_attachment_for_each_record(shop):
    session = shop["session"]
    (report,) = session.call(
        "ir.actions.report", "search", [["report_name", "=", "account.report_invoice"]]
    )
    old = session.call("ir.actions.report", "read", [report], ["attachment"])[0]
    naming = {"attachment": "'split ' + object.name"}
    session.call("ir.actions.report", "write", [report], naming)
    ids = ",".join(str(number) for number in shop["invoices"])
    address = f"{shop['server'].url}/report/pdf/account.report_invoice/{ids}"
    assert session.http.get(address, timeout=200).ok
    session.call(
        "ir.actions.report", "write", [report], {"attachment": old["attachment"]}
    )
    kept = session.call(
        "ir.attachment",
        "search_read",
        [["name", "like", "split %"], ["res_model", "=", "account.move"]],
        ["res_id", "name"],
        order="res_id",
    )
    assert [x["name"] for x in kept] == [f"split {name}" for name in shop["names"]]
    assert [x["res_id"] for x in kept] == shop["invoices"]
    for attachment, name in zip(kept, shop["names"], strict=True):
        content = session.http.get(
            f"{shop['server'].url}/web/content/{attachment['id']}"
        )
        reader = PdfReader(io.BytesIO(content.content))
        texts = [squeezed(page.extract_text()) for page in reader.pages]
        assert squeezed(name) in texts[0]
        assert all(f"/{len(texts)}" in text for text in texts)


def test_header_body_and_footer_keep_apart(shop, tmp_path):
    number = shop["invoices"][1]
    reader = fetch(shop, f"/report/pdf/account.report_invoice/{number}", tmp_path)
    for index, page in enumerate(reader.pages):
        place = positions(page)
        (company_end,) = [
            top for top, text in place if squeezed(text) == "UnitedStates"
        ][:1]
        (footer,) = [top for top, text in place if "townhall" in squeezed(text)]
        body = [top for top, text in place if company_end < top < footer]
        assert min(body) - company_end > 16, (index, place)
        assert footer - max(body) > 10, (index, place)
        assert footer < float(page.mediabox.height) - 20


def test_print_uses_the_style_sheets_and_fonts_of_the_server(shop, tmp_path):
    number = shop["invoices"][0]
    reader = fetch(shop, f"/report/pdf/account.report_invoice/{number}", tmp_path)
    page = reader.pages[0]
    fonts = {
        font.get_object()["/BaseFont"]
        for font in page["/Resources"]["/Font"].get_object().values()
    }
    assert any("Lato" in name for name in fonts), fonts
    width, height = (float(x) for x in page.mediabox[2:])
    assert (width, height) == pytest.approx((595.3, 841.9), abs=1)
    problems = [x for x in shop["server"].log_problems() if "wkhtmltopdf" in x.lower()]
    assert problems == []


@pytest.mark.parametrize(
    ("report", "what"),
    [("sale.report_saleorder", "order"), ("stock.report_deliveryslip", "picking")],
)
@pytest.mark.parametrize(
    "layout", ["standard", pytest.param("bubble", marks=pytest.mark.slow)]
)
def test_quotations_and_delivery_slips(shop, tmp_path, report, what, layout):
    layouts = shop["session"].call(
        "report.layout", "search_read", [["name", "ilike", layout]], ["view_id"]
    )
    values = {"external_report_layout_id": layouts[0]["view_id"][0] if layouts else 0}
    shop["session"].call("res.company", "write", [1], values)
    number, name = shop[what]
    reader = fetch(shop, f"/report/pdf/{report}/{number}", tmp_path)
    total = len(reader.pages)
    texts = [squeezed(page.extract_text()) for page in reader.pages]
    assert squeezed(name) in texts[0]
    for index, text in enumerate(texts, 1):
        assert squeezed(shop["company"]) in text
        assert re.search(rf"Page{index}/{total}$", text)
    shop["session"].call(
        "res.company", "write", [1], {"external_report_layout_id": False}
    )


def test_paper_formats_of_the_company_are_followed(shop, tmp_path):
    session = shop["session"]
    (paper,) = session.call(
        "report.paperformat",
        "create",
        [
            {
                "name": "Letter, landscape",
                "format": "Letter",
                "orientation": "Landscape",
                "margin_top": 52,
                "margin_bottom": 32,
                "margin_left": 0,
                "margin_right": 0,
                "header_spacing": 52,
                "dpi": 90,
                "css_margins": True,
            }
        ],
    )
    old = session.call("res.company", "read", [1], ["paperformat_id"])[0]
    session.call("res.company", "write", [1], {"paperformat_id": paper})
    number, name = shop["order"]
    reader = fetch(shop, f"/report/pdf/sale.report_saleorder/{number}", tmp_path)
    values = {"paperformat_id": old["paperformat_id"][0]}
    session.call("res.company", "write", [1], values)
    assert [float(x) for x in reader.pages[0].mediabox[2:]] == [792, 612]
    texts = [squeezed(page.extract_text()) for page in reader.pages]
    assert squeezed(name) in texts[0]
    assert all(squeezed(shop["company"]) in text for text in texts)
