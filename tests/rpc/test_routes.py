"""X-5: every address of the suite, walked as nobody, as a neighbour and as its owner.

What there is comes from Odoo's own routing map: a route that `WALK` does not know fails
here until somebody has said what a neighbour finds there.
"""

import re

import pytest
import requests

from .. import harness

SETUP = """
import base64, json
from datetime import date
company = env.company
company.approval_mode = "none"
ref = env.ref

def portal(login, partner):
    made = env["res.users"].with_context(no_reset_password=True).create(dict(
        name=login, login=login, password=login, company_id=company.id,
        company_ids=[(6, 0, company.ids)], email=login + "@walk.example",
        group_ids=[(6, 0, ref("base.group_portal").ids)]))
    made.partner_id.parent_id = partner
    return made

dealer = ref("distribution.member_minh_tam")
supplier = ref("distribution.member_hung_phat")
owner = portal("walk_owner", dealer.partner_id)
portal("walk_supplier", supplier.partner_id)
portal("walk_neighbour", ref("distribution.member_dai_loi").partner_id)

product = env["product.product"].create(
    dict(name="Walked lamp", type="consu", list_price=10, taxes_id=[(5,)]))
order = env["sale.order"].create(dict(
    partner_id=dealer.partner_id.id, company_id=company.id,
    order_line=[(0, 0, dict(product_id=product.id, product_uom_qty=4))]))
order.action_confirm()
picking = order.picking_ids
picking.move_ids.picked = True
picking.button_validate()
goods_back = env["channel.return"].create(dict(
    partner_id=dealer.partner_id.id, company_id=company.id,
    return_label=base64.b64encode(b"%PDF-1.4 walked"), line_ids=[(0, 0, dict(
        order_id=order.id, sale_line_id=order.order_line[0].id, requested_qty=1))]))

claim = ref("distribution.claim_minh_tam")
statement = env["distribution.statement"].create(dict(
    partner_id=dealer.partner_id.id, company_id=company.id,
    date_from="2020-01-01", date_to="2020-01-31"))
statement.action_mark_sent()
secondary = env["distribution.order"].create(dict(
    buyer_id=dealer.id, company_id=company.id, line_ids=[(0, 0, dict(
        product_id=ref("distribution.product_green_tea").id, product_qty=3))]))
secondary.action_send()
report = env["distribution.report"].create(dict(
    name="walked.xlsx", member_id=dealer.id, company_id=company.id, kind="sell_out",
    date_from="2020-01-01", file=base64.b64encode(b"walked"),
    reject_file=base64.b64encode(b"walked")))

team = env["helpdesk.ticket.team"].create(dict(name="Walk", company_id=company.id))
stages = env["helpdesk.ticket.stage"].create([
    dict(name="Open", team_ids=team.ids, sequence=1),
    dict(name="Shut", team_ids=team.ids, sequence=2, closed=True,
         close_from_portal=True)])
ticket, chat = env["helpdesk.ticket"].create([
    dict(name="Walked ticket", description="x", team_id=team.id, user_id=False,
         stage_id=stages[0].id, **more) for more in (
        dict(partner_id=owner.partner_id.id),
        # a chat with somebody who was not signed in: nobody's in the portal
        dict(partner_name="A guest", channel_id=ref(
            "crm_plus_helpdesk_mgmt_im_livechat.helpdesk_ticket_channel_chat").id))])
article = env["document.page"].create(dict(
    name="Walked secret", content="<p>x</p>", audience="internal", lang="en_US",
    draft_name="1", draft_summary="first", company_id=False))
article._publish()
channel = env["sale.channel"].create(dict(name="Walked shop", company_id=company.id))
env.cr.commit()

routes = []
for rule in env["ir.http"].routing_map().iter_rules():
    endpoint = rule.endpoint
    name, controller = endpoint.__name__, type(endpoint.func.__self__)
    addons = {cls.__module__.split(".")[2] for cls in controller.mro()
              if name in vars(cls) and cls.__module__.startswith("odoo.addons.")}
    routing = endpoint.routing
    routes.append([rule.rule, routing["type"], routing["auth"], sorted(addons)])
secrets = [dealer.name, order.name, goods_back.name, claim.name, statement.name,
           secondary.name, ticket.name, article.name, channel.name]
print(json.dumps(dict(routes=routes, secrets=secrets, ids=dict(
    order=order.id, line=order.order_line[0].id, picking=picking.id,
    back=goods_back.id, claim=claim.id, statement=statement.id,
    secondary=secondary.id, report=report.id, ticket=ticket.id, chat=chat.id,
    shut=stages[1].id, article=article.release_id.id,
    slug=article.release_id.url.split("/")[-1],
    channel=channel.id, partner=dealer.partner_id.id, dealer=dealer.id,
    token=order._get_tracking_token()))))
"""

