"""What people do in the hub, in the real web client."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

SCREENS = [
    "hub",
    "hub-orders",
    "hub-inbox",
    "hub-returns",
    "hub-holds",
    "hub-quotas",
    "hub-settlements",
    "hub-settlement-lines",
    "hub-events",
    "hub-quota-moves",
    "hub-channels",
    "hub-return-reasons",
]

#: filled by what channels send, empty in demo data
FILLED_BY_CHANNELS = [
    "hub-products",
    "hub-changes",
    "hub-customers",
    "hub-listings",
    "hub-publish-rules",
    "hub-drift",
    "hub-differences",
    "hub-shop-log",
    "hub-shop-messages",
]
#: filled by what people do
FILLED_BY_PEOPLE = [
    "hub-fair-share",
    "hub-quota-transfers",
    "my-approvals",
    "approval-decisions",
    "approval-rules",
    "approval-stand-ins",
    "bulk-steps",
    "order-quantities",
    "hub-delivered-not-invoiced",
    "hub-invoiced-not-delivered",
]
#: no list: a client action
FAST_ORDER = "hub-fast-order"

ORDER = """
import json
env.ref("base.user_admin").odoobot_state = "disabled"  # its chat covers a phone
env.company.approval_mode = "explicit"
product = env["product.product"].create(
    {"name": "Journey Lamp", "is_storable": True, "list_price": 10})
stock = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["stock.quant"]._update_available_quantity(product, stock.lot_stock_id, 100)
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "Journey Buyer"}).id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 10})],
})
env.cr.commit()
print(json.dumps({"order": order.id, "name": order.name}))
"""


@pytest.fixture(scope="module")
def world(speaking):
    with speaking.copy() as database:
        values = harness.run_odoo_shell(database, ORDER)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, values, database


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_screen_opens(world, size):
    """X-3: each screen of the hub opens without an error, wide and narrow."""
    browser, server, _values, _database = world
    person = Person(browser, server.url, size=size, by_page=True)
    label = "phone" if size is PHONE else "desktop"
    person.open(SCREENS[0])
    for path in SCREENS + FILLED_BY_CHANNELS + FILLED_BY_PEOPLE:
        person.follow(path)
        person.shot(f"{path}-{label}")
        person.assert_no_problem()
        assert not person.is_too_wide(), f"{path} scrolls sideways at {size}"


def test_a_record_of_each_screen_opens(world):
    """X-3: the forms behind the lists open with demo data."""
    browser, server, _values, _database = world
    person = Person(browser, server.url)
    person.open(SCREENS[0])
    for path in SCREENS:
        person.follow(path)
        record = person.page.query_selector(
            ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
        )
        assert record, f"demo data shows nothing on {path}"
        record.click()
        person.settle()
        person.shot(f"{path}-form")
        person.assert_no_problem()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_fast_order_opens(world, size):
    """OM-2: the entry form by keyboard, wide and narrow."""
    browser, server, _values, _database = world
    person = Person(browser, server.url, size=size)
    person.open(FAST_ORDER, wait=".o_fast_code")
    person.shot(f"fast-order-{'phone' if size is PHONE else 'desktop'}")
    person.assert_no_problem()
    assert not person.is_too_wide()


@pytest.mark.parametrize(
    ("language", "word"), [("vi_VN", "Trung tâm đơn hàng"), ("zh_CN", "订单中心")]
)
def test_people_read_their_language(world, language, word):
    """X-3: the hub's menu speaks Vietnamese and Chinese."""
    browser, server, _values, database = world
    session = server.session()
    session.call("res.users", "write", [session.uid], {"lang": language})
    try:
        person = Person(browser, server.url)
        person.open("hub-inbox")
        person.shot(f"inbox-{language}")
        assert word in person.text(".o_main_navbar")
        person.assert_no_problem()
    finally:
        session.call("res.users", "write", [session.uid], {"lang": "en_US"})


