"""Orders read from a shop by its connector, beside the same orders handed over."""

CHUNK = 100
HANDED, READ = "Bench handed over", "Bench shop"


def configure(bench, url, key, secret, currency):
    """Two channels alike; one of them is connected to the shop at ``url``."""
    common = {
        "approval_mode": "none",
        "auto_confirm": True,
        "tax_policy": "channel",
    }
    with bench.begin() as env:
        env.user.group_ids += env.ref("order_management.group_channel")
        env.user.group_ids += env.ref("stock_sync.group_connector_admin")
        env["res.currency"].with_context(active_test=False).search(
            [("name", "=", currency)]
        ).active = True
        company = env.company
        common["company_id"] = company.id
        env["sale.channel"].create({**common, "name": HANDED})
        shop = env["sale.channel"].create(
            {
                **common,
                "name": READ,
                "channel_type": "woocommerce",
                "sync_base_url": url,
                "sync_allow_private": True,
                "sync_state": "connected",
                "sync_connected_at": "2020-01-01 00:00:00",
            }
        )
        account = shop.sudo()._get_account().sudo()
        account.write({"app_key": key, "app_secret": secret, "state": "ok"})


def read(bench, count):
    """Poll the shop page by page, as its jobs do, and confirm what came."""
    done = 0
    while True:
        with bench.begin() as env:
            channel = _find(env, READ).sudo()
            cursor = env["channel.sync.cursor"].sudo()._get_for(channel, "orders")
            before = env["channel.order"].search_count(
                [("channel_id", "=", channel.id)]
            )
            with bench.measure(env, "read", CHUNK):
                more = channel._poll_orders(cursor)
                cursor._note_success(1, more)
            rows = env["channel.order"].search(
                [("channel_id", "=", channel.id), ("state", "=", "received")]
            )
            row_ids, came = rows.ids, before + len(rows)
        _process(bench, row_ids, "confirm")
        done += len(row_ids)
        if not more or done >= count:
            return came


def translate(bench):
    """The same orders as the adapter translates them; not measured."""
    with bench.begin() as env:
        channel = _find(env, READ).sudo()
        with channel._open_adapter() as adapter:
            cursor, orders = "", {}
            while True:
                page = adapter.list_orders(None, None, cursor)
                orders.update(page.orders)
                missing = [r.external_id for r in page.refs]
                missing = [name for name in missing if name not in orders]
                size = adapter.capabilities.order_batch
                for start in range(0, len(missing), size):
                    read_now = adapter.read_orders(missing[start : start + size])
                    orders.update(read_now.orders)
                cursor = page.cursor
                if not cursor:
                    return list(orders.values())


def handed_over(bench, orders):
    """The bulk path: a hundred messages a call, then confirmed."""
    for start in range(0, len(orders), CHUNK):
        some = orders[start : start + CHUNK]
        with bench.begin() as env:
            channel = _find(env, HANDED)
            with bench.measure(env, "receive", len(some)):
                answers = env["channel.order"].receive(channel.id, some)
            row_ids = [answer["id"] for answer in answers]
        _process(bench, row_ids, "confirm")


def _process(bench, row_ids, step):
    for start in range(0, len(row_ids), CHUNK):
        with bench.begin() as env:
            rows = env["channel.order"].browse(row_ids[start : start + CHUNK])
            with bench.measure(env, step, len(rows)):
                rows.action_process()
            states = set(rows.sale_order_id.mapped("state"))
            assert states == {"sale"}, (states, rows.filtered("error")[:1].error)


def _find(env, name):
    return env["sale.channel"].search([("name", "=", name)])
