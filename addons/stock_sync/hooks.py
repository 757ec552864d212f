# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from odoo.addons.order_management.hooks import keep_used_channels

#: tables whose rows would hold back what Odoo deletes next, referring ones first
_OWN_TABLES = (
    "channel_drift_day",
    "channel_drift_line",
    "channel_drift_order",
    "channel_drift_check",
    "channel_publish_rule",
    "channel_listing",
    "channel_stock_dirty",
    "channel_rate_bucket",
    "channel_sync_log",
    "channel_intent",
    "channel_webhook_hint",
    "channel_sync_cursor",
    "sale_channel_account",
)


def uninstall_hook(env):
    """Let secrets, queues and cursors go; channels and their orders stay."""
    env.flush_all()
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # nobody can do these any more; what was done or failed stays as history
    env.cr.execute(
        "DELETE FROM queue_job WHERE channel LIKE 'root.stock_sync%'"
        " AND state IN ('wait_dependencies', 'pending', 'enqueued')"
    )
    env.invalidate_all()
    kind = env.ref("stock_sync.mail_activity_type_sync", False)
    if kind:
        # what only the connector could ask for is nobody's to do any more
        env["mail.activity"].with_context(active_test=False).search(
            [("activity_type_id", "=", kind.id)]
        ).unlink()
    # the list of channels is found under the configuration of the hub again
    menu = env.ref("order_management.sale_channel_menu", False)
    if menu:
        menu.active = True
    keep_used_channels(env, "stock_sync")
