# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Tables and triggers behind the variance report.

``order_variance`` holds the figures of each order line, ``order_variance_dirty`` the
orders and lines that changed since they were added up. PostgreSQL itself marks them, so
that no way of writing is missed and no Python runs for it; marks are only ever added,
so that nobody waits for anybody.
"""

from odoo.tools import SQL

#: {column: type}; the rest of the report is looked up by these
COLUMNS = {
    "id": "integer PRIMARY KEY",
    "order_id": "integer NOT NULL",
    "company_id": "integer",
    "date_order": "timestamp",
    "state": "varchar",
    "approval_state": "varchar",
    "partner_id": "integer",
    "channel_id": "integer",
    "warehouse_id": "integer",
    "user_id": "integer",
    "team_id": "integer",
    "product_id": "integer",
    "cut_reason": "varchar",
    "cancel_reason": "varchar",
    "return_reason_id": "integer",
    "unit_amount": "double precision",
    "requested_qty": "double precision",
    "ordered_qty": "double precision",
    "approved_qty": "double precision",
    "cut_qty": "double precision",
    "short_qty": "double precision",
    "cancelled_qty": "double precision",
    "shipped_qty": "double precision",
    "delivered_qty": "double precision",
    "returned_qty": "double precision",
    "invoiced_qty": "double precision",
    "open_qty": "double precision",
}
#: what is at the customer and not invoiced; below zero, invoiced and not there
NOT_INVOICED = SQL("(shipped_qty - returned_qty - invoiced_qty)")
_ORDER = (
    "approval_reason approval_state cancel_reason company_id currency_rate date_order"
    " is_channel_test partner_id sale_channel_id state team_id user_id warehouse_id"
)
_LINE = (
    "approval_mode approved_qty cut_reason display_type is_downpayment order_id"
    " price_subtotal product_id product_uom_id product_uom_qty qty_delivered"
    " qty_invoiced requested_qty"
)
_MOVE = "product_id sale_line_id state"
_PART = "location_dest_id location_id product_uom_id quantity state"
_BACK = "reason_id return_id sale_line_id"
#: (table, operations, columns whose change counts, which rows count, the column that
#: leads to what is marked, what is marked)
_TRIGGERS = (
    ("sale_order", "UPDATE", _ORDER, "TRUE", "id", "(order_id) VALUES (row.id)"),
    (
        "sale_order_line",
        "INSERT OR UPDATE OR DELETE",
        _LINE,
        "TRUE",
        "order_id",
        "(order_id) VALUES (row.order_id)",
    ),
    (
        "stock_move",
        "INSERT OR UPDATE OR DELETE",
        _MOVE,
        "row.sale_line_id IS NOT NULL AND row.state = 'done'",
        "sale_line_id",
        "(line_id) VALUES (row.sale_line_id)",
    ),
    (
        "stock_move_line",
        "INSERT OR UPDATE OR DELETE",
        _PART,
        "row.state = 'done'",
        "move_id",
        "(line_id) SELECT sale_line_id FROM stock_move"
        " WHERE id = row.move_id AND sale_line_id IS NOT NULL",
    ),
    # whatever is told about a delivery that is done: that it arrived, a signature
    (
        "stock_picking",
        "UPDATE",
        "",
        "row.state = 'done' AND row.sale_id IS NOT NULL",
        "sale_id",
        "(order_id) VALUES (row.sale_id)",
    ),
    (
        "channel_return",
        "UPDATE",
        "state",
        "TRUE",
        "id",
        "(line_id) SELECT sale_line_id FROM channel_return_line"
        " WHERE return_id = row.id AND sale_line_id IS NOT NULL",
    ),
    (
        "channel_return_line",
        "INSERT OR UPDATE OR DELETE",
        _BACK,
        "row.sale_line_id IS NOT NULL",
        "sale_line_id",
        "(line_id) VALUES (row.sale_line_id)",
    ),
)
_FUNCTION = """
CREATE OR REPLACE FUNCTION order_variance_mark_{table}() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {same} THEN RETURN NULL; END IF;
        -- what it no longer counts for
        IF ({old_counts}) AND (
            OLD.{key} IS DISTINCT FROM NEW.{key} OR ({new_counts}) IS NOT TRUE
        ) THEN
            INSERT INTO order_variance_dirty {old_mark};
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF {old_counts} THEN INSERT INTO order_variance_dirty {old_mark}; END IF;
        RETURN NULL;
    END IF;
    IF {new_counts} THEN INSERT INTO order_variance_dirty {new_mark}; END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


def create_tables(cr):
    """Make the tables; all orders that are there are to be added up then."""
    cr.execute("SELECT to_regclass('order_variance')")
    if not cr.fetchone()[0]:
        _create_tables(cr)
    # the few lines of which goods and invoices differ; with it PostgreSQL knows how few
    cr.execute(
        SQL(
            "CREATE INDEX IF NOT EXISTS order_variance_not_invoiced"
            " ON order_variance (%s)",
            NOT_INVOICED,
        )
    )


def _create_tables(cr):
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    cr.execute(SQL("CREATE TABLE order_variance (%s)", SQL(columns)))
    cr.execute("CREATE INDEX order_variance_date ON order_variance (date_order)")
    cr.execute("CREATE INDEX order_variance_order ON order_variance (order_id)")
    cr.execute("CREATE TABLE order_variance_dirty (order_id integer, line_id integer)")
    cr.execute("INSERT INTO order_variance_dirty (order_id) SELECT id FROM sale_order")


def create_triggers(cr):
    """Have PostgreSQL mark what changes."""
    for table, operations, columns, counts, key, mark in _TRIGGERS:
        names = columns.split()
        same = " AND ".join(
            f"OLD.{name} IS NOT DISTINCT FROM NEW.{name}" for name in names
        )
        cr.execute(
            SQL(
                _FUNCTION.format(
                    table=table,
                    same=same or "FALSE",
                    key=key,
                    old_counts=counts.replace("row.", "OLD."),
                    old_mark=mark.replace("row.", "OLD."),
                    new_counts=counts.replace("row.", "NEW."),
                    new_mark=mark.replace("row.", "NEW."),
                )
            )
        )
        cr.execute(
            SQL(
                "CREATE OR REPLACE TRIGGER order_variance_mark AFTER %s ON %s"
                " FOR EACH ROW EXECUTE FUNCTION %s()",
                SQL(operations),
                SQL.identifier(table),
                SQL.identifier(f"order_variance_mark_{table}"),
            )
        )


def drop_all(cr):
    """Leave nothing behind: called when the addon goes."""
    for table, *_rest in _TRIGGERS:
        cr.execute(
            SQL(
                "DROP FUNCTION IF EXISTS %s() CASCADE",
                SQL.identifier(f"order_variance_mark_{table}"),
            )
        )
    cr.execute("DROP TABLE IF EXISTS order_variance, order_variance_dirty")
