"""A file with bad rows is mended, approved, cut, shipped and invoiced, all in bulk."""

import base64
import io

import pytest
from PyPDF2 import PdfReader

from .. import harness
from .browser import PHONE, Person, chromium

WIDE = {"width": 1400, "height": 900}
WORLD = """
import json
env.ref("base.user_admin").odoobot_state = "disabled"  # its chat covers a phone
company = env.company
company.write({
    "approval_mode": "explicit", "display_invoice_amount_total_words": True})
company.stock_text_confirmation = False  # no question about text messages
channel = env["sale.channel"].create(
    {"name": "Bulk File", "company_id": company.id, "auto_submit": True})
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
#: more than a part of a bulk step, so that jobs do it
GOOD = 110


def file_of_orders():
    """Orders of one line; one asks for an unknown product, one for "four" pieces."""
    rows = ["Order ID,Order Date,Status,Customer,Phone,Address,Country,SKU,Qty,Price"]
    for number in range(GOOD + 2):
        sku = "BULK-NEW" if number == GOOD else f"BULK-{'AB'[number % 2]}"
        quantity = "four" if number == GOOD + 1 else "4"
        rows.append(
            f"BF-{number:03d},2026-07-0{1 + number % 9} 10:00,paid,Bulk Buyer {number},"
            f"+84912100{number:03d},1 Main St,VN,{sku},{quantity},10.00"
        )
    return base64.b64encode("\n".join(rows).encode()).decode()


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, WORLD)
        with harness.Server(database, jobs=True) as server, chromium() as browser:
            yield browser, server, values["channel"], database


def choose_all(person, path):
    """Open a list and tick all that its filter finds."""
    person.follow(path)
    person.page.locator("thead .o_list_record_selector input").first.click()
    more = person.page.locator(".o_select_domain")
    if more.count():
        more.first.click()
    person.settle()


def next_step(person, step, then=None):
    """Begin a step with what is ticked; wait until it is done; its batch's id."""
    page = person.page
    page.locator("button", has_text="Next Step").first.click()
    page.wait_for_selector(".modal .o_form_view")
    page.locator(f".modal .o_radio_item label:text-is('{step}')").first.click()
    if then:
        page.locator(f".modal {then} input").first.click()
    person.settle()
    page.locator(".modal footer button", has_text="Start").click()
    page.wait_for_selector(".o_form_view [name=progress]", timeout=120_000)
    # nobody reloads: the form follows by itself
    page.wait_for_selector(".o_arrow_button_current[data-value=done]", timeout=240_000)
    person.settle()
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def outcome(database, batch_id, channel):
    """``{state: orders}`` of a batch, of this journey's channel."""
    return dict(
        database.sql(
            """
            SELECT line.state, count(*) FROM order_batch_line line
            LEFT JOIN sale_order o ON o.id = line.order_id
            LEFT JOIN channel_order r ON r.id = line.row_id
            WHERE batch_id = %s AND %s IN (o.sale_channel_id, r.channel_id)
            GROUP BY line.state
            """,
            [batch_id, channel],
        )
    )


def upload(person, session, channel):
    """The file goes in; the row that cannot be read comes back as a file, is mended
    there, and goes in again."""
    values = import_file(person, session, channel, "orders.csv", file_of_orders())
    person.shot("bulk-upload")
    assert (values["order_count"], values["bad_row_count"]) == (GOOD + 1, 1)
    refused = base64.b64decode(values["reject_file"]).decode("utf-8-sig")
    assert refused.count(",four,") == 1
    mended = base64.b64encode(refused.replace(",four,", ",4,").encode()).decode()
    values = import_file(person, session, channel, "mended.csv", mended)
    assert (values["order_count"], values["bad_row_count"]) == (1, 0)


def import_file(person, session, channel, name, content):
    """What became of a file that was imported with the button."""
    [upload_id] = session.call(
        "channel.order.upload",
        "create",
        [{"name": name, "channel_id": channel, "file": content}],
    )
    person.open(f"hub-uploads/{upload_id}", wait=".o_form_view")
    person.page.locator("button[name=action_import]:visible").click()
    person.page.wait_for_selector(
        ".o_arrow_button_current[data-value=done]", timeout=120_000
    )
    person.settle()
    names = ["order_count", "bad_row_count", "reject_file"]
    [values] = session.call("channel.order.upload", "read", [upload_id], names)
    return values


def cut(person, database, channel):
    """One line of one order is cut on its form; the order's id."""
    [[order_id, line_id]] = database.sql(
        """SELECT o.id, l.id FROM sale_order o JOIN sale_order_line l
             ON l.order_id = o.id WHERE o.channel_number = 'BF-003'
            AND o.sale_channel_id = %s""",
        [channel],
    )
    person.follow(f"hub-orders/{order_id}", wait=".o_form_view")
    page = person.page
    page.locator("[name=order_line] .o_data_row td[name=approved_qty]").first.click()
    page.locator(".o_selected_row [name=approved_qty] input").fill("3")
    reason = page.locator(".o_selected_row [name=cut_reason] :is(input, textarea)")
    reason.fill("Three are enough")
    page.locator(".o_form_button_save").click()
    person.settle()
    person.shot("bulk-cut")
    [[approved]] = database.sql(
        "SELECT approved_qty FROM sale_order_line WHERE id = %s", [line_id]
    )
    assert approved == 3
    return order_id


