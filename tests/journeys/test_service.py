"""Service: a ticket from a mail to its rating, and articles that save one."""

import pytest

from .. import harness
from .browser import PHONE, Person, Stranger, Visitor, chromium

SETUP = """
import json
Users = env["res.users"].with_context(no_reset_password=True)
company = env.company

def user(login, name, groups, **vals):
    made = Users.create(dict(
        name=name, login=login, password=login, email=login + "@example.com",
        company_id=company.id, company_ids=[(6, 0, company.ids)],
        group_ids=[(6, 0, [env.ref(group).id for group in groups])],
        odoobot_state="disabled", **vals))
    return made

agent = user("journey_agent", "Ann Agent", [
    "base.group_user", "helpdesk_mgmt.group_helpdesk_user",
    "document_page.group_document_manager"])
kim = user("journey_kim", "Kim", ["base.group_portal"])
order = env["sale.order"].create(dict(partner_id=kim.partner_id.id))
order.action_confirm()
template = env.ref("helpdesk_mgmt_rating.rating_ticket_email_template")
env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").rating_mail_template_id = template
domains = env["mail.alias.domain"]
domain = domains.search([], limit=1) or domains.create(dict(name="journey.example.com"))
company.alias_domain_id = domain
team = env["helpdesk.ticket.team"].create(dict(
    name="Journey Service", alias_name="journey-service", use_sla=True,
    auto_answer=True, user_ids=[(6, 0, agent.ids)]))
team.alias_id.alias_domain_id = domain
env["helpdesk.sla"].create(dict(
    name="Answer in 2 hours", target_type="answer", hours=2, team_ids=team.ids))
env["helpdesk.macro"].create(dict(
    name="Journey solved", body="<p>Dear {customer}, {number} is solved. {agent}</p>",
    stage_id=env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id, assign="me"))
env["document.page"].search([]).release_ids.is_current = False
category = env["document.page"].create(dict(name="Orders", type="category"))

def page(name, content, **vals):
    made = env["document.page"].create(dict(
        name=name, content=content, parent_id=category.id, draft_name="1",
        draft_summary="1", company_id=False, **vals))
    made._publish()
    return made

for code in ("vi_VN", "zh_CN"):
    env["res.lang"]._activate_lang(code)
back = page("How to return a kettle", "<p>Use the label in the box.</p>",
            audience="public", lang="en_US", keywords="refund",
            abstract="In three steps, at no cost.")
for lang, name in (("vi_VN", "Cách trả lại ấm đun nước"), ("zh_CN", "如何退回水壶")):
    page(name, "<p>" + name + "</p>", audience="public", lang=lang, origin_id=back.id)
page("Kettle prices for customers", "<p>Only for you.</p>", audience="portal",
     lang="en_US")
page("Kettle goodwill for staff", "<p>Up to 10 %.</p>", audience="internal",
     lang="en_US")
env.cr.commit()
print(json.dumps(dict(address=team.alias_id.display_name, order=order.name,
                      page=back.id)))
"""

MAIL = """From: Kim <journey_kim@example.com>
To: {address}
Subject: How do I return my kettle?
Message-Id: <journey-{number}@example.com>
{headers}Content-Type: text/plain; charset=utf-8

The kettle leaks.
"""


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        made = harness.run_odoo_shell(database, SETUP)
        with harness.Server(database) as server, chromium() as browser:
            yield browser, server, database, made


def receive(server, database, address, number, headers=""):
    """Hand a mail to Odoo as a mail server does; the number of its ticket."""
    gateway = harness.Session(server.url, database.name)
    mail = MAIL.format(address=address, number=number, headers=headers)
    return gateway.call("mail.thread", "message_process", False, mail)


