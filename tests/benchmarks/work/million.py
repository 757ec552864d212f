"""A database of a million orders, and what people do all day in it.

Orders of three years with lines, transfers and inbox rows, of 200,000 customers; in the
inbox beside them, messages that are no order yet.
"""

import contextlib

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from odoo.addons.order_management.neutral.words import fold

from . import bulk, history, rows
from . import screens as hub_screens
from .rows import APART, FIRST, array, one_of

CHANNELS = 8
PARTNERS = 200_000
#: messages in the inbox that are no order yet
WAITING = 40_000
#: words that names and addresses are made of, and how fast each changes
FAMILY = (["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Bùi", "Smith"], 1)
MIDDLE = (["Thị", "Văn", "Hữu", "Ngọc", "Minh", "Đức", "Anh"], 8)
GIVEN = (["Hoa", "Bình", "Dũng", "Thảo", "Quân", "Yến", "Khánh", "Linh", "Sơn"], 56)
STREET = (["Nguyễn Huệ", "Lê Lợi", "Hai Bà Trưng", "Điện Biên Phủ", "Láng Hạ"], 3)
CITY = (["Quận 1", "Hà Nội", "Đà Nẵng", "Huế", "Cần Thơ", "Hải Phòng"], 11)


def seed(bench, orders, partners=PARTNERS, waiting=WAITING, least=None):
    """Fill the database; a million orders take minutes.

    :param orders: how many, besides those of the demo data
    :param partners: customers that they are of
    :param waiting: messages that are no order yet
    :param least: rows of each table that belongs to orders; None: these stay empty
    """
    bulk.configure(bench)
    bulk.received(bench, 1, 9_000_000, 2)
    with bench.begin() as env:
        order = env["sale.order"].search([("channel_number", "=", "CH-9000000")])
        order.picking_ids.carrier_tracking_ref = "VN"
        env.cr.flush()
        channels = env["sale.channel"].create(
            [
                {"name": f"Shop {number}", "company_id": env.company.id}
                for number in range(CHANNELS)
            ]
        )
        env.cr.flush()
        customers = _seed_partners(env, partners)
        product = _get_product(env)
        _seed_orders(env, order, channels, customers, product, orders)
        _seed_waiting(env, order, channels, waiting)
        if least is None:
            return
        rows.seed(
            env,
            env["sale.order"].search([("name", "=", "BH1")]),
            orders,
            least,
            channel_id=one_of(channels.ids),
            partner_id=customers,
            product_id=product,
        )


def _word(words, plain=False):
    """The word of a copy, as SQL; ``plain`` as the search box compares it."""
    values, step = words
    values = [fold(value) for value in values] if plain else values
    return f"({array(values)})[1 + n / {step} % {len(values)}]"


def _seed_partners(env, count):
    """Customers with names, addresses and numbers; the customer of order ``n``."""
    one = env["res.partner"].search([("ref", "=", "BENCH00000")])
    name = f"concat_ws(' ', {_word(FAMILY)}, {_word(MIDDLE)}, {_word(GIVEN)}, n)"
    plain = ", ".join(_word(words, True) for words in (FAMILY, MIDDLE, GIVEN))
    special = {
        "name": name,
        "complete_name": name,
        "ref": "'C' || n",
        "email": "'buyer' || n || '@mail.example.com'",
        "email_normalized": "'buyer' || n || '@mail.example.com'",
        "phone": "'+8490' || lpad(n::text, 7, '0')",
        "street": f"n || ' ' || {_word(STREET)}",
        "city": _word(CITY),
        "find_text": f"concat_ws(' ', {plain}, n, 'buyer' || n, 'mail example com',"
        f" 'c' || n, n, {_word(STREET, True)}, {_word(CITY, True)},"
        " '8490' || lpad(n::text, 7, '0'))",
    }
    copies = history.Copies(env, {"res_partner": one.ids}, {"res_partner": special})
    with copies.fast():
        copies.insert(count)
    env.cr.execute("ANALYZE res_partner")
    # what one buys depends on chance, whose purchases too: some buy every day
    return f"{copies.bases['res_partner']} + 1 + (n::bigint * n % 1000003) % {count}"


def _get_product(env):
    """What is sold, as SQL: half of it are ten products."""
    env.cr.execute("SELECT id FROM product_product WHERE default_code LIKE 'BENCH%'")
    products = sorted(row[0] for row in env.cr.fetchall())
    return f"({array(products, 'int')})[1 + CASE WHEN n % 2 = 0 THEN n / 2 % 10" + (
        f" ELSE n / 2 % {len(products)} END]"
    )