#: {route: [(how, address, data, what a neighbour gets[, who owns it])]}; "own": a page
#: of the neighbour's own things, on which nothing of anybody else is
OWN, NOTHING = "own", 404
WALK = {
    # the hub
    "/my/overview": [("GET", "/my/overview", None, OWN)],
    "/my/overview/<int:partner_id>": [
        ("GET", "/my/overview/{partner}", None, NOTHING, "owner")
    ],
    "/my/returns": [("GET", "/my/returns", None, OWN, "owner")],
    "/my/returns/page/<int:page>": [("GET", "/my/returns/page/1", None, OWN, "owner")],
    "/my/returns/<int:return_id>": [
        ("GET", "/my/returns/{back}", None, NOTHING, "owner")
    ],
    "/my/returns/<int:return_id>/label": [
        ("GET", "/my/returns/{back}/label", None, NOTHING)
    ],
    "/my/returns/<int:return_id>/cancel": [
        ("POST", "/my/returns/{back}/cancel", {}, NOTHING)
    ],
    "/my/orders/<int:order_id>/return": [
        ("GET", "/my/orders/{order}/return", None, NOTHING, "owner"),
        ("POST", "/my/orders/{order}/return", {"quantity_{line}": "1"}, NOTHING),
    ],
    "/order/track/<string:token>": [
        ("GET", "/order/track/{other_token}", None, NOTHING),
        ("GET", "/order/track/{order}", None, NOTHING),
    ],
    "/order/track/<string:token>/request": [
        ("POST", "/order/track/{other_token}/request", {"kind": "cancel"}, NOTHING)
    ],
    "/order/track/<string:token>/return": [
        ("POST", "/order/track/{other_token}/return", {"text": "x"}, NOTHING)
    ],
    "/order/track/<string:token>/shortage": [
        ("POST", "/order/track/{other_token}/shortage", {"shortage": "1"}, NOTHING)
    ],
    "/order/track/<string:token>/slip/<int:picking_id>": [
        ("GET", "/order/track/{other_token}/slip/{picking}", None, NOTHING)
    ],
    "/order_management/floor/documents": [
        ("GET", "/order_management/floor/documents?ids={picking}", None, NOTHING)
    ],
    '/order_management/upload_template/<model("sale.channel"):channel>': [
        ("GET", "/order_management/upload_template/{channel}", None, 403)
    ],
    '/order_management/upload_sample/<model("sale.channel"):channel>': [
        ("GET", "/order_management/upload_sample/{channel}", None, 403)
    ],
    "/order_management/schema/neutral_order_v1.json": [
        ("GET", "/order_management/schema/neutral_order_v1.json", None, OWN)
    ],
    "/order_management/shipment/<string:token>": [
        ("POST", "/order_management/shipment/x", {"a": "b"}, 401)
    ],
    "/json/2/channel.order/receive": [
        ("JSON", "/json/2/channel.order/receive", {"channel_id": "{channel}"}, 401)
    ],
    # shops
    "/stock_sync/webhook/<int:channel_id>/<string:token>": [
        ("POST", "/stock_sync/webhook/{channel}/x", {"a": "b"}, 401)
    ],
    "/stock_sync/oauth/callback": [
        ("GET", "/stock_sync/oauth/callback?state={channel}&code=x", None, 400)
    ],
    # service
    "/ticket/close": [
        ("POST", "/ticket/close", {"ticket_id": "{ticket}", "stage_id": "{shut}"}, OWN),
        ("POST", "/ticket/close", {"ticket_id": "{chat}", "stage_id": "{shut}"}, OWN),
    ],
    "/my/ticket/reopen": [("POST", "/my/ticket/reopen", {"ticket_id": "{chat}"}, OWN)],
    "/submitted/ticket": [("POST", "/submitted/ticket", {"subject": ""}, OWN)],
    "/help": [("GET", "/help?search=Walked", None, OWN)],
    "/help/<string:slug>": [("GET", "/help/{slug}", None, NOTHING)],
    "/help/suggest": [("RPC", "/help/suggest", {"text": "Walked secret"}, OWN)],
    "/help/vote": [("RPC", "/help/vote", {"article": "{article}"}, OWN)],
    # the network
    "/distribution/apply": [
        ("GET", "/distribution/apply", None, OWN),
        ("POST", "/distribution/apply", {"name": "{partner}"}, OWN),
    ],
    "/distribution/apply/thanks": [("GET", "/distribution/apply/thanks", None, OWN)],
    "/my/dealer": [("GET", "/my/dealer", None, OWN, "owner")],
    "/my/dealers": [("GET", "/my/dealers", None, OWN, "supplier")],
    "/my/dealer/order": [("GET", "/my/dealer/order", None, OWN)],
    "/my/dealer/order/products": [
        ("RPC", "/my/dealer/order/products", {"supplier_id": "{dealer}"}, NOTHING)
    ],
    "/my/dealer/order/quote": [
        ("RPC", "/my/dealer/order/quote", {"supplier_id": "{dealer}"}, NOTHING)
    ],
    "/my/dealer/order/send": [
        ("RPC", "/my/dealer/order/send", {"supplier_id": "{dealer}"}, NOTHING)
    ],
    "/my/claims": [("GET", "/my/claims", None, OWN, "owner")],
    "/my/claims/<int:claim_id>": [
        ("GET", "/my/claims/{claim}", None, NOTHING, "owner")
    ],
    "/my/claims/new": [
        ("GET", "/my/claims/new", None, OWN),
        ("POST", "/my/claims/new", {"kind": "damaged", "amount": "x"}, OWN),
    ],
    "/my/tickets": [("GET", "/my/tickets", None, OWN)],
    "/my/tickets/page/<int:page>": [("GET", "/my/tickets/page/1", None, OWN)],
    "/my/statements": [("GET", "/my/statements", None, OWN, "owner")],
    "/my/statements/<int:statement_id>": [
        ("GET", "/my/statements/{statement}", None, NOTHING, "owner")
    ],
    "/my/statements/<int:statement_id>/<any(accept,dispute):answer>": [
        ("POST", "/my/statements/{statement}/accept", {}, NOTHING),
        ("POST", "/my/statements/{statement}/dispute", {"reason": "x"}, NOTHING),
    ],
    "/my/statements/<int:statement_id>/pdf": [
        ("GET", "/my/statements/{statement}/pdf", None, NOTHING)
    ],
    "/my/network-orders": [("GET", "/my/network-orders", None, OWN, "supplier")],
    "/my/network-orders/<int:order_id>": [
        ("GET", "/my/network-orders/{secondary}", None, NOTHING, "supplier")
    ],
    "/my/network-orders/<int:order_id>/<any(confirm,refuse,deliver):answer>": [
        ("POST", f"/my/network-orders/{{secondary}}/{answer}", {"why": "x"}, NOTHING)
        for answer in ("confirm", "refuse", "deliver")
    ],
    "/my/stock-reports": [("GET", "/my/stock-reports", None, OWN)],
    "/my/stock-reports/template": [("GET", "/my/stock-reports/template", None, OWN)],
    "/my/stock-reports/new": [
        ("POST", "/my/stock-reports/new", {"kind": "", "date_from": ""}, OWN)
    ],
    "/my/stock-reports/<int:report_id>/refused": [
        ("GET", "/my/stock-reports/{report}/refused", None, NOTHING)
    ],
}
#: routes of other addons on which things of the suite are shown
BESIDE = [
    ("GET", "/my/orders/{order}", None, OWN),
    ("GET", "/my/ticket/{ticket}", None, OWN),
    ("GET", "/my/ticket/{chat}", None, OWN),
]
UNTOUCHED = """
    SELECT (SELECT state FROM channel_return WHERE id = %(back)s),
           (SELECT state FROM distribution_statement WHERE id = %(statement)s),
           (SELECT state FROM distribution_order WHERE id = %(secondary)s),
           (SELECT state FROM sale_order WHERE id = %(order)s),
           (SELECT count(*) FROM helpdesk_ticket WHERE stage_id = %(shut)s),
           (SELECT count(*) FROM order_request WHERE order_id = %(order)s),
           (SELECT count(*) FROM document_page_vote)
"""


