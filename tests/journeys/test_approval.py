"""A reviewer decides on the phone; what may leave is told in one's own language."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

WORLD = """
import json
from odoo import Command
env["base.language.install"].create(
    {"lang_ids": [Command.set(env["res.lang"].with_context(active_test=False).search(
        [("code", "=", "vi_VN")]).ids)], "overwrite": False}).lang_install()
env.company.approval_mode = "explicit"
warehouse = env["stock.warehouse"].search(
    [("company_id", "=", env.company.id)], limit=1)
lamp = env["product.product"].create(
    {"name": "Journey Lamp", "is_storable": True, "list_price": 10})
env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, 100)
def person(login, group, lang="en_US"):
    return env["res.users"].create({
        "name": login, "login": login, "password": login, "lang": lang,
        "odoobot_state": "disabled", "notification_type": "inbox",
        "group_ids": [Command.set(env.ref(group).ids)]})
person("journey_reviewer", "order_management.group_reviewer")
person("journey_storekeeper", "stock.group_stock_user", "vi_VN")
orders = env["sale.order"].create([{
    "partner_id": env["res.partner"].create({"name": f"Journey Buyer {n}"}).id,
    "order_line": [Command.create({"product_id": lamp.id, "product_uom_qty": n})],
} for n in (10, 20, 30)])
orders.action_submit()
shipped = orders[2]
shipped.order_line.write({"approved_qty": 25, "cut_reason": "Scarce"})
shipped.action_approve()
shipped.action_confirm()
picking = shipped.picking_ids
env.cr.commit()
print(json.dumps({"orders": orders.ids, "picking": picking.id,
    "move": picking.move_ids.id}))
"""
STATE = "SELECT approval_state FROM sale_order WHERE id = %s"


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, WORLD)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, values, database


def test_decided_on_the_phone(world):
    """OM-31: one tap approves; a refusal asks why; cards fit the screen."""
    browser, server, values, database = world
    first, second, _shipped = values["orders"]
    login = "journey_reviewer"
    person = Person(browser, server.url, login, login, size=PHONE)
    person.open("my-approvals", wait=".o_kanban_view")
    card = person.page.locator(".o_kanban_record", has_text="Journey Buyer 10")
    assert not person.is_too_wide()
    box = card.locator("button[name=action_approve]").bounding_box()
    assert box["height"] >= 36 and box["width"] >= 100, "large enough for a thumb"
    person.shot("my-approvals-phone")
    card.locator("button[name=action_approve]").click()
    person.settle()
    assert database.sql(STATE, [first]) == [("approved",)]
    card = person.page.locator(".o_kanban_record", has_text="Journey Buyer 20")
    card.locator("button[name=action_refuse]").click()
    person.page.wait_for_selector(".modal .o_form_view")
    assert not person.is_too_wide()
    person.shot("my-approvals-refuse-phone")
    person.page.locator(".modal [name=reason] :is(input, textarea)").fill("Too much")
    person.page.locator(".modal footer button.btn-primary").click()
    person.settle()
    assert database.sql(STATE, [second]) == [("refused",)]
    person.assert_no_problem()


def test_ceiling_in_ones_own_language(world):
    """OM-10: who ships too much reads what is approved, in Vietnamese."""
    browser, server, values, _database = world
    login = "journey_storekeeper"
    server.session().call("stock.move", "write", [values["move"]], {"quantity": 27})
    person = Person(browser, server.url, login, login, size=DESKTOP)
    person.open(f"stock.picking/{values['picking']}", wait=".o_form_view")
    person.page.click("button[name=button_validate]:visible")
    text = person.page.wait_for_selector(".modal .modal-body").inner_text()
    person.shot("ceiling-vietnamese")
    assert "Journey Lamp" in text and "25" in text and "27" in text
    assert "already left" not in text, "not in English"
