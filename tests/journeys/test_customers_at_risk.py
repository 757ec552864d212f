"""A salesperson finds who may leave, and plans a call."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

#: everything of this part of Customer Care; some are filled by what people do
SCREENS = [
    "customer-figures",
    "customers-at-risk",
    "customer-segments",
    "customer-playbooks",
    "customer-migration",
    "customer-cohorts",
    "saved-customers",
]
WORLD = """
import json
from datetime import timedelta
from odoo import Command, fields
env.ref("base.user_admin").odoobot_state = "disabled"  # its chat covers a phone
product = env["product.product"].create(
    {"name": "Journey Tea", "type": "service", "list_price": 10, "taxes_id": False})
seller = env["res.users"].create({
    "name": "journey_seller", "login": "journey_seller", "password": "journey_seller",
    "odoobot_state": "disabled", "group_ids": [
        Command.set(env.ref("sales_team.group_sale_salesman").ids)]})
silent = env["res.partner"].create({"name": "Silent Journey", "user_id": seller.id})
now = fields.Datetime.now()
env["sale.order"].create([{
    "partner_id": silent.id, "state": "sale", "user_id": seller.id,
    "date_order": now - timedelta(days=days),
    "order_line": [Command.create({"product_id": product.id, "price_unit": 500})],
} for days in (71, 95, 119, 143)])
env.flush_all()
env["customer.snapshot"]._refresh(companies=env.company)
env.cr.commit()
print(json.dumps({"silent": silent.id}))
"""
ACTIVITIES = (
    "SELECT count(*) FROM mail_activity WHERE res_model = 'res.partner' AND res_id = %s"
)


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        values = harness.run_odoo_shell(database, WORLD)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, values, database


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_screen_opens(world, size):
    """X-3: wide and narrow, without an error."""
    browser, server, _values, _database = world
    person = Person(browser, server.url, size=size)
    person.open(SCREENS[0])
    for path in SCREENS[1:] + SCREENS[:1]:
        person.follow(path)
        person.assert_no_problem()
        assert not person.is_too_wide(), f"{path} scrolls sideways at {size}"


def test_from_the_list_to_a_call(world):
    """CP-3: why in words, and an activity from the row."""
    browser, server, values, database = world
    person = Person(browser, server.url, "journey_seller", "journey_seller")
    person.open("customers-at-risk")
    row = person.page.locator(".o_data_row", has_text="Silent Journey")
    assert "every 24 days, silent for 71" in row.inner_text()
    row.locator("button[name=action_schedule_activity]").click()
    person.page.wait_for_selector(".modal .o_form_view")
    person.settle()
    person.page.locator(".modal button[name=action_schedule_activities]").click()
    person.settle()
    person.assert_no_problem()
    assert database.sql(ACTIVITIES, [values["silent"]]) == [(1,)]
