"""A reviewer decides on the phone."""

import pytest

from .. import harness
from .browser import PHONE, Person, chromium

WORLD = """
import json
from odoo import Command
env.company.approval_mode = "explicit"
warehouse = env["stock.warehouse"].search(
    [("company_id", "=", env.company.id)], limit=1)
lamp = env["product.product"].create(
    {"name": "Journey Lamp", "is_storable": True, "list_price": 10})
env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, 100)
def person(login, group):
    return env["res.users"].create({
        "name": login, "login": login, "password": login,
        "odoobot_state": "disabled", "notification_type": "inbox",
        "group_ids": [Command.set(env.ref(group).ids)]})
person("journey_reviewer", "order_management.group_reviewer")
orders = env["sale.order"].create([{
    "partner_id": env["res.partner"].create({"name": f"Journey Buyer {n}"}).id,
    "order_line": [Command.create({"product_id": lamp.id, "product_uom_qty": n})],
} for n in (10, 20)])
orders.action_submit()
env.cr.commit()
print(json.dumps({"orders": orders.ids}))
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
    first, second = values["orders"]
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