def _seed_orders(env, order, channels, partner, product, count):
    channel = one_of(channels.ids)
    # the newest have the highest ids
    age = f"({count} - n)"
    moment = f"timestamp '{FIRST}' - {age} * interval '{APART} seconds'"
    state = (
        f"CASE WHEN n % 50 = 0 THEN 'cancel' WHEN {age} < 9000 THEN 'draft'"
        " ELSE 'sale' END"
    )
    unique = {table: dict(columns) for table, columns in history.UNIQUE.items()}
    unique["sale_order"].update(
        date_order=moment,
        create_date=moment,
        partner_id=partner,
        partner_shipping_id=partner,
        partner_invoice_id=partner,
        sale_channel_id=f"CASE WHEN n % 30 > 0 THEN {channel} END",
        state=state,
        approval_state=f"CASE WHEN {age} < 2000 THEN 'to_approve'"
        f" WHEN {age} < 2040 THEN 'refused' WHEN {age} < 9000 THEN 'none'"
        " ELSE 'approved' END",
        delivery_status=f"CASE WHEN {age} < 12000 THEN 'pending'"
        f" WHEN {age} < 12300 THEN 'partial' ELSE 'full' END",
        amount_total="(n % 997) + 0.5",
        **_get_steps(age, moment),
    )
    unique["sale_order_line"] = {
        "product_id": product,
        "order_partner_id": partner,
        "state": state,
    }
    unique["channel_order"].update(received_at=moment, channel_id=channel)
    unique["stock_picking"].update(
        carrier_tracking_ref="'VN' || lpad(n::text, 9, '0') || 'CN'",
        state=f"CASE WHEN {age} < 12000 THEN 'assigned' ELSE 'done' END",
        scheduled_date=moment,
        partner_id=partner,
        **_get_parcel(age, moment, order.currency_id.id),
    )
    tables = ("sale_order", "sale_order_line", "channel_order", "stock_picking")
    originals = history.find_originals(env, order, tables)
    copies = history.Copies(env, originals, unique)
    with copies.fast():
        copies.insert(count)


def _get_steps(age, moment):
    """Of open orders, what they wait for and until when; a few were found late."""
    is_open = f"{age} < 12000 AND n % 50 > 0"
    return {
        "review_state": f"CASE WHEN {age} < 300 THEN 'held'"
        f" WHEN {age} < 9000 THEN 'none' ELSE 'clean' END",
        "sourcing_state": f"CASE WHEN {age} BETWEEN 300 AND 600 THEN 'queued' END",
        "sla_step": f"CASE WHEN {is_open} THEN 'ship' END",
        "sla_since": f"CASE WHEN {is_open} THEN {moment} END",
        "sla_soon_at": f"CASE WHEN {is_open} THEN {moment} + interval '4 days' END",
        "sla_deadline": f"CASE WHEN {is_open} THEN {moment} + interval '9 days' END",
        "priority": "CASE WHEN n % 2000 = 0 THEN '1' ELSE '0' END",
    }


def _get_parcel(age, moment, currency_id):
    """Of shipped orders, where their parcels are."""
    return {
        "carrier_id": "(SELECT min(id) FROM delivery_carrier)",
        "tracking_state": f"CASE WHEN {age} < 12000 THEN NULL"
        f" WHEN {age} < 12100 THEN 'created' WHEN {age} < 14000 THEN 'in_transit'"
        " WHEN n % 500 = 0 THEN 'returned' ELSE 'delivered' END",
        "date_done": f"CASE WHEN {age} >= 12000 THEN {moment} + interval '1 day' END",
        "delivered_at": f"CASE WHEN {age} >= 14000 THEN {moment} + interval '3 days'"
        " END",
        "deliver_by": f"{moment} + interval '4 days'",
        "punctuality": f"CASE WHEN {age} >= 14000 THEN"
        " CASE WHEN n % 200 = 0 THEN 'late' ELSE 'on_time' END END",
        "cod_amount": "CASE WHEN n % 5 = 0 THEN 10 END",
        "cod_currency_id": f"CASE WHEN n % 5 = 0 THEN {currency_id} END",
    }


def _seed_waiting(env, order, channels, count):
    """Messages that are no order yet: some wait, most were put aside."""
    row = order.channel_order_ids
    channel = one_of(channels.ids)
    name = f"concat_ws(' ', {_word(FAMILY)}, 'Waiting', n)"
    state = "(ARRAY['received', 'held', 'error', 'ignored'])[1 + n % 4]"
    special = {
        "sale_order_id": "NULL",
        "external_id": "'WAIT' || n",
        "number": "'WN' || n",
        "payload_hash": "md5('w' || n) || md5(n::text)",
        "channel_id": channel,
        "received_at": f"timestamp '{FIRST}' - ({count} - n) * interval '20 minutes'",
        "state": state,
        "error": f"CASE WHEN {state} IN ('held', 'error') THEN 'Map the product' END",
        "error_code": f"CASE WHEN {state} IN ('held', 'error') THEN"
        " (ARRAY['unknown_product', 'unpaid', 'invalid'])[1 + n % 3] END",
        "to_process": "FALSE",
        "payload": f"jsonb_set(payload, '{{customer,name}}', to_jsonb({name}))",
    }
    copies = history.Copies(env, {"channel_order": row.ids}, {"channel_order": special})
    with copies.fast():
        copies.insert(count)


