# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from .models.order_event import _drop_append_only_triggers


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


def uninstall_hook(env):
    """Let the append-only tables go with the addon."""
    _drop_append_only_triggers(env)
