# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from .models.order_history_mixin import _drop_append_only_triggers
from .reports.order_variance_facts import drop_all


def pre_init_hook(env):
    """Give every channel a company before the hub makes it required.

    A channel without one was shared: it stays with the company that has most of its
    orders, every other company with orders or invoices gets a channel of its own.
    """
    for (channel_id,) in env.execute_query(
        SQL("SELECT id FROM sale_channel WHERE company_id IS NULL ORDER BY id")
    ):
        companies = env.execute_query(
            SQL(
                "SELECT company_id, sum(orders) FROM ("
                " SELECT company_id, count(*) AS orders FROM sale_order"
                " WHERE sale_channel_id = %(channel)s GROUP BY company_id"
                " UNION ALL"
                " SELECT company_id, 0 FROM account_move"
                " WHERE sale_channel_id = %(channel)s GROUP BY company_id"
                ") AS used GROUP BY company_id ORDER BY 2 DESC, company_id",
                channel=channel_id,
            )
        )
        first, *others = [row[0] for row in companies] or [
            env.ref("base.main_company").id
        ]
        channel = env["sale.channel"].browse(channel_id)
        channel.company_id = first
        for company_id in others:
            own = channel.copy({"company_id": company_id})
            for model in ("sale.order", "account.move"):
                _move_to_channel(env, model, company_id, channel, own)


def _move_to_channel(env, model, company_id, old, new):
    # by SQL: the documents do not change for anybody, locked ones included
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE %s SET sale_channel_id = %s"
            " WHERE sale_channel_id = %s AND company_id = %s",
            SQL.identifier(env[model]._table),
            new.id,
            old.id,
            company_id,
        )
    )
    env.invalidate_all()


def post_init_hook(env):
    """Approve what was ordered before there was a control, in one pass.

    Confirmed lines that shipped more than was ordered are approved for what left, so
    that control can be switched on later without an order that already breaks it.
    """
    env.flush_all()
    lines = env["sale.order.line"]
    confirmed = SQL("(SELECT * FROM sale_order_line WHERE state = 'sale')")
    env.cr.execute(
        SQL(
            """
            UPDATE sale_order_line line
            SET approved_qty = GREATEST(line.product_uom_qty, shipped.quantity, 0)
            FROM sale_order_line other
            LEFT JOIN (%s) shipped ON shipped.id = other.id
            WHERE other.id = line.id
            """,
            lines._sql_net_shipped(confirmed),
        )
    )
    lines.invalidate_model(["approved_qty"], flush=False)


def _remove_what_only_tries(env):
    """Test orders would become real quotations, and keys open nothing any more."""
    rows = env["channel.order"].search([("is_test", "=", True)])
    rows = rows.filtered(lambda row: row.state != "ignored")
    if rows:
        rows.action_remove_test()
    channels = env["sale.channel"].with_context(active_test=False).search([])
    channels.api_user_id.action_archive()


#: the hub's own tables, those that point to others first
_OWN_TABLES = (
    "order_event",
    "order_merge_group",
    "cod_slip_line",
    "cod_slip",
    "order_message",
    "order_request_line",
    "order_request",
    "order_shortage",
    "order_approval_step",
    "order_review_hold",
    "order_blacklist",
    "order_whitelist",
    "order_batch_line",
    "order_sourcing_line",
    "order_sourcing_booking",
    "order_sourcing_exclusion",
    "order_batch",
    "order_approval_delegation",
    "order_approval_rule",
    "order_rule",
    "order_fair_share",
    "order_quota_move",
    "order_quota_transfer",
    "stock_hold",
    "stock_scan_count",
    "stock_scan_log",
    "channel_return_intent",
    "channel_return_parcel",
    "channel_return_inspection",
    "channel_return_line",
    "channel_return",
    "channel_settlement_line",
    "channel_settlement",
    "channel_order_change",
    "channel_order",
    "channel_order_upload",
    "channel_order_mail",
    "shipment_event",
    "shipment_message",
    "delivery_carrier_status_map",
    "order_carrier_rule",
    "customs_tariff",
)


