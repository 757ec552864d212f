"""Dealers in the portal and the people who sell to them, in a real browser."""

import re

import pytest

from .. import harness
from .browser import DESKTOP, PHONE, Person, Visitor, chromium

SETUP = """
import json
from datetime import date, timedelta
company = env.company
company.approval_mode = "explicit"
config = env["ir.config_parameter"]

def user(login, groups, partner=None):
    made = env["res.users"].with_context(no_reset_password=True).create(dict(
        name=login, login=login, password=login, company_id=company.id,
        company_ids=[(6, 0, company.ids)],
        group_ids=[(6, 0, [env.ref(group).id for group in groups])],
        odoobot_state="disabled"))  # its chat covers a phone
    if partner:
        made.partner_id.parent_id = partner
    return made

dealer = env.ref("distribution.member_minh_tam")
supplier = env.ref("distribution.member_hung_phat")
user("journey_dealer", ["base.group_portal"], dealer.partner_id)
user("journey_supplier", ["base.group_portal"], supplier.partner_id)
user("journey_books", ["base.group_user", "distribution.group_accountant"])
trade = user("journey_trade", ["base.group_user", "distribution.group_trade_manager"])
product = env["product.product"].create(dict(
    name="Journey Coffee", default_code="COFFEE", list_price=100, is_storable=True,
    taxes_id=[(5,)], supplier_taxes_id=[(5,)],
    categ_id=env["product.category"].create(dict(name="Journey goods")).id))
# the company itself sells coffee to the dealer, and the distributor to the outlet
links = env["distribution.supply.link"]
links.create(dict(buyer_id=dealer.id, supplier_id=False, date_from="2020-01-01",
                  categ_id=product.categ_id.id))
quota = env["order.quota"].create(dict(
    name="Coffee of the year", company_id=company.id, scope_type="customer",
    partner_id=dealer.partner_id.id, measure="quantity", product_scope="product",
    product_id=product.id, uom_id=product.uom_id.id, limit_qty=20, period_type="year"))
quota.action_activate()

buyer = env["distribution.member"].search(
    [("supply_link_ids.supplier_id", "=", supplier.id), ("state", "=", "active")],
    limit=1)
links.create(dict(buyer_id=buyer.id, supplier_id=supplier.id, date_from="2020-01-01",
                  categ_id=product.categ_id.id))
env["distribution.ledger"]._post([dict(
    company_id=company.id, member_id=supplier.id, product_id=product.id,
    kind="opening", quantity=50, date=date.today(), key="journey:opening")])
secondary = env["distribution.order"].create(dict(
    buyer_id=buyer.id, company_id=company.id,
    line_ids=[(0, 0, dict(product_id=product.id, product_qty=10))]))
secondary.action_send()

today = date.today()
statement = env["distribution.statement"].create(dict(
    partner_id=dealer.partner_id.id, company_id=company.id,
    date_from=today - timedelta(140), date_to=today))
statement.action_mark_sent()

plan = company.budget_plan_id  # the demo's
company.budget_policy = "block"
centres = env["account.analytic.account"].create([
    dict(name=name, plan_id=plan.id, company_id=company.id,
         budget_manager_id=trade.id) for name in ("Delta", "Highlands")])
account = env["account.account"].search([
    ("company_ids", "in", company.id), ("account_type", "=", "expense")], limit=1)
account = account.copy(dict(code="699997", name="Journey display"))
kind = env["sales.expense.type"].create(dict(
    name="Journey display", code="JOUR", company_id=company.id, account_id=account.id))
budget = env["expense.budget"].create(dict(
    name="Journey budget", company_id=company.id,
    date_from=today.replace(month=1, day=1), date_to=today.replace(month=12, day=31),
    plan_ids=[(0, 0, dict(centre_id=centre.id, type_id=kind.id,
                          month=today.replace(day=1), amount=1000))
              for centre in centres]))
budget.action_submit()
budget.with_user(trade).action_approve()
vendor = env["res.partner"].create(dict(name="Journey vendor"))
bill = env["account.move"].create(dict(
    move_type="in_invoice", partner_id=vendor.id, invoice_date=today,
    ref="JOURNEY-1", invoice_line_ids=[(0, 0, dict(
        name="Shelves", quantity=1, price_unit=1200, account_id=account.id,
        tax_ids=[(5,)], analytic_distribution=dict([(str(centres[0].id), 100)])))]))
lines = env["expense.budget.line"].search([("type_id", "=", kind.id)])
by_centre = {line.centre_id.id: line.id for line in lines}
transfer = env["expense.budget.transfer"].create(dict(
    company_id=company.id, source_id=by_centre[centres[1].id],
    target_id=by_centre[centres[0].id], amount=300, reason="Shelves are dearer"))
env.cr.commit()
print(json.dumps(dict(product=product.id, secondary=secondary.id,
                      line=secondary.line_ids.id, statement=statement.id,
                      bill=bill.id, transfer=transfer.id)))
"""

