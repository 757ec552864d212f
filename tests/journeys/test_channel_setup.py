"""A manager sets a channel up and tries it; a clerk is not asked to."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

SETUP = """
import json
company = env.company
users = {}
for role in ("manager", "clerk"):
    users[role] = env["res.users"].with_context(no_reset_password=True).create({
        "name": f"Setup {role}", "login": f"setup_{role}", "password": f"setup_{role}",
        "company_id": company.id, "company_ids": [(6, 0, company.ids)],
        "group_ids": [(6, 0, [env.ref("base.group_user").id,
                              env.ref(f"order_management.group_{role}").id])],
        "odoobot_state": "disabled",  # its chat covers a phone
    })
env.cr.commit()
print(json.dumps({role: user.id for role, user in users.items()}))
"""


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, database


def count_orders(database):
    return database.sql("SELECT count(*) FROM sale_order")[0][0]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_channel_is_set_up_and_tried(world, size):
    """OM-2, X-3: questions, checks, a test order step by step, and no trace of it."""
    browser, server, database = world
    label = "phone" if size is PHONE else "desktop"
    person = Person(browser, server.url, "setup_manager", "setup_manager", size)
    page = person.page
    person.open("hub-channels")
    page.click(".o-kanban-button-new:visible")
    page.wait_for_selector(".o_form_view")
    name = f"Tried on a {label}"
    page.fill(".oe_title [name=name] :is(input, textarea)", name)
    page.locator("[name=channel_type] label", has_text="API").click()
    person.settle()
    for _page in ("orders", "money", "connect", "test"):
        person.press("action_next")
        person.shot(f"channel-setup-{_page}-{label}")
        assert not person.is_too_wide(), _page
    [[channel]] = database.sql("SELECT id FROM sale_channel WHERE name = %s", [name])
    # nobody has a key yet, and the page says so
    assert page.locator(".o_setup_step_source.o_setup_missing").count() == 1
    assert page.locator(".o_setup_step_products.o_setup_missing").count() == 0

    before = count_orders(database)
    person.press("action_send_test")
    page.wait_for_selector(".o_setup_step_order.o_setup_ok")
    person.shot(f"channel-setup-tested-{label}")
    result = page.locator("[name=result_html]")
    steps = ["received", "understood", "products", "taxes", "customer", "total"]
    for step in steps:
        assert result.locator(f".o_setup_step_{step}.o_setup_ok").count() == 1, step
    [[state, is_test, order]] = database.sql(
        "SELECT state, is_test, sale_order_id FROM channel_order WHERE channel_id = %s",
        [channel],
    )
    assert (state, is_test) == ("imported", True)
    assert count_orders(database) == before + 1

    person.open(f"hub-orders/{order}", wait=".o_form_view")
    person.shot(f"channel-setup-order-{label}")
    assert "Test order of a channel" in person.text(".o_form_view")
    page.go_back()
    page.wait_for_selector(".o_setup_step_order")
    person.press("action_remove_test")
    page.wait_for_selector(".o_setup_step_removed")
    assert count_orders(database) == before
    person.press("action_finish")
    person.shot(f"channel-setup-finished-{label}")
    assert database.sql(
        "SELECT state, sale_order_id FROM channel_order WHERE channel_id = %s",
        [channel],
    ) == [("ignored", None)]
    person.assert_no_problem()


def test_a_clerk_is_not_asked_to_configure(world):
    """X-3: no menu, no button, and no way in by address."""
    browser, server, _database = world
    person = Person(browser, server.url, "setup_clerk", "setup_clerk")
    person.open("hub")
    assert "Configuration" not in person.text(".o_main_navbar")
    menu = person.page.locator(".o_main_navbar .o_menu_sections")
    menu.get_by_text("Orders", exact=True).first.click()
    person.page.get_by_role("menuitem", name="Fast Order").wait_for()
    person.page.keyboard.press("Escape")
    person.follow("hub-channels")
    assert not person.page.locator(".o-kanban-button-new:visible").count()
    person.page.locator(".o_kanban_record", has_text="Web shop").first.click()
    person.page.wait_for_selector(".o_form_view")
    person.settle()
    assert not person.page.locator("button[name=action_test]:visible").count()
    assert not person.page.locator("button[name=action_setup]:visible").count()
    person.assert_no_problem()
    person.page.goto(f"{server.url}/odoo/hub-channel-setup")
    person.settle()
    assert not person.page.locator(".o_form_view button[name=action_next]").count()