#: indexes we asked for on fields of others; Odoo keeps them when the wish is gone
_FOREIGN_INDEXES = (
    "account_move__sale_channel_id_index",
    "sale_channel__company_id_index",
    "sale_order__client_order_ref_index",
    "sale_order_hub_figures_idx",
    "sale_order_hub_no_channel_idx",
    "sale_order_hub_state_idx",
    "sale_order__sale_channel_id_index",
    "stock_picking__carrier_tracking_ref_index",
    "stock_picking_several_numbers_idx",
)


def _let_go_of_what_is_used(env):
    """Goods, warehouses and customers of the demonstration that orders and transfers
    are about stay with them: Odoo could not delete them, and would say so by errors."""
    used = {
        "product.product": ("sale_order_line", "product_id"),
        "stock.warehouse": ("stock_picking_type", "warehouse_id"),
        "res.partner": ("sale_order", "partner_id"),
    }
    data = env["ir.model.data"].search(
        [
            ("module", "=", "order_management"),
            ("model", "in", [*used, "product.template"]),
        ]
    )
    env.flush_all()
    kept = data.browse()
    for model, (table, column) in used.items():
        rows = data.filtered(lambda row, model=model: row.model == model)
        found = env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(column),
                SQL.identifier(table),
                SQL.identifier(column),
                rows.mapped("res_id"),
            )
        )
        ids = {record_id for [record_id] in found}
        kept |= rows.filtered(lambda row, ids=ids: row.res_id in ids)
    products = env["product.product"].browse(
        kept.filtered(lambda row: row.model == "product.product").mapped("res_id")
    )
    templates = set(products.with_context(active_test=False).product_tmpl_id.ids)
    kept |= data.filtered(
        lambda row: row.model == "product.template" and row.res_id in templates
    )
    kept.unlink()


def uninstall_hook(env):
    """Let the hub's records go with the addon, and the channels stay.

    The history gives way only here: its triggers are dropped, then the tables that
    would hold back what Odoo deletes next are emptied.
    """
    _drop_append_only_triggers(env)
    drop_all(env.cr)
    _remove_what_only_tries(env)
    _let_go_of_what_is_used(env)
    env.flush_all()
    for table in _OWN_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    # without the review they would be everybody's rules of the engine
    env.invalidate_all()
    rules = env["exception.rule"].with_context(active_test=False)
    rules.search([("is_review", "=", True)]).unlink()
    # what is asked by the hub's own kinds of activity is nobody's to do any more
    own = (
        "mail_activity_type_approval",
        "mail_activity_type_invoice",
        "mail_activity_type_late",
        "mail_activity_type_refund",
        "mail_activity_type_review",
        "mail_activity_type_shipment",
    )
    kinds = env["mail.activity.type"].browse(
        env["ir.model.data"]
        .search([("module", "=", "order_management"), ("name", "in", own)])
        .mapped("res_id")
    )
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", kinds.ids)]
    ).unlink()
    env.cr.execute("UPDATE order_quota SET parent_id = NULL, previous_id = NULL")
    for index in _FOREIGN_INDEXES:
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))
    # addresses lead to a model that goes, channels would hold them back
    channels = env["sale.channel"].with_context(active_test=False)
    aliases = channels.search([("alias_id", "!=", False)]).alias_id
    env.cr.execute("UPDATE sale_channel SET alias_id = NULL")
    env.invalidate_all()
    aliases.unlink()
    keep_used_channels(env, "order_management")


def keep_used_channels(env, module):
    """Let channels of a module's data that are in use stay when it goes.

    Channels that sold something are not ours to delete. For the uninstall hooks of
    addons that bring channels, too.

    :param str module: the technical name of the module
    """
    data = env["ir.model.data"].search(
        [("module", "=", module), ("model", "=", "sale.channel")]
    )
    channels = env["sale.channel"].browse(data.mapped("res_id"))
    used_ids = {
        channel.id
        for model, field in channels._get_company_bound_fields()
        for [channel] in env[model]._read_group([(field, "in", channels.ids)], [field])
    }
    data.filtered(lambda row: row.res_id in used_ids).unlink()