def mend(person, session, database, channel):
    """The unknown product is made, and its order tried again with the next step."""
    states = (
        "SELECT state, count(*) FROM channel_order WHERE channel_id = %s GROUP BY state"
    )
    harness.wait_until(
        lambda: (
            dict(database.sql(states, [channel])) == {"imported": GOOD + 1, "held": 1}
        ),
        timeout=180,
        what="the inbox to be processed",
    )
    session.call(
        "product.product",
        "create",
        [{"name": "Bulk New", "default_code": "BULK-NEW", "taxes_id": False}],
    )
    choose_all(person, "hub-inbox")
    batch_id = next_step(person, "Process")
    person.shot("bulk-process")
    assert outcome(database, batch_id, channel).get("failed", 0) == 0
    assert dict(database.sql(states, [channel])) == {"imported": GOOD + 2}


@pytest.mark.slow
def test_from_a_file_to_an_invoice(world):
    """OM-27: every step of a hundred orders by the same button."""
    browser, server, channel, database = world
    session = server.session()
    person = Person(browser, server.url, size=WIDE)
    upload(person, session, channel)
    mend(person, session, database, channel)

    choose_all(person, "hub-orders")
    batch_id = next_step(person, "Approve")
    person.shot("bulk-approve")
    assert outcome(database, batch_id, channel) == {"done": GOOD + 2}
    order_id = cut(person, database, channel)

    choose_all(person, "hub-orders")
    batch_id = next_step(person, "Confirm")
    assert outcome(database, batch_id, channel) == {"done": GOOD + 2}
    ship(person, session, database, channel, order_id)
    invoice(person, session, database, channel, order_id)

    person.follow("hub")
    search = person.page.locator(".o_searchview_input")
    search.fill("0912 100 003")
    # Enter chooses from the list of what can be searched, once that is there
    person.page.wait_for_selector(".o_searchview_autocomplete :text('Number, parcel')")
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector(".o_searchview_facet")
    person.settle()
    person.shot("bulk-found")
    rows = person.page.locator(".o_data_row")
    assert rows.count() == 1
    assert "BF-003" in rows.first.inner_text()
    person.assert_no_problem()


def ship(person, session, database, channel, order_id):
    """More than is approved is refused, for that order alone; then it is mended."""
    [[move_id]] = database.sql(
        """SELECT m.id FROM stock_move m JOIN stock_picking p ON p.id = m.picking_id
            WHERE p.sale_id = %s AND m.state = 'assigned'""",
        [order_id],
    )
    session.call("stock.move", "write", [move_id], {"quantity": 4, "picked": True})
    choose_all(person, "hub-orders")
    batch_id = next_step(person, "Ship")
    person.shot("bulk-ship")
    assert outcome(database, batch_id, channel) == {"done": GOOD + 1, "failed": 1}
    text = "SELECT message FROM order_batch_line WHERE batch_id = %s AND order_id = %s"
    [[message]] = database.sql(text, [batch_id, order_id])
    assert "approved" in message and "3" in message
    phone = Person(person.page.context.browser, person.url, size=PHONE)
    phone.open(f"bulk-steps/{batch_id}", wait=".o_form_view")
    phone.shot("bulk-ship-phone")
    assert not phone.is_too_wide()
    session.call("stock.move", "write", [move_id], {"quantity": 3})
    person.page.locator("button[name=action_retry]:visible").click()
    harness.wait_until(
        lambda: database.sql(text, [batch_id, order_id]) == [(None,)],
        timeout=180,
        what="the order to be shipped",
    )
    person.assert_no_problem()


def invoice(person, session, database, channel, order_id):
    """Posted in bulk; what is printed says the amount in words."""
    choose_all(person, "hub-orders")
    batch_id = next_step(person, "Invoice", then="[name=post_invoices]")
    person.shot("bulk-invoice")
    assert outcome(database, batch_id, channel)["done"] == GOOD + 2
    [[invoice_id]] = database.sql(
        "SELECT invoice_id FROM order_batch_line WHERE batch_id = %s AND order_id = %s",
        [batch_id, order_id],
    )
    [values] = session.call(
        "account.move", "read", [invoice_id], ["state", "amount_total"]
    )
    assert (values["state"], values["amount_total"]) == ("posted", 30.0)
    get = person.page.context.request.get
    answer = get(f"{person.url}/report/pdf/account.report_invoice/{invoice_id}")
    pages = PdfReader(io.BytesIO(answer.body())).pages
    # where lines break depends on the fonts
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Thirty US dollars" in text, text
