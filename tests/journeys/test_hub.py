"""What people do in the hub, in the real web client."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

SCREENS = [
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

ORDER = """
import json
languages = env["res.lang"].with_context(active_test=False).search(
    [("code", "in", ["vi_VN", "zh_CN"])])
env["base.language.install"].create(
    {"lang_ids": [(6, 0, languages.ids)], "overwrite": False}).lang_install()
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
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, ORDER)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, values, database


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_screen_opens(world, size):
    """X-3: each screen of the hub opens without an error, wide and narrow."""
    browser, server, _values, _database = world
    person = Person(browser, server.url, size=size)
    label = "phone" if size is PHONE else "desktop"
    for path in SCREENS:
        person.open(path)
        person.shot(f"{path}-{label}")
        person.assert_no_problem()
        assert not person.is_too_wide(), f"{path} scrolls sideways at {size}"


def test_a_record_of_each_screen_opens(world):
    """X-3: the forms behind the lists open with demo data."""
    browser, server, _values, _database = world
    person = Person(browser, server.url)
    for path in SCREENS:
        person.open(path)
        record = person.page.query_selector(
            ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
        )
        assert record, f"demo data shows nothing on {path}"
        record.click()
        person.settle()
        person.shot(f"{path}-form")
        person.assert_no_problem()


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
    page.goto(f"{server.url}/odoo/stock.picking/{picking}")
    page.wait_for_selector(".o_form_view")
    page.click("button[name=button_validate]:visible")
    dialog = page.wait_for_selector(".modal .modal-body")
    text = dialog.inner_text()
    person.shot("ceiling-refused")
    assert "Journey Lamp" in text
    assert "10" in text and "11" in text
    [[state]] = database.sql("SELECT state FROM stock_picking WHERE id = %s", [picking])
    assert state != "done"
