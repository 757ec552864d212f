"""The way of one order: held, released, split, scanned, followed, and partly back."""

import re

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, Stranger, chromium

SETUP = """
import json
Users = env["res.users"].with_context(no_reset_password=True)
company = env.company
company.stock_text_confirmation = False

def user(login, name, group):
    return Users.create(dict(
        name=name, login=login, password=login, email=login + "@example.com",
        company_id=company.id, company_ids=[(6, 0, company.ids)],
        group_ids=[(6, 0, [env.ref("base.group_user").id, env.ref(group).id])],
        odoobot_state="disabled"))

user("way_reviewer", "Rita Reviewer", "order_management.group_reviewer")
user("way_store", "Stan Store", "order_management.group_warehouse")

channel = env["sale.channel"].create(dict(
    name="Way Shop", company_id=company.id, approval_mode="none",
    review_orders="on", auto_confirm=True))
env["exception.rule"].create(dict(
    name="Way: big order", is_review=True, model="sale.order",
    exception_type="by_method", method="_review_amount", review_mode="block",
    threshold_amount=100, channel_ids=[(6, 0, channel.ids)]))

warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
channel.warehouse_id = warehouse

def product(name, code, barcode, price, quantity):
    made = env["product.product"].create(dict(
        name=name, default_code=code, barcode=barcode, list_price=price,
        is_storable=True, taxes_id=False, weight=1))
    if quantity:
        env["stock.quant"]._update_available_quantity(
            made, warehouse.lot_stock_id, quantity)
    return made

kettle = product("Way Kettle", "WAY-KETTLE", "8936001770017", 30, 3)
cup = product("Way Cup", "WAY-CUP", "8936001770024", 8, 0)
env["channel.return.policy"].create(dict(
    name="Way: thirty days", company_id=company.id, window_days=30,
    product_tmpl_ids=[(6, 0, (kettle + cup).product_tmpl_id.ids)]))
env.cr.commit()
print(json.dumps(dict(channel=channel.id)))
"""

ORDER = {
    "external_id": "WAY-1",
    "number": "WAY-1",
    "placed_at": "2026-07-01T09:00:00+07:00",
    "status": "paid",
    "currency": "USD",
    "customer": {
        "external_id": "WAY-C",
        "name": "Vũ Thanh Mai",
        "phone": "+84 905 611 733",
    },
    "shipping_address": {
        "name": "Vũ Thanh Mai",
        "phone": "+84 905 611 733",
        "street": "8 Nguyễn Du",
        "city": "Hà Nội",
        "zip": "100000",
        "country_code": "VN",
    },
    "lines": [
        {
            "external_id": "WAY-1-1",
            "sku": "WAY-KETTLE",
            "name": "Way Kettle",
            "quantity": "3",
            "unit_price": "30.00",
        },
        {
            "external_id": "WAY-1-2",
            "sku": "WAY-CUP",
            "name": "Way Cup",
            "quantity": "2",
            "unit_price": "8.00",
        },
    ],
    "total": "106.00",
}


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        made = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, database, made


def receive(server, database, channel):
    """The channel hands the order over; the order that it becomes, held."""
    session = server.session()
    [row] = session.call("channel.order", "receive", channel, [ORDER])
    session.call("channel.order", "action_process", [row["id"]])
    [[order, name, state, review]] = database.sql(
        "SELECT o.id, o.name, o.state, o.review_state FROM sale_order o"
        " JOIN channel_order c ON c.sale_order_id = o.id WHERE c.id = %s",
        [row["id"]],
    )
    assert (state, review) == ("draft", "held")
    return order, name


def release(reviewer, database, order, name):
    """Why is it held? It is fine: the order goes on."""
    page = reviewer.page
    reviewer.open("review-holds")
    reviewer.shot("way-held-orders")
    held = page.locator(".o_data_row", has_text=name)
    assert "106" in held.inner_text(), "the reason tells figures"
    held.locator(".o_data_cell").first.click()
    page.wait_for_selector(".o_form_view")
    reviewer.settle()
    reviewer.shot("way-held-order")
    assert "Held by the review" in reviewer.text(".o_form_view")
    reviewer.open_stat("Why?")
    page.wait_for_selector(".modal .o_data_row")
    reviewer.shot("way-why")
    assert "106" in reviewer.text(".modal .o_list_view, .modal .o_list_renderer")
    page.click(".modal .btn-close")
    page.wait_for_selector(".modal", state="detached")

    page.click("button[name=action_release_review]:visible")
    page.wait_for_selector(".modal button[name=action_close]:visible")
    page.fill(".modal [name=reason] input, .modal [name=reason] textarea", "I phoned")
    reviewer.shot("way-release")
    page.click(".modal button[name=action_close]:visible")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(".o_arrow_button_current[data-value=sale]")
    reviewer.settle()
    reviewer.shot("way-confirmed")
    assert database.sql(
        "SELECT o.state, o.review_state, h.release_reason FROM sale_order o"
        " JOIN order_review_hold h ON h.order_id = o.id"
        " WHERE o.id = %s AND NOT h.is_note",
        [order],
    ) == [("sale", "released", "I phoned")]