_IS_SCROLLED = "box => box.scrollWidth > box.clientWidth + 1"


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        made = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, database, made


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_dealer_orders_within_the_quota(world, size):
    """DS-2: past the quota is refused with what is left; within it is sent."""
    browser, server, database, _made = world
    label = "phone" if size is PHONE else "desktop"
    person = Visitor(
        browser, server.url, "journey_dealer", "journey_dealer", size, True
    )
    page = person.page
    person.visit("/my/dealer")
    person.shot(f"dealer-home-{label}")
    assert "Coffee" in person.text("#dealer_quotas")
    assert not person.is_too_wide()
    person.visit("/my/dealer/order")
    page.fill(".o_dealer_order input[type=search]", "Journey Coffee")
    coffee = page.locator(".o_dealer_product", has_text="Journey Coffee")
    coffee.wait_for()
    asked = coffee.locator("input")
    asked.fill("500")
    # what the search finds is drawn while the number is being typed
    person.settle(quiet=600)
    assert asked.input_value() == "500"
    asked.press("Tab")
    page.locator(".alert-warning", has_text="left").wait_for()
    page.click(".o_dealer_send")
    error = page.locator(".o_dealer_error")
    error.wait_for()
    left = 20 if size is DESKTOP else 18
    assert re.search(rf"\b{left}\b", error.inner_text())
    person.shot(f"dealer-order-refused-{label}")
    assert not person.is_too_wide()
    asked.fill("2")
    asked.press("Tab")
    person.settle(600)
    page.click(".o_dealer_send")
    page.locator(".alert-success").wait_for()
    person.shot(f"dealer-order-sent-{label}")
    [[waiting]] = database.sql(
        "SELECT count(*) FROM sale_order WHERE approval_state = 'to_approve'"
        " AND origin = 'Dealer portal'"
    )
    assert waiting == (1 if size is DESKTOP else 2)
    person.visit("/my/overview")
    person.shot(f"dealer-overview-{label}")
    assert "Journey Coffee" in person.text("#overview_goods")
    assert not person.is_too_wide()
    assert not [problem for problem in person.problems if "dealer/order" in problem]


def test_a_statement_is_disputed(world):
    """DS-8: a line that is wrong, and why."""
    browser, server, database, made = world
    person = Visitor(browser, server.url, "journey_dealer", "journey_dealer", PHONE)
    page = person.page
    person.visit(f"/my/statements/{made['statement']}")
    lines = page.locator(".table-responsive")
    assert lines.locator("tbody tr").count() > 2, "the demo's invoice"
    assert not lines.evaluate(_IS_SCROLLED), "one column does not go off the screen"
    person.shot("dealer-statement-phone")
    page.fill("#statement_reason", "Paid in cash on the 5th")
    page.click("text=Dispute the statement")
    page.locator(".alert-warning", has_text="Paid in cash").wait_for()
    person.shot("dealer-statement-disputed")
    assert database.sql(
        "SELECT state FROM distribution_statement WHERE id = %s", [made["statement"]]
    ) == [("disputed",)]
    person.assert_no_problem()


