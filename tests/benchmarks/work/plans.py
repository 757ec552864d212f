"""How PostgreSQL reads what the screens ask for, in a database with many orders.

Every list, filter and search field is taken from the views themselves, so that a new
one is looked at, too.
"""

import contextlib
import json
from functools import partial
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tools.safe_eval import datetime, safe_eval, time

from . import history, million, rows
from . import screens as hub_screens

#: what people look for: an order that is there, and nothing
WORDS = ("BH4711", "zzqqxx")
#: rows that a list may read without an index: those its pager counts, and the 14,000
#: parcels that have not arrived, however many did. Of 75,000 orders what 200,000 are of
#: a million: 50 ms
FREE = 15_000
#: seconds from the first order to the last, as of a million orders
YEARS = 1_000_000 * rows.APART
SCREENS = (
    "order.hub",
    "channel.order",
    "order.batch",
    "order.batch.line",
    "channel.return",
    "channel.settlement",
    "channel.settlement.line",
)
#: what the hub's list is read from
_HUB_TABLES = ("sale_order", "channel_order")


def seed(bench, orders, partners, waiting):
    """Orders, customers and messages as `million.seed`, with what hangs on orders."""
    apart = YEARS // orders
    with (
        patch.object(history.Copies, "rebuilds_indexes", False),
        patch.object(million, "APART", apart),
        patch.object(rows, "APART", apart),
    ):
        _seed(bench, orders, partners, waiting)


def _seed(bench, orders, partners, waiting):
    million.seed(bench, orders, partners, waiting, least=0)
    with bench.begin() as env:
        order = env["sale.order"].search([("name", "=", "BH1")])
        _seed_batches(env, order, orders)
        _seed_settlements(env, order, orders)
        _create_person(env)


def _create_person(env):
    """Somebody with all rights, whom nothing belongs to."""
    groups = ("group_manager", "group_channel")
    ids = [env.ref(f"order_management.{name}").id for name in groups]
    env["res.users"].create(
        {
            "name": "Newcomer",
            "login": "newcomer",
            "group_ids": [Command.link(group_id) for group_id in ids],
        }
    )


def _copy(env, record, count, **special):
    """``count`` copies of a row; the id before the first."""
    table = record._table
    copies = history.Copies(env, {table: record.ids}, {table: special})
    with copies.fast():
        copies.insert(count)
    return copies.bases[table]