def split(reviewer, database, order, name):
    """What is there ships now, the rest is an order of its own."""
    page = reviewer.page
    reviewer.press("action_split")
    page.wait_for_selector(".modal .o_form_view")
    page.get_by_label("What can ship now").click()
    reviewer.settle()
    reviewer.shot("way-split")
    assert f"{name}-1: 2 × [WAY-CUP] Way Cup" in reviewer.text(".modal")
    page.click(".modal button[name=action_split]")
    page.wait_for_selector(".modal", state="detached")
    reviewer.settle()
    reviewer.shot("way-part")
    assert f"{name}-1" in reviewer.text(".o_form_view")
    reviewer.assert_no_problem()
    assert database.sql(
        "SELECT o.name, o.amount_total, p.default_code, l.product_uom_qty"
        " FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id"
        " JOIN product_product p ON p.id = l.product_id"
        " WHERE %s IN (o.id, o.split_parent_id) ORDER BY o.id",
        [order],
    ) == [(name, 90, "WAY-KETTLE", 3), (f"{name}-1", 16, "WAY-CUP", 2)]


def ship(store, database, order):
    """Scan the goods into the parcel: wrong ones are refused, right ones count."""
    [[picking, delivery]] = database.sql(
        "SELECT id, name FROM stock_picking WHERE sale_id = %s", [order]
    )
    page = store.page
    store.open("hub-scan", wait=".o_scan_code")

    def scan(code):
        page.fill(".o_scan_code", code)
        page.press(".o_scan_code", "Enter")
        store.settle()
        return store.text(".o_scan_message")

    assert delivery in scan(delivery)
    assert "does not belong in here" in scan("8936001770024")
    assert page.query_selector(".o_scan_danger")
    store.shot("way-scan-refused")
    assert "nothing has this code" in scan("8936001779999")
    assert store.text(".o_scan_progress") == "0 / 3"
    scan("8936001770017")
    assert store.text(".o_scan_progress") == "1 / 3"
    scan("2*8936001770017")
    assert store.text(".o_scan_progress") == "3 / 3"
    assert page.query_selector(".o_scan_complete")
    scan("8936001770017")
    assert store.text(".o_scan_progress") == "3 / 3", "more than ordered"
    store.shot("way-scan-complete")
    assert not store.is_too_wide()
    page.click(".o_scan_finish")
    store.settle()
    store.shot("way-scan-finished")
    assert delivery in store.text(".o_scan_message")
    store.assert_no_problem()
    assert database.sql("SELECT state FROM stock_picking WHERE id = %s", [picking]) == [
        ("done",)
    ]
    kinds = "SELECT kind FROM stock_scan_log WHERE picking_id = %s ORDER BY id"
    assert [kind for [kind] in database.sql(kinds, [picking])] == [
        "wrong_product",
        "unknown",
        "ok",
        "ok",
        "too_many",
    ]


def invoice(server, order):
    """The accountant invoices what was sold."""
    session = server.session()
    context = {"active_ids": [order], "active_model": "sale.order"}
    [wizard] = session.call(
        "sale.advance.payment.inv",
        "create",
        [{"advance_payment_method": "delivered"}],
        context=context,
    )
    session.button("sale.advance.payment.inv", "create_invoices", [wizard], **context)
    moves = session.call("sale.order", "read", [order], ["invoice_ids"])
    session.button("account.move", "action_post", moves[0]["invoice_ids"])


def see_tracking(reviewer, order):
    """The reviewer opens the page of the customer; its address."""
    reviewer.follow(f"hub-orders/{order}", wait=".o_form_view")
    page = reviewer.page
    page.click(".o_cp_action_menus .dropdown-toggle")
    reviewer.settle()
    with page.context.expect_page() as opened:
        page.get_by_role("menuitem", name="See Customer's Page").click()
    opened.value.wait_for_load_state()
    address = opened.value.url
    opened.value.close()
    return address