def test_a_ticket_from_a_mail_to_its_rating(world):
    """CP-5: mail, answer by a prepared text, closed, rated, seen by the agent."""
    browser, server, database, made = world
    ticket = receive(server, database, made["address"], 1)
    assert ticket
    robot = receive(
        server, database, made["address"], 2, "Auto-Submitted: auto-replied\n"
    )
    assert not robot

    agent = Person(browser, server.url, "journey_agent", "journey_agent")
    agent.open(f"service-tickets/{ticket}", ".o_form_view")
    assert "leaks" in agent.text(".o_form_view")
    assert "How to return a kettle" in agent.text(".o-mail-Chatter")
    agent.shot("service-ticket")
    agent.page.click("button[name=action_link_document]")
    row = agent.page.locator(".modal .o_data_row", has_text=made["order"])
    row.locator("button").click()
    agent.page.wait_for_selector(".modal", state="detached")
    agent.settle()
    assert made["order"] in agent.text(".o_form_view")
    agent.press("action_macro")
    agent.page.fill(".modal .o_field_widget[name=macro_id] input", "Journey")
    agent.page.locator(".o-autocomplete--dropdown-item", has_text="solved").click()
    agent.settle()
    assert "Dear Kim" in agent.text(".modal")
    agent.shot("service-prepared-answer")
    agent.page.click(".modal button[name=action_apply]")
    agent.page.wait_for_selector(".modal", state="detached")
    agent.settle()
    assert "is solved" in agent.text(".o-mail-Chatter")
    agent.assert_no_problem()

    kim = Visitor(browser, server.url, "journey_kim", "journey_kim", PHONE)
    kim.visit(f"/my/ticket/{ticket}")
    kim.shot("service-portal-ticket-phone")
    assert not kim.is_too_wide()
    kim.page.locator("#task_chat").scroll_into_view_if_needed()
    kim.page.get_by_text("is solved").first.wait_for()
    kim.page.locator(".o_ticket_rating a").first.click()
    kim.page.wait_for_selector("form[action*=submit_feedback]")
    kim.page.fill("textarea[name=feedback]", "Quick, thank you")
    with kim.page.expect_navigation():
        kim.page.locator("form[action*=submit_feedback] button[type=submit]").click()
    rating = database.sql(
        "SELECT rating, feedback FROM rating_rating WHERE consumed AND res_id = %s"
        " AND res_model = 'helpdesk.ticket'",
        [ticket],
    )
    assert rating == [(5.0, "Quick, thank you")]
    kim.visit(f"/my/ticket/{ticket}")
    assert not kim.page.locator(".o_ticket_rating").count()
    with kim.page.expect_navigation():
        kim.page.click("[name=reopen_ticket]")
    assert "In Progress" in kim.text()

    agent.open(f"service-tickets/{ticket}", ".o_form_view")
    agent.page.get_by_role("tab", name="Deadlines").click()
    agent.settle()
    assert "Accomplished" in agent.text(".o_form_view")
    agent.shot("service-deadlines")
    agent.assert_no_problem()


def test_two_agents_see_each_other(world):
    browser, server, database, made = world
    ticket = receive(server, database, made["address"], 3)
    agent = Person(browser, server.url, "journey_agent", "journey_agent")
    agent.open(f"service-tickets/{ticket}", ".o_form_view")
    admin = Person(browser, server.url)
    admin.open(f"service-tickets/{ticket}", ".o_form_view")
    admin.page.wait_for_selector(".o_ticket_viewers")
    assert "Ann Agent" in admin.text(".o_ticket_viewers")
    admin.shot("service-viewers")


def test_knowledge_in_the_portal(world):
    """CP-5: found, voted on, not found and counted, suggested instead of a ticket."""
    browser, server, database, _made = world
    visitor = Stranger(browser, server.url)
    visitor.visit("/help")
    assert "How to return a kettle" in visitor.text()
    assert "for customers" not in visitor.text()
    visitor.page.fill(".o_help_search input", "retrun ketle")
    visitor.page.press(".o_help_search input", "Enter")
    visitor.page.wait_for_selector(".o_help_results")
    visitor.shot("help-found")
    visitor.page.locator(".o_help_item").first.click()
    visitor.page.wait_for_selector(".o_help_article")
    visitor.settle()
    visitor.page.click(".o_help_vote [data-useful='0']")
    visitor.page.wait_for_selector(".o_help_comment:not(.d-none)")
    visitor.page.fill("#help_comment", "A picture")
    visitor.page.click(".o_help_comment button")
    visitor.page.wait_for_selector(".o_help_comment.d-none", state="attached")
    visitor.shot("help-article")
    votes = database.sql("SELECT value, comment FROM document_page_vote")
    assert votes == [("no", "A picture")]
    visitor.visit("/help?search=zeppelin")
    assert visitor.page.locator(".o_help_nothing").count()
    assert database.sql("SELECT query, count FROM document_search_miss") == [
        ("zeppelin", 1)
    ]
    assert not visitor.problems

    kim = Visitor(browser, server.url, "journey_kim", "journey_kim", PHONE)
    kim.visit("/my/home")
    kim.shot("service-portal-home-phone")
    assert not kim.is_too_wide()
    home = kim.text()
    assert "Help Centre" in home and "Tickets" in home and "Orders" in home
    kim.visit("/new/ticket")
    kim.page.fill("input[name=subject]", "I want to return my kettle")
    suggestion = kim.page.locator(".o_ticket_suggestions [data-solved]").first
    suggestion.wait_for()
    kim.shot("service-suggestions-phone")
    assert not kim.is_too_wide()
    suggestion.click()
    kim.page.wait_for_selector(".o_help_article")
    deflected = database.sql(
        "SELECT COUNT(*) FROM document_page_vote WHERE source = 'ticket'"
    )
    assert deflected == [(1,)]
    assert not kim.problems, kim.problems


@pytest.mark.parametrize(
    ("lang", "title"),
    [("vi_VN", "Cách trả lại ấm đun nước"), ("zh_CN", "如何退回水壶")],
)
def test_articles_in_the_reader_s_language(world, lang, title):
    browser, server, _database, made = world
    visitor = Stranger(browser, server.url, PHONE)
    visitor.visit(f"/help/{made['page']}?lang={lang}")
    visitor.shot(f"help-{lang}")
    assert title in visitor.text()
    assert not visitor.is_too_wide()