def _seed_batches(env, order, count):
    env = env(su=True)
    batch = env["order.batch"].create(
        {
            "name": "Approve",
            "kind": "approve",
            "user_id": env.uid,
            "company_ids": order.company_id.ids,
            "state": "done",
        }
    )
    line = env["order.batch.line"].create(
        {
            "batch_id": batch.id,
            "order_id": order.id,
            "company_id": order.company_id.id,
            "state": "done",
        }
    )
    env.flush_all()
    base = _copy(env, batch, count // 100, name="'Approve ' || n")
    env.cr.execute(
        "INSERT INTO order_batch_res_company_rel (order_batch_id, res_company_id)"
        " SELECT id, %s FROM order_batch WHERE id > %s",
        [order.company_id.id, base],
    )
    _copy(
        env,
        line,
        count,
        batch_id=f"{base} + 1 + (n - 1) / 100",
        order_id=f"{order.id} + n - 1",
        state="CASE WHEN n % 500 = 0 THEN 'failed' ELSE 'done' END",
        message="CASE WHEN n % 500 = 0 THEN 'Not enough goods' END",
    )


def _seed_settlements(env, order, count):
    statement = env["channel.settlement"].create(
        {
            "channel_id": order.sale_channel_id.id,
            "statement_ref": "ST",
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
            "currency_id": order.currency_id.id,
            "line_ids": [
                Command.create(
                    {
                        "line_type": "sale",
                        "amount": 10,
                        "sale_order_id": order.id,
                        "external_order_id": "X",
                    }
                )
            ],
        }
    )
    env.flush_all()
    line = statement.line_ids
    base = _copy(env, statement, count // 500, statement_ref="'ST' || n")
    _copy(
        env,
        line,
        count,
        settlement_id=f"{base} + 1 + (n - 1) / 500",
        external_id="'SL' || n",
        external_order_id="'26XY' || n",
        sale_order_id=f"{order.id} + n - 1",
        match_state="CASE WHEN n % 300 = 0 THEN 'short' ELSE 'matched' END",
    )


def explain(bench, login):
    """Open every screen with every filter and search of it, as ``login``.

    :return: ``{"screens": [what was opened], "found": [[screen, table, node, rows read
        for nothing, query]]}``: reads of much that no index helped with
    """
    with _become(bench, login) as env:
        return _explain(env, _get_lists(env))


def explain_screens(bench, login):
    """The same for what each action of the hub opens: lists with each filter and word,
    and the figures on smart buttons."""
    with _become(bench, login) as env:
        works = []
        for screen in hub_screens.find(env):
            works += _get_listed(screen)
        for model, work in hub_screens.find_buttons(env):
            works.append((f"{model}: smart buttons", work))
        return _explain(env, works)


def explain_groups(bench, login):
    """The same for groups, pivots, graphs and kanbans. What is grouped may be read as a
    whole, if all of it counts: what a filter takes away, or hangs on it, may not."""
    with _become(bench, login) as env:
        works = [*_get_hub_groups(env, "order.hub")]
        works += _get_hub_groups(env, "channel.order")
        for screen in hub_screens.find(env):
            for name, work in hub_screens.get_works(screen):
                if _is_group(name):
                    whole = _get_whole(screen.records, name)
                    works.append((f"{screen.name}: {name}", work, whole))
        return _explain(env, works)


def _get_whole(records, name, tables=()):
    """Tables that groups may read as a whole: what is grouped, and the names of groups,
    which they are sorted by."""
    field = records._fields.get(name.removeprefix("by ").partition(":")[0])
    names = (
        [records.env[field.comodel_name]._table] if field and field.relational else []
    )
    return (*(tables or [records._table]), *names)


@contextlib.contextmanager
def _become(bench, login):
    with bench.begin() as env:
        yield env(user=env["res.users"].search([("login", "=", login)]))


def _explain(env, works):
    """What `explain` returns.

    :param works: ``(name, work, tables that may be read as a whole)``; none for lists
    """
    screens, found, known = [], [], set()
    for name, work, *whole in works:
        screens.append(name)
        hub_screens.begin_anew(env)
        for query in _asked(env, work):
            # pagers and names are asked for by many screens
            if (query, *whole) in known:
                continue
            known.add((query, *whole))
            for read in _find_reads(env.cr, query, *whole):
                found.append([name, *read, query])
    return {"screens": screens, "found": found}


def _get_lists(env):
    for model in SCREENS:
        for name, domain, order in _open(env, model):
            yield f"{model}: {name}", _read(env, model, domain, order)


def _is_group(name):
    return name.startswith(("by ", "pivot", "kanban"))


def _get_listed(screen):
    """Lists of a screen: as it opens, with each filter, with each word."""
    for name, work in hub_screens.get_works(screen):
        if not _is_group(name):
            yield f"{screen.name}: {name}", work
    base = screen.get_opened() if screen.model in hub_screens.REPORTS else screen.domain
    for node in screen.search.iter("field"):
        if node.getparent().tag == "searchpanel":
            continue
        for word in WORDS:
            name, domain = _type(screen.records, node, word, list(base))
            yield f"{screen.name}: {name}", partial(screen.read_list, domain)


def _get_hub_groups(env, model):
    spec, moment = {
        "order.hub": (million.HUB, "date"),
        "channel.order": (million.INBOX, "received_at"),
    }[model]
    tables = _HUB_TABLES if model == "order.hub" else ()
    for name, work in million._get_groups(model, spec, moment):
        whole = _get_whole(env[model], name, tables)
        yield f"{model}: {name}", partial(work, env[model]), whole


def _open(env, model):
    """``(name, domain, order)`` of each way to look at a list."""
    records = env[model]
    made = [("is_test", "=", False)] if "is_test" in records._fields else []
    listed = etree.fromstring(records.get_view(view_type="list")["arch"])
    order = listed.get("default_order")
    values = {"uid": env.uid, "time": time, "datetime": datetime}
    yield "list", made, order
    search = etree.fromstring(records.get_view(view_type="search")["arch"])
    for node in search.iter("filter"):
        if node.get("domain"):
            domain = safe_eval(node.get("domain"), values)
            yield node.get("name"), [*made, *domain], order
        elif node.get("date"):
            name = node.get("date")
            month = [(name, ">=", "2026-10-01"), (name, "<", "2026-11-01")]
            yield f"month of {name}", [*made, *month], order
    for node in search.iter("field"):
        for word in WORDS:
            yield _type(records, node, word, made) + (order,)


def _type(records, node, word, made):
    """What the search box asks for when a word is typed for a field."""
    name = node.get("name")
    if node.get("filter_domain"):
        domain = safe_eval(node.get("filter_domain"), {"self": word})
    elif records._fields[name].type == "many2one":
        # the box offers names, and then asks for the one that was chosen
        ids = [found[0] for found in records[name].name_search(word)]
        # there is no child of what was not found
        operator = ids and node.get("operator") or "in"
        domain = [(name, operator, ids or [0])]
    elif records._fields[name].type == "selection":
        domain = [(name, "=", word)]
    else:
        domain = [(name, node.get("operator") or "ilike", word)]
    return f"{word} as {node.get('string') or name}", [*made, *domain]


def _read(env, model, domain, order):
    """What the web client calls to show a list."""
    records = env[model]
    listed = etree.fromstring(records.get_view(view_type="list")["arch"])
    fields = {}
    for node in listed.findall("field"):
        field = records._fields.get(node.get("name"))
        if field and field.type not in ("one2many", "many2many"):
            more = {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            fields[field.name] = more
    return lambda: records.web_search_read(
        domain, fields, limit=80, count_limit=10_001, order=order
    )


def _asked(env, work):
    """The queries of some work."""
    env.flush_all()
    env.invalidate_all()
    asked = []
    execute = Cursor.execute

    def note(cursor, *args, **kwargs):
        result = execute(cursor, *args, **kwargs)
        asked.append(cursor._obj.query.decode())
        return result

    with patch.object(Cursor, "execute", note):
        work()
    return [query for query in asked if query.lstrip().startswith(("SELECT", "WITH"))]


def _find_reads(cr, query, whole=()):
    """``(table, kind of node, rows)`` of what was read without the help of an index.

    :param whole: tables of which only what a filter took away counts
    """
    # the query has its values already
    cr._obj.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}")
    [[plan]] = cr._obj.fetchall()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    for node in _walk(plan[0]["Plan"]):
        if "Scan" not in node["Node Type"] or "Relation Name" not in node:
            continue
        if node["Relation Name"].startswith("ir_"):
            continue  # does not grow with orders
        if node["Node Type"] == "Index Only Scan" and "Index Cond" in node:
            continue  # a few bytes a row
        # of one loop: a small table may be asked for each row of a page
        read = node.get("Rows Removed by Filter", 0)
        helped = "Index Cond" in node or "Recheck Cond" in node
        if not helped and node["Relation Name"] not in whole:
            read += node["Actual Rows"]
        if read > FREE:
            yield node["Relation Name"], node["Node Type"], read


def _walk(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _walk(child)
