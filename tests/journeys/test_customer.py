"""A customer as a whole, and from the list of those at risk to a planned call."""

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, chromium

SETUP = """
import json
from datetime import datetime, timedelta

def user(login, lang="en_US"):
    return env["res.users"].with_context(no_reset_password=True).create(dict(
        name=login.replace("_", " ").title(), login=login, password=login, lang=lang,
        group_ids=[(6, 0, [env.ref(group).id for group in (
            "base.group_user", "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice")])],
        odoobot_state="disabled"))  # its chat covers a phone

seller = user("journey_seller")
for lang in ("vi_VN", "zh_CN"):
    user("journey_seller_" + lang[:2], lang)
customer = env["res.partner"].create(dict(
    name="Journey Trading Co., Ltd", is_company=True, user_id=seller.id,
    email="buy@journey.example", phone="+84 28 5555 0199", city="Hồ Chí Minh",
    country_id=env.ref("base.vn").id,
    category_id=[(0, 0, dict(name="Journey Gold", color=3))],
    child_ids=[(0, 0, dict(name="Journey Lan", function="Purchasing",
                           phone="+84 90 555 0001", email="lan@journey.example")),
               (0, 0, dict(name="Journey Minh", function="Accounts"))]))
lan = customer.child_ids[0]
product = env["product.product"].create(dict(
    name="Journey Oolong", type="service", list_price=120, invoice_policy="order",
    taxes_id=[(5,)]))
now = datetime.now().replace(microsecond=0)
for number, days in enumerate((400, 371, 346, 322, 290, 266, 241, 215, 190, 160, 71)):
    order = env["sale.order"].with_user(seller).create(dict(
        partner_id=lan.id, client_order_ref="PO %s" % (4700 + number),
        order_line=[(0, 0, dict(product_id=product.id, price_unit=120,
                                product_uom_qty=2 + number % 4))]))
    order.action_confirm()
    order.date_order = now - timedelta(days=days)
env["sale.order"].with_user(seller).create(dict(
    partner_id=lan.id,
    order_line=[(0, 0, dict(product_id=product.id, product_uom_qty=9))]))
env["crm.lead"].create(dict(
    name="Journey gift boxes", type="opportunity", partner_id=customer.id,
    user_id=seller.id, expected_revenue=2500))
customer.message_post(
    body="We would like to see the new harvest.", subject="New harvest?",
    message_type="email", subtype_xmlid="mail.mt_comment", author_id=lan.id)
customer.message_post(
    body="Wants a discount from ten boxes on.", message_type="comment",
    subtype_xmlid="mail.mt_note", author_id=seller.partner_id.id)
env["calendar.event"].create(dict(
    name="Journey tasting", start=now + timedelta(days=3),
    stop=now + timedelta(days=3, hours=1), user_id=seller.id,
    partner_ids=[(6, 0, lan.ids)], location="Their office"))
new = env["res.partner"].create(dict(name="Journey Nobody Yet", user_id=seller.id))
env["customer.snapshot"]._refresh(customer + new, env.company)
env.flush_all()
# how probable is the model's to say, from all the customers; here it is given
env.cr.execute(
    "UPDATE customer_snapshot SET churn_band = 'high', alive_probability = 0.31,"
    " value_at_risk = 999999, rfm_r = 2, rfm_f = 5, rfm_m = 4, rfm_score = '254',"
    " rfm_segment = 'at_risk', churn_reason ="
    " '[{\\"code\\": \\"silent\\", \\"interval\\": 27, \\"days\\": 71}]'"
    " WHERE partner_id = %s", [customer.id])
env.cr.commit()
print(json.dumps(dict(customer=customer.id, contact=lan.id, new=new.id)))
"""


@pytest.fixture(scope="module")
def world(speaking):
    with speaking.copy() as database:
        made = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, database, made


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_customer_as_a_whole(world, size):
    """CP-1: from a contact's form to the figures and all that happened."""
    browser, server, _database, made = world
    label = "phone" if size is PHONE else "desktop"
    person = Person(browser, server.url, "journey_seller", "journey_seller", size)
    page = person.page
    person.open(f"res.partner/{made['contact']}", ".o_form_view")
    person.open_stat("Customer View")
    page.locator(".o_customer_name", has_text="Journey Trading").wait_for()
    page.locator(".o_customer_entry").first.wait_for()
    person.settle()
    person.shot(f"customer-view-{label}")
    assert not person.is_too_wide()
    text = person.text(".o_customer_page")
    for words in ("silent for 71", "Journey Gold", "Purchasing", "Journey Oolong"):
        assert words in text, words
    kinds = page.locator(".o_customer_entry").evaluate_all(
        "entries => [...new Set(entries.map((entry) => entry.dataset.kind))]"
    )
    assert {"order", "quotation", "lead", "mail", "note", "meeting"} <= set(kinds)
    page.click(".o_customer_timeline button[data-key=messages]")
    person.settle()
    assert page.locator(".o_customer_entry").count() == 2
    page.fill(".o_customer_timeline input[type=search]", "HARVEST")
    person.settle(500)
    assert page.locator(".o_customer_entry").count() == 1
    # reloaded, the address is the customer's
    page.reload()
    page.locator(".o_customer_name", has_text="Journey Trading").wait_for()
    page.click(".o_customer_tile[data-key=quotes]")
    page.locator(".o_list_view, .o_kanban_view").first.wait_for()
    person.assert_no_problem()


@pytest.mark.parametrize("language", ["vi", "zh"])
def test_in_other_languages(world, language):
    """X-5: nothing breaks where words are longer, or have no blanks."""
    browser, server, _database, made = world
    login = f"journey_seller_{language}"
    for size, label in ((DESKTOP, "desktop"), (PHONE, "phone")):
        person = Person(browser, server.url, login, login, size)
        person.open(f"{made['customer']}/customer-view", ".o_customer_entry")
        person.shot(f"customer-view-{language}-{label}")
        assert not person.is_too_wide()
        person.assert_no_problem()


def test_a_customer_without_anything(world):
    """CP-1: what to do first, instead of empty pictures."""
    browser, server, _database, made = world
    person = Person(browser, server.url, "journey_seller", "journey_seller")
    person.open(f"{made['new']}/customer-view", ".o_customer_header")
    person.shot("customer-view-new")
    assert person.page.locator(".o_customer_empty").count() == 1
    assert person.page.locator("canvas").count() == 0
    person.assert_no_problem()


def test_from_the_list_at_risk_to_an_activity(world):
    """CP-3: who is about to leave gets a call, and the screen says so."""
    browser, server, database, made = world
    person = Person(browser, server.url, "journey_seller", "journey_seller")
    page = person.page
    person.open("customers-at-risk", ".o_list_view")
    row = page.locator(".o_data_row", has_text="Journey Trading")
    row.wait_for()
    person.shot("customers-at-risk")
    row.locator("button[name=action_schedule_activity]").click()
    page.locator(".modal .o_form_view").wait_for()
    page.locator(".modal [name=summary] input").fill("Ask what is wrong")
    page.locator(".modal button[name=action_schedule_activities]").click()
    page.locator(".modal").wait_for(state="detached")
    query = "SELECT summary FROM mail_activity WHERE res_model = %s AND res_id = %s"
    assert database.sql(query, ["res.partner", made["customer"]]) == [
        ("Ask what is wrong",)
    ]
    row.locator("td[name=partner_id]").click()
    page.locator(".o_customer_activities", has_text="Ask what is wrong").wait_for()
    person.shot("customer-view-planned")
    person.assert_no_problem()
