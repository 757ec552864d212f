# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tools import SQL, split_every

#: order lines whose kits are counted at a time
_BATCH = 1000


def post_init_hook(env):
    """Approve the kits that left before there was a control.

    Order Hub does so for what leaves as it was ordered; components are counted here.
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT line.id FROM sale_order_line line
            JOIN stock_move move ON move.sale_line_id = line.id
             AND move.state = 'done' AND move.product_id <> line.product_id
            WHERE line.state = 'sale' ORDER BY line.id
            """
        )
    )
    lines = env["sale.order.line"]
    for ids in split_every(_BATCH, [line_id for (line_id,) in rows]):
        net = lines.browse(ids)._get_net_shipped()
        env.cr.execute(
            SQL(
                "UPDATE sale_order_line line "
                "SET approved_qty = GREATEST(line.approved_qty, net.quantity) "
                "FROM unnest(%s, %s::numeric[]) AS net(id, quantity) "
                "WHERE line.id = net.id",
                list(net),
                list(net.values()),
            )
        )
    lines.invalidate_model(["approved_qty"], flush=False)