def neutral_order(number, sku):
    """A complete order as a channel hands it over, of one line."""
    return {
        "external_id": number,
        "number": number,
        "placed_at": "2026-07-01T09:00:00+07:00",
        "status": "paid",
        "currency": "USD",
        "customer": {"external_id": "J-1", "name": "Trần Thị Hương"},
        "shipping_address": {
            "name": "Trần Thị Hương",
            "street": "12 Lê Lợi",
            "city": "TP.HCM",
            "country_code": "VN",
        },
        "lines": [
            {
                "external_id": f"{number}-1",
                "sku": sku,
                "name": "Đèn bàn",
                "quantity": "2",
                "unit_price": "10.00",
            }
        ],
        "total": "20.00",
    }


def test_an_unknown_product_is_mapped_once(world):
    """OM-5: two orders wait for one unknown SKU; choosing the product frees both."""
    browser, server, _values, database = world
    session = server.session()
    [channel] = session.call(
        "sale.channel", "search", [("name", "=", "Web shop")], limit=1
    )
    numbers = ["J-1001", "J-1002"]
    answers = session.call(
        "channel.order",
        "receive",
        channel,
        [neutral_order(number, "LAMP-J") for number in numbers],
    )
    rows = [answer["id"] for answer in answers]
    session.call("channel.order", "action_process", rows)
    states = "SELECT DISTINCT state FROM channel_order WHERE id = ANY(%s)"
    assert database.sql(states, [rows]) == [("held",)]

    person = Person(browser, server.url)
    person.open(f"hub-inbox/{rows[0]}", wait=".o_form_view")
    person.shot("unknown-product-inbox")
    assert "LAMP-J" in person.text(".o_form_view")
    person.follow("hub-products")
    page = person.page
    row = page.locator(".o_data_row", has_text="LAMP-J")
    row.locator("[name=product_id]").click()
    page.locator(".o_selected_row [name=product_id] input").fill("Journey Lamp")
    page.locator(
        ".o-autocomplete--dropdown-item", has_text="Journey Lamp"
    ).first.click()
    person.settle()
    person.shot("unknown-product-mapping")
    save = page.locator(".o_list_button_save:visible")
    save.click()
    person.settle()
    person.assert_no_problem()
    session.call("channel.order", "action_process", rows)
    person.follow(f"hub-inbox/{rows[0]}", wait=".o_form_view")
    person.shot("unknown-product-imported")
    assert database.sql(states, [rows]) == [("imported",)]
    orders = database.sql(
        "SELECT count(DISTINCT sale_order_id) FROM channel_order WHERE id = ANY(%s)",
        [rows],
    )
    assert orders == [(2,)]


def test_approved_quantity_is_the_ceiling(world):
    """OM-10: submit, approve, confirm in the form; a transfer with more is refused."""
    browser, server, values, database = world
    person = Person(browser, server.url)
    page = person.page
    person.open(f"hub-orders/{values['order']}", wait=".o_form_view")
    page.click("button[name=action_submit]")
    person.settle()
    page.click("button[name=action_approve]")
    person.settle()
    page.click(".o_form_statusbar button[name=action_confirm]:visible")
    page.wait_for_selector(".o_arrow_button_current[data-value=sale]")
    person.shot("ceiling-order")
    [[picking, move]] = database.sql(
        """SELECT p.id, m.id FROM stock_picking p JOIN stock_move m
             ON m.picking_id = p.id WHERE p.origin = %s""",
        [values["name"]],
    )
    server.session().call("stock.move", "write", [move], {"quantity": 11})
    person.follow(f"stock.picking/{picking}", wait=".o_form_view")
    page.click("button[name=button_validate]:visible")
    dialog = page.wait_for_selector(".modal .modal-body")
    text = dialog.inner_text()
    person.shot("ceiling-refused")
    assert "Journey Lamp" in text
    assert "10" in text and "11" in text
    [[state]] = database.sql("SELECT state FROM stock_picking WHERE id = %s", [picking])
    assert state != "done"