class Walker:
    """Somebody with a browser, or nobody in particular."""

    def __init__(self, url, values, database=None, login=None):
        self.url, self.values = url, values
        self.http = requests.Session()
        self.csrf = ""
        if login:
            self.http = harness.Session(url, database, login, login).http
            form = self.http.get(f"{url}/my/claims/new", timeout=60).text
            self.csrf = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]

    def go(self, how, address, data, *_rest):
        """The answer to one step of `WALK`."""
        url = self.url + address.format(**self.values)
        data = {
            name.format(**self.values): text.format(**self.values)
            for name, text in (data or {}).items()
        }
        if how == "GET":
            return self.http.get(url, timeout=120)
        if how == "POST":
            return self.http.post(
                url, data={"csrf_token": self.csrf, **data}, timeout=120
            )
        body = {
            name: int(text) if text.isdecimal() else text for name, text in data.items()
        }
        if how == "JSON":
            return self.http.post(url, json={**body, "payloads": []}, timeout=120)
        call = {"jsonrpc": "2.0", "method": "call", "params": body}
        return self.http.post(url, json=call, timeout=120)


@pytest.fixture(scope="module")
def world():
    with harness.Database() as database:
        made = harness.run_odoo_shell(database, SETUP)
        values = made["ids"]
        # as long, of the same letters, and not the one that was signed
        values["other_token"] = values["token"].swapcase()
        with harness.Server(database) as server:
            yield server, database, made