def ask_back(customer, address):
    """Without login: where is it, and one kettle comes back."""
    page = customer.page
    customer.visit(address.removeprefix(customer.url))
    customer.shot("way-track-phone")
    text = customer.text()
    assert "Order WAY-1" in text and "3 Units" in text and "Way Kettle" in text
    assert "Parcel 2 of 2" in text and "Way Cup" in text, "one order in two parts"
    # of the phone as much as no nonce has by chance
    for secret in ("30.00", "90.00", "$", "Nguyễn Du", "611733", "611 733"):
        assert secret not in page.content(), secret
    assert not customer.is_too_wide()

    wrong = page.context.new_page()
    answer = wrong.goto(f"{address[:-6]}AAAAAA")
    assert answer.status == 404
    assert "This link does not work any more" in wrong.inner_text("body")
    assert "WAY-1" not in wrong.content()
    wrong.close()

    page.get_by_text("Send something back").click()
    page.locator("input[name^=qty_]").fill("1")
    page.locator("form:has(input[value=return]) textarea").fill("One too many")
    with page.expect_navigation():
        page.locator("form:has(input[value=return]) button").click()
    customer.shot("way-track-refused")
    assert "Way Kettle comes back: choose a reason" in customer.text(".o_track_error")
    assert page.input_value("input[name^=qty_]") == "1"
    assert page.input_value("form:has(input[value=return]) textarea") == "One too many"
    page.select_option("select[name=reason]", label="Changed their mind")
    customer.shot("way-track-return")
    with page.expect_navigation():
        page.locator("form:has(input[value=return]) button").click()
    customer.shot("way-track-asked")
    assert "Thank you. We have it" in customer.text()
    customer.assert_no_problem()


def approve(reviewer, database, order):
    """The reviewer reads what the customer wants, and lets it come."""
    [[record, number]] = database.sql(
        "SELECT r.id, r.name FROM channel_return r JOIN channel_return_line l"
        " ON l.return_id = r.id WHERE l.order_id = %s",
        [order],
    )
    reviewer.follow("hub-returns")
    row = reviewer.page.locator(".o_data_row", has_text=number)
    row.locator(".o_data_cell[name=name]").click()
    reviewer.page.wait_for_selector(".o_form_view")
    reviewer.settle()
    reviewer.shot("way-return-requested")
    reviewer.press("action_approve")
    reviewer.page.wait_for_selector(".o_arrow_button_current[data-value=to_receive]")
    reviewer.shot("way-return-approved")
    reviewer.assert_no_problem()
    return record, number


def take_back(store, record, number):
    """The warehouse receives the parcel, and looks into it."""
    page = store.page
    page.set_viewport_size(DESKTOP)
    store.follow("hub-returns-receive")
    row = page.locator(".o_data_row", has_text=number)
    row.locator(".o_list_record_selector").click()
    store.shot("way-receive")
    page.click("button[name=action_receive]:visible")
    store.settle()
    store.shot("way-received")
    assert not page.locator(".o_data_row", has_text=number).count()
    store.follow(f"hub-returns/{record}", wait=".o_form_view")
    store.shot("way-return-received")
    page.locator("button:visible", has_text=re.compile(r"^\s*Inspect\s*$")).click()
    page.wait_for_selector(".modal .o_form_view")
    store.settle()
    store.shot("way-inspect")
    assert "Way Kettle" in store.text(".modal")
    page.click(".modal button[name=action_inspect]")
    page.wait_for_selector(".modal", state="detached")
    store.settle()
    store.shot("way-inspected")
    store.assert_no_problem()


def test_an_order_from_its_channel_to_its_refund(world):
    """OM-9, 12, 16, 18, 19: one order, and everybody who has to do with it."""
    browser, server, database, made = world
    order, name = receive(server, database, made["channel"])
    reviewer = Person(browser, server.url, "way_reviewer", "way_reviewer")
    release(reviewer, database, order, name)
    split(reviewer, database, order, name)

    store = Person(browser, server.url, "way_store", "way_store", PHONE)
    ship(store, database, order)
    invoice(server, order)
    address = see_tracking(reviewer, order)
    customer = Stranger(browser, server.url, PHONE)
    ask_back(customer, address)

    record, number = approve(reviewer, database, order)
    take_back(store, record, number)
    reviewer.open(f"hub-returns/{record}", wait=".o_form_view")
    reviewer.open_stat("Credit Notes")
    reviewer.shot("way-credit-note")
    assert "30.00" in reviewer.text(".o_action_manager")
    reviewer.assert_no_problem()

    # one came back of three, and is for sale again; one is paid back
    [[delivered, returned, credited]] = database.sql(
        "SELECT l.qty_delivered, r.received_qty, r.credit_qty FROM sale_order_line l"
        " JOIN channel_return_line r ON r.sale_line_id = l.id WHERE l.order_id = %s",
        [order],
    )
    assert (returned, credited) == (1, 1)
    assert delivered == 2
    assert database.sql(
        "SELECT m.move_type, m.amount_total FROM account_move m"
        " JOIN channel_return_credit_note_rel c ON c.move_id = m.id"
        " WHERE c.return_id = %s",
        [record],
    ) == [("out_refund", 30)]
    assert database.sql(
        "SELECT sum(q.quantity) FROM stock_quant q JOIN stock_location l"
        " ON l.id = q.location_id JOIN product_product p ON p.id = q.product_id"
        " WHERE p.default_code = 'WAY-KETTLE' AND l.usage = 'internal'"
    ) == [(1,)]
    customer.visit(address.removeprefix(server.url))
    customer.shot("way-track-end")
    assert "Way Kettle 3 Units ✓" in customer.text(), "what came back is not open again"
    assert not server.log_problems(ignore=[r"404"]), server.log_problems()
