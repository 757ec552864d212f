"""A shop's customers and their orders of three years, and what is computed of them."""

import contextlib
import os
import time
from pathlib import Path

from odoo import Command, fields

from . import history

#: of a customer, by chance: many buy once or twice, some every week
_CHANCE = "(n::bigint * 48271 % 2147483647) / 2147483647::float"
_CUSTOMER = f"1 + floor({{customers}} * power({_CHANCE}, 1.7))::integer % {{customers}}"
#: days ago; one customer in three left in the second year
_DAYS = (
    "CASE WHEN ({customer}) % 3 = 0 THEN 500 + n::bigint * 7919 % 595"
    " ELSE n::bigint * 7919 % 1095 END"
)


def seed(bench, customers, orders):
    """Add customers and confirmed orders of two lines, by copying one of Odoo's own."""
    with bench.begin() as env:
        partner = env["res.partner"].create({"name": "Bench buyer"})
        products = env["product.product"].create(
            [
                {
                    "name": f"Bench service {number}",
                    "type": "service",
                    "standard_price": 6,
                    "list_price": 10,
                    "taxes_id": False,
                }
                for number in range(50)
            ]
        )
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": 1})
            for product in products[:2]
        ]
        order = env["sale.order"].create(
            {"partner_id": partner.id, "order_line": lines}
        )
        order.action_confirm()
        env.flush_all()
        buyer = _copy_partner(env, partner, customers)
        _copy_orders(env, order, products, buyer, customers, orders)
    with bench.begin() as env:
        env.cr.execute("ANALYZE")


def _copy_partner(env, partner, count):
    """The customer of order ``n``, as SQL."""
    special = {"res_partner": {"name": "'Bench buyer ' || n", "complete_name": "n"}}
    copies = history.Copies(env, {"res_partner": partner.ids}, special)
    copies.rebuilds_indexes = False
    with copies.fast():
        copies.insert(count)
    customer = _CUSTOMER.format(customers=count)
    return f"{copies.bases['res_partner']} + {customer}"


def _copy_orders(env, order, products, buyer, customers, count):
    days = _DAYS.format(customer=buyer)
    moment = f"now() AT TIME ZONE 'UTC' - ({days}) * interval '1 day'"
    ids = ", ".join(map(str, products.ids))
    unique = {table: dict(columns) for table, columns in history.UNIQUE.items()}
    unique["sale_order"].update(
        partner_id=buyer,
        partner_invoice_id=buyer,
        partner_shipping_id=buyer,
        date_order=moment,
        create_date=moment,
        amount_untaxed="(n::bigint * 31 % 997) + 0.5",
    )
    unique["sale_order_line"] = {
        "order_partner_id": buyer,
        "product_id": f"(ARRAY[{ids}])[1 + n % {len(products)}]",
        "price_subtotal": "((n::bigint * 31 % 997) + 0.5) / 2",
    }
    tables = {"sale_order": order.ids, "sale_order_line": order.order_line.ids}
    copies = history.Copies(env, tables, unique)
    with copies.fast():
        copies.insert(count)


def refresh(bench, step):
    """What the night computes of one company, step by step as its cron does."""
    with bench.begin() as env:
        nights = env["customer.snapshot.night"].sudo()
        nights.search([]).unlink()
        night_id = nights.create(
            {"company_id": env.company.id, "begun_at": fields.Datetime.now()}
        ).id
    longest = memory = 0.0
    while True:
        with bench.begin() as env:
            env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            night = env["customer.snapshot.night"].sudo().browse(night_id)
            if night.step == "done":
                break
            started = time.perf_counter()
            with bench.measure(env, f"{step}: {night.step}"):
                night._take_step()
            longest = max(longest, time.perf_counter() - started)
            pid = env.cr._cnx.info.backend_pid
            memory = max(memory, _read_status(pid, "RssAnon"))
    with bench.begin() as env:
        return {
            "customers": env["customer.snapshot"].search_count([]),
            "fitted": env["customer.churn.model"]._get_latest(env.company).is_fitted,
            "longest": longest,
            "memory": _read_status(os.getpid(), "VmHWM") + memory,
        }


def _read_status(pid, name):
    """Bytes of a process: ``VmHWM`` at its peak, ``RssAnon`` its own now."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def screens(bench):
    """What people open: lists, groups, the live count of a rule, one customer anew."""
    rule = "[('revenue_12m', '>', 900), ('churn_band', 'in', ['watch', 'high'])]"
    with bench.begin() as env:
        segment = env["customer.segment"].create({"name": "Bench", "domain": rule})
        env.flush_all()
        with bench.measure(env, "live count of a segment"):
            assert segment.live_count
        snapshots = env["customer.snapshot"]
        with bench.measure(env, "at-risk list"):
            snapshots.web_search_read(
                [("churn_band", "in", ["watch", "high"])],
                {"partner_id": {}, "churn_words": {}, "value_at_risk": {}},
                limit=80,
                order="value_at_risk desc",
            )
        with bench.measure(env, "pivot of segments and risk"):
            snapshots.formatted_read_grouping_sets(
                [],
                [[], ["rfm_segment"], ["rfm_segment", "churn_band"]],
                ["__count", "revenue_12m:sum"],
            )
        with bench.measure(env, "cohorts"):
            env["customer.cohort.report"].formatted_read_grouping_sets(
                [], [[], ["cohort:month"], ["cohort:month", "age_label"]], ["__count"]
            )
        partner = snapshots.search([], limit=1).partner_id
        with bench.measure(env, "one customer computed"):
            snapshots._refresh(partner, env.company)
        _measure_customer_view(bench, env, partner)
        env.cr.rollback()


def _measure_customer_view(bench, env, partner):
    """What the screen of a customer with 5,000 events asks for, when it opens."""
    env.cr.execute(
        "UPDATE sale_order SET partner_id = %s WHERE id IN (SELECT id FROM sale_order"
        " WHERE state = 'sale' ORDER BY id DESC LIMIT 5000)",
        [partner.id],
    )
    timeline, overview = env["customer.timeline"], env["customer.overview"]
    for last in (False, True):
        # who works has the caches of fields and rules warm
        env.invalidate_all()
        with contextlib.ExitStack() as stack:
            if last:
                step = "screen of a customer with 5,000 events"
                stack.enter_context(bench.measure(env, step))
            overview.get_overview(partner.id)
            entries = timeline.get_page(partner.id)["entries"]
    assert len(entries) == 40, entries