def _steps(beside=()):
    return [(*step, route) for route, steps in WALK.items() for step in steps] + [
        (*step, None) for step in beside
    ]


def test_every_route_is_walked(world):
    """A new route belongs into WALK, with what a neighbour finds there."""
    _server, _database, made = world
    addons = {path.name for path in (harness.SOURCE / "addons").iterdir()}
    routes = {route for route, *_rest, of in made["routes"] if addons & set(of)}
    assert routes == set(WALK)


def test_nobody_gets_in(world):
    """Whoever has not logged in is led to the log-in, or gets nothing."""
    server, database, made = world
    auth = {route: (kind, auth) for route, kind, auth, _of in made["routes"]}
    nobody = Walker(server.url, made["ids"])
    before = database.sql(UNTOUCHED, made["ids"])
    for *step, route in _steps():
        answer, (_kind, who) = nobody.go(*step), auth[route]
        told = (step, answer.status_code, answer.url)
        if who == "bearer":
            assert answer.status_code in (401, 403), told
        elif who == "user" and step[0] == "RPC":
            assert answer.json()["error"]["code"] == 100, told
        elif who == "user":
            assert "/web/login" in answer.url, told
        _assert_nothing_told(answer, made, told)
    assert database.sql(UNTOUCHED, made["ids"]) == before


def _assert_nothing_told(answer, made, told):
    text = answer.content.decode("utf-8", "replace")
    assert not [secret for secret in made["secrets"] if secret in text], told


def test_a_neighbour_sees_and_does_nothing(world):
    server, database, made = world
    neighbour = Walker(server.url, made["ids"], database.name, "walk_neighbour")
    before = database.sql(UNTOUCHED, made["ids"])
    for *step, _route in _steps(BESIDE):
        answer, expected = neighbour.go(*step), step[3]
        told = (step, answer.status_code, answer.url, answer.text[-300:])
        assert "/web/login" not in answer.url, told
        if step[0] == "RPC" and expected == NOTHING:
            assert answer.json()["error"]["code"] == NOTHING, told
        else:
            assert answer.status_code == (200 if expected == OWN else expected), told
        _assert_nothing_told(answer, made, told)
    assert database.sql(UNTOUCHED, made["ids"]) == before
    problems = server.log_problems(ignore=["odoo.http"])
    assert not problems, problems


def test_the_owner_finds_it_there(world):
    """What the neighbour did not find is there: for its owner."""
    server, database, made = world
    for login in ("owner", "supplier"):
        walker = Walker(server.url, made["ids"], database.name, f"walk_{login}")
        for *step, _route in _steps():
            if step[4:] != [login]:
                continue
            answer = walker.go(*step)
            told = (step, answer.status_code, answer.url)
            assert answer.status_code == 200 and "/web/login" not in answer.url, told
            assert [name for name in made["secrets"] if name in answer.text], told
    token = made["ids"]["token"]
    page = requests.get(f"{server.url}/order/track/{token}", timeout=60)
    assert page.status_code == 200 and made["secrets"][1] in page.text
