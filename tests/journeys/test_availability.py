"""What a salesperson sees and does about stock on a quotation, in the real client."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

WORLD = """
import json
from datetime import timedelta
from odoo import Command, fields
env.ref("base.user_admin").odoobot_state = "disabled"  # its chat covers a phone
warehouse = env["stock.warehouse"].search(
    [("company_id", "=", env.company.id)], limit=1)
stock = warehouse.lot_stock_id
def product(name, quantity):
    one = env["product.product"].create(
        {"name": name, "is_storable": True, "list_price": 10, "taxes_id": False})
    env["stock.quant"]._update_available_quantity(one, stock, quantity)
    return one
scarce, other = product("Journey Vase", 5), product("Journey Jug", 50)
scarce.product_tmpl_id.substitute_ids = other.product_tmpl_id
receipt = env["stock.move"].create({
    "product_id": scarce.id, "product_uom_qty": 7, "product_uom": scarce.uom_id.id,
    "location_id": env.ref("stock.stock_location_suppliers").id,
    "location_dest_id": stock.id, "picking_type_id": warehouse.in_type_id.id,
    "date": fields.Datetime.now() + timedelta(days=4)})
receipt._action_confirm()
lines = [(other, 2), (scarce, 9), (scarce, 90)]
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "Journey Buyer"}).id,
    "order_line": [
        Command.create({"product_id": p.id, "product_uom_qty": q}) for p, q in lines]})
env.cr.commit()
print(json.dumps({"order": order.id}))
"""
ICON = "a.fa-area-chart[data-availability]"
HELD = "SELECT count(*) FROM stock_hold WHERE order_id = %s AND state = 'active'"


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, WORLD)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, values["order"], database


def test_availability_on_the_phone(world):
    """OM-13: the line's window fits a phone and tells when and what instead."""
    browser, server, order, _database = world
    person = Person(browser, server.url, size=PHONE)
    person.open(f"sales/{order}", wait=".o_form_view")
    cards = "[name=order_line] .o_kanban_record:not(.o_kanban_ghost)"
    person.page.locator(cards).nth(1).click()
    person.page.wait_for_selector(".modal .o_form_view")
    person.page.locator(f".modal {ICON}").click()
    person.page.wait_for_selector(".o_order_availability table")
    person.settle()
    box = person.page.locator(".o_popover").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    text = person.text(".o_order_availability")
    assert "Available from" in text and "+7" in text and "Journey Jug" in text
    assert not person.is_too_wide()
    person.shot("availability-phone")
    person.assert_no_problem()


def test_availability_and_replacement(world):
    """OM-13: colours tell apart, and a substitute takes the line's place."""
    browser, server, order, _database = world
    person = Person(browser, server.url, size=DESKTOP)
    person.open(f"sales/{order}", wait=".o_form_view")
    icons = person.page.locator(f".o_list_renderer {ICON}")
    states = [icon.get_attribute("data-availability") for icon in icons.all()]
    assert states == ["available", "later", "missing"]
    icons.nth(2).click()
    person.page.locator(".o_order_availability button", has_text="Replace").click()
    person.settle()
    assert person.text(".o_list_renderer").count("Journey Jug") == 2
    assert icons.nth(2).get_attribute("data-availability") == "missing", "90 of 48"
    person.page.locator(".o_form_button_cancel").click()
    person.settle()
    person.assert_no_problem()


def test_hold_and_release(world):
    """OM-30: goods are held by a button, and given back by another."""
    browser, server, order, database = world
    person = Person(browser, server.url, size=DESKTOP)
    person.open(f"sales/{order}", wait=".o_form_view")
    person.page.locator("header button, .o_statusbar_buttons button").filter(
        has_text="Hold"
    ).first.click()
    person.page.wait_for_selector(".modal .o_form_view")
    hold = person.page.locator(".modal footer button", has_text="Hold")
    hold.click()
    person.page.wait_for_selector(".modal:has-text('Nothing was held')")
    assert database.sql(HELD, [order]) == [(0,)]
    person.page.locator(".modal:has-text('Nothing was held') footer button").click()
    person.page.locator(".modal [name=is_partial] input").click()
    hold.click()
    person.page.wait_for_selector("button[name=action_release_holds]")
    person.settle()
    assert "Held Until" in person.text(".o_form_view")
    assert database.sql(HELD, [order]) == [(2,)]
    person.page.locator("button[name=action_release_holds]").click()
    person.settle()
    assert database.sql(HELD, [order]) == [(0,)]
    person.assert_no_problem()
