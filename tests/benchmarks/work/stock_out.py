"""Stock sent to connected shops."""

import time

from .stock_sync import _size

#: what no run may need more jobs than
_JOBS = 100


def limits(bench):
    """``[calls at once, calls a second, listings of a call]`` of a WooCommerce shop."""
    with bench.begin() as env:
        can = env["sale.channel"].new({"channel_type": "woocommerce"})
        can = can._get_capabilities()
        bucket = can.buckets[0]
        return [bucket.capacity, bucket.per_second, can.stock_batch]


def connect(bench, urls, key, secret):
    """Make the channels that `stock_sync.seed` left WooCommerce shops.

    :return: their ids, in the order of the addresses
    """
    with bench.begin() as env:
        channels = env["sale.channel"].search(
            [("name", "=like", "Bench _"), ("stock_is_published", "=", True)],
            order="id",
        )
        for channel, url in zip(channels, urls, strict=True):
            _connect(env, channel, url, key, secret)
        return channels.ids


def _connect(env, channel, url, key, secret):
    # each database is one that shops do not know yet, and that is no restore
    env["ir.config_parameter"].sudo().set_param(
        "stock_sync.database", channel._get_database_mark()
    )
    env.cr.execute(
        """
        UPDATE sale_channel SET channel_type = 'woocommerce', sync_base_url = %s,
            sync_allow_private = TRUE, sync_state = 'connected',
            sync_connected_at = now() AT TIME ZONE 'UTC'
        WHERE id = %s
        """,
        [url, channel.id],
    )
    env.invalidate_all()
    account = channel.sudo()._get_account()
    account.write({"app_key": key, "app_secret": secret, "state": "ok"})


def send(bench, channel_id):
    """Send what a shop should show, until nothing waits.

    :return: ``[seconds, MiB of this process at most, listings that are not up to
        date, units that should be shown]``
    """
    with bench.begin() as env:
        # nothing grows unless the orders were read
        cursor = (
            env["channel.sync.cursor"]
            .sudo()
            ._get_for(env["sale.channel"].browse(channel_id), "orders")
        )
        cursor._note_success(1)
    begin, largest = time.perf_counter(), 0.0
    for _job in range(_JOBS):
        with bench.begin() as env:
            env["sale.channel"].sudo().browse(channel_id)._job_push_stock()
        largest = max(largest, _size())
        waiting, units = _look(bench, channel_id)
        if not waiting:
            break
    return [time.perf_counter() - begin, largest, waiting, units]


def _look(bench, channel_id):
    with bench.begin() as env:
        env.cr.execute(
            "SELECT count(*) FILTER (WHERE push_state != 'done'), sum(target_qty)"
            " FROM channel_listing WHERE channel_id = %s",
            [channel_id],
        )
        return env.cr.fetchone()