#: what a person types, by kind
TERMS = {
    "number": ("BH123456", "BH999999", "bh500", "BH77"),
    "channel number": ("26XY777777", "26xy1234", "XY77777", "NO4711"),
    "tracking": ("VN000123456CN", "vn000999999cn", "000123456", "BH/OUT/4711"),
    "phone": ("0900123456", "+84 900 123 457", "(090) 012-3458", "0084900000001"),
    "e-mail": ("buyer4711@mail.example.com", "buyer199999", "mail.example.com"),
    "buyer": ("Nguyễn", "nguyen thi hoa", "smith 4711", "le van binh", "Trần Văn Sơn"),
    "SKU": ("BENCH00000", "bench00004", "BENCH00499", "BENCH00123"),
    "address": ("12 Lê Lợi", "quan 1", "dien bien phu da nang", "4711 lang ha"),
    "waiting": ("WAIT4711", "wn123", "waiting 4711", "smith waiting"),
    "nothing": ("zzqqxx", "9999999999", "nobody@nowhere.example", "ẫẫẫẫ"),
}
HUB = {
    "date": {},
    "channel_id": {"fields": {"display_name": {}}},
    "number": {},
    "channel_number": {},
    "customer_name": {},
    "amount": {},
    "payment": {},
    "parcels": {},
    "todo": {},
    "state": {},
}
INBOX = {
    "received_at": {},
    "channel_id": {"fields": {"display_name": {}}},
    "number": {},
    "error": {},
    "sale_order_id": {"fields": {"display_name": {}}},
    "state": {},
}
_MADE = [("is_test", "=", False)]


@contextlib.contextmanager
def _measure(bench, step):
    """An environment whose queries all run in the one backend that is measured."""
    with bench.begin() as env:
        env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        with bench.measure(env, step):
            yield env


def search(bench, kind):
    """Type each term of a kind into the box of the hub; a step for each."""
    for term in TERMS[kind]:
        with _measure(bench, term) as env:
            env["order.hub"].web_search_read(
                [*_MADE, ("find", "ilike", term)], HUB, limit=80, count_limit=10001
            )


def screens(bench):
    """Open every list, filter, group, pivot and kanban once; a step for each."""
    for model, spec, moment in (
        ("order.hub", HUB, "date"),
        ("channel.order", INBOX, "received_at"),
    ):
        for name, domain in _get_filters(bench, model):
            with _measure(bench, f"{model} {name}") as env:
                env[model].web_search_read(
                    [*_MADE, *domain], spec, limit=80, count_limit=10001
                )
        for name, work in _get_groups(model, spec, moment):
            with _measure(bench, f"{model} {name}") as env:
                work(env[model])
    with bench.begin() as env:
        env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        for screen in hub_screens.find(env):
            for name, work in hub_screens.get_works(screen):
                hub_screens.begin_anew(env)
                with bench.measure(env, f"{screen.name} {name}"):
                    work()
        for model, work in hub_screens.find_buttons(env):
            hub_screens.begin_anew(env)
            with bench.measure(env, f"{model} smart buttons"):
                work()


def _get_filters(bench, model):
    """``[(name, domain)]``: all filters that the search view of a model offers."""
    yield "list", []
    with bench.begin() as env:
        view = env[model].get_view(view_type="search")
        context = {"uid": env.uid}
    for node in etree.fromstring(view["arch"]).iter("filter"):
        domain = node.get("domain")
        if domain and "activit" not in domain:
            yield node.get("name"), safe_eval(domain, context)


def _get_groups(model, spec, moment):
    """``[(name, function of the model)]``: groups, pivots, graphs, kanban."""
    by = {
        "order.hub": ("state", "channel_id", "user_id", "partner_id", "company_id"),
        "channel.order": ("state", "channel_id", "error_code", "company_id"),
    }[model]
    sums = ["__count"]
    if model == "order.hub":
        # as a list asks for them
        sums += ["amount:sum", "currency_id:array_agg_distinct", "amount:sum_currency"]
    for name in (*by, f"{moment}:day"):
        yield (
            f"by {name}",
            lambda records, name=name: records.web_read_group(
                _MADE, [name], sums, limit=80
            ),
        )
    for lines, columns in (
        ("channel_id", "state"),
        (f"{moment}:month", "state"),
        (f"{moment}:month", "channel_id"),
        (f"{moment}:day", "channel_id"),
    ):
        sets = [[], [lines], [columns], [lines, columns]]
        yield (
            f"pivot {lines}, {columns}",
            lambda records, sets=sets: records.formatted_read_grouping_sets(
                _MADE, sets, sums
            ),
        )
    yield (
        "kanban by state",
        lambda records: records.web_read_group(
            _MADE,
            ["state"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=spec,
            unfold_read_default_limit=40,
        ),
    )