def test_a_distributor_confirms_a_secondary_order(world):
    """DS-3: less than was ordered, with the reason, then delivered."""
    browser, server, database, made = world
    person = Visitor(browser, server.url, "journey_supplier", "journey_supplier", PHONE)
    page = person.page
    person.visit(f"/my/network-orders/{made['secondary']}")
    assert not page.locator(".table-responsive").evaluate(_IS_SCROLLED)
    person.shot("dealer-secondary-phone")
    page.fill(f"[name=quantity_{made['line']}]", "8")
    page.click("button:text-is('Confirm')")
    page.locator(".alert-danger").wait_for()
    page.fill(f"[name=quantity_{made['line']}]", "8")
    page.fill(f"[name=reason_{made['line']}]", "Two are promised already")
    page.click("button:text-is('Confirm')")
    page.locator("button:text-is('Delivered')").wait_for()
    person.shot("dealer-secondary-confirmed")
    page.click("button:text-is('Delivered')")
    page.locator("button:text-is('Delivered')").wait_for(state="detached")
    query = "SELECT state FROM distribution_order WHERE id = %s"
    assert database.sql(query, [made["secondary"]]) == [("delivered",)]
    person.assert_no_problem()


def test_a_bill_above_the_budget_waits_for_a_transfer(world):
    """DS-11: stopped with the figures; the manager transfers; it passes."""
    browser, server, database, made = world
    books = Person(browser, server.url, "journey_books", "journey_books")
    page = books.page
    books.open(f"account.move/{made['bill']}", ".o_form_view")
    hint = page.locator(".alert-warning", has_text="Delta")
    hint.wait_for()
    assert "1,200" in hint.inner_text() and "1,000" in hint.inner_text()
    page.click("button[name=action_post]")
    dialog = page.locator(".modal", has_text="1,200")
    dialog.wait_for()
    assert "Delta" in dialog.inner_text() and "1,000" in dialog.inner_text()
    books.shot("budget-bill-stopped")
    trade = Person(browser, server.url, "journey_trade", "journey_trade")
    trade.open(f"expense.budget.transfer/{made['transfer']}", ".o_form_view")
    trade.shot("budget-transfer")
    for button in ("action_request", "action_approve"):
        found = trade.page.locator(f"button[name={button}]:visible")
        if found.count():
            found.first.click()
            trade.settle()
    trade.shot("budget-transferred")
    query = "SELECT state FROM expense_budget_transfer WHERE id = %s"
    assert database.sql(query, [made["transfer"]]) == [("done",)]
    books.open(f"account.move/{made['bill']}", ".o_form_view")
    page.click("button[name=action_post]")
    page.locator(
        ".o_statusbar_status .o_arrow_button_current", has_text="Posted"
    ).wait_for()
    query = "SELECT state FROM account_move WHERE id = %s"
    assert database.sql(query, [made["bill"]]) == [("posted",)]
    trade.assert_no_problem()


def test_the_demo_tells_a_story_of_expenses(world):
    """DS-10: approved, posted, refused, overrun, and a bill that a transfer frees."""
    _browser, server, _database, _made = world
    session = server.session()

    def read(model, domain, *fields):
        return session.call(model, "search_read", domain, list(fields))

    expenses = read("sales.expense", [], "state", "actual_amount", "refusal", "type_id")
    states = {expense["state"] for expense in expenses}
    assert {"submitted", "approved", "executed", "closed", "refused"} <= states
    posted = [expense for expense in expenses if expense["actual_amount"]]
    assert len({expense["type_id"][0] for expense in posted}) >= 2
    assert any("budget" in (expense["refusal"] or "") for expense in expenses)
    lines = read("expense.budget.line", [], "available_amount", "policy")
    below = [line for line in lines if line["available_amount"] < 0]
    assert {line["policy"] for line in below} == {"warn"}, "the gifts"
    [bill] = read(
        "account.move",
        [("line_ids.name", "=", "Light box at the night market")],
        "state",
        "is_over_expense_budget",
    )
    assert (bill["state"], bill["is_over_expense_budget"]) == ("draft", True)
    with pytest.raises(Exception, match="Budget of"):
        session.call("account.move", "action_post", [bill["id"]])
    [transfer] = read(
        "expense.budget.transfer", [("reason", "like", "More shelves")], "id"
    )
    session.call("expense.budget.transfer", "action_approve", [transfer["id"]])
    session.call("account.move", "action_post", [bill["id"]])
    [bill] = read("account.move", [("id", "=", bill["id"])], "state")
    assert bill["state"] == "posted"
