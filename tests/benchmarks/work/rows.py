"""What hangs on very many orders, written by SQL: holds, shortages, requests, returns,
messages, parcels, scans, promised goods, movements of quotas, figures.

A few of the newest wait for somebody, all others are done, as after years.
"""

from . import history
from .orders import columns_of

#: the newest row, and the seconds between two orders: a million are three years
FIRST, APART = "2026-11-20 08:00:00", 94
#: {table: one row for so many orders}, those that others point to first
TABLES = {
    "order_review_hold": 10,
    "order_request": 20,
    "order_shortage": 20,
    "channel_return": 20,
    "channel_return_line": 20,
    "channel_return_inspection": 20,
    "channel_return_parcel": 50,
    "cod_slip": 1000,
    "cod_slip_line": 5,
    "order_merge_group": 50,
    "order_approval_step": 10,
    "order_message": 1,
    "order_event": 1,
    "shipment_event": 1,
    "stock_scan_log": 1,
    "stock_hold": 2,
    "order_quota_move": 1,
    "order_variance": 1,
}
#: quotas that all movements are of
QUOTAS = 20
#: of the newest rows of each kind, how many wait
WAITING = 300


def array(values, kind="text"):
    """An array as SQL."""
    if kind == "int":
        return f"ARRAY[{', '.join(map(str, values))}]"
    return f"ARRAY[{', '.join(repr(value) for value in values)}]"


def one_of(ids):
    """One of some ids, another for each row, as SQL."""
    return f"({array(ids, 'int')})[1 + n % {len(ids)}]"


def seed(env, order, orders, least, **common):
    """Fill all tables.

    :param order: the first of ``orders`` orders whose ids follow each other
    :param least: rows of each table, if the orders alone would be fewer
    :param common: SQL of columns that are filled wherever they are
    """
    rows = _Rows(env, order, orders, least, common)
    there = [table for table in TABLES if columns_of(env.cr, table)]
    with history.Copies(env, dict.fromkeys(there, ()), {}).fast():
        for table in there:
            rows.add(table, **getattr(rows, f"_get_{table}")())
    for table in there:
        env.cr.execute(f"ANALYZE {table}")


class _Rows:
    """Rows of some tables; ``n`` is the number of a row, the newest is the last.

    A method for each table says what its rows are made of. What it does not name and a
    row cannot do without is filled with the least there is.
    """

    def __init__(self, env, order, orders, least, common):
        self.env, self.cr = env, env.cr
        self.order, self.orders, self.least = order, orders, least
        line, picking = order.order_line[:1], order.picking_ids[:1]
        each = len(order.order_line)
        #: {column: (the id of the first order's, ids for each order)}
        self.firsts = {
            "order_id": (order.id, 1),
            "sale_line_id": (line.id, each),
            "line_id": (line.id, each),
            "picking_id": (picking.id, 1),
        }
        self.common = {
            "company_id": order.company_id.id,
            "currency_id": order.currency_id.id,
            "warehouse_id": order.warehouse_id.id,
            "user_id": env.uid,
            **common,
        }
        #: {table: (id before its first row, rows)}
        self.made = {}

    def add(self, table, **values):
        """Fill a table with what `values` say."""
        count = self._count(table)
        self.cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
        base = self.cr.fetchone()[0]
        self.made[table] = base
        there = columns_of(self.cr, table).split(", ")
        known = {**self.common, **self._get_links(count), **values}
        columns = {"id": values.get("id", f"{base} + n")}
        columns.update((name, known[name]) for name in there if name in known)
        for name, kind, target in self._get_needed(table):
            columns.setdefault(name, self._fill(table, name, kind, target))
        self.cr.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(map(str, columns.values()))}"
            f" FROM generate_series(1, {count}) n"
        )
        self.cr.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {base + count})"
        )

    def _count(self, table):
        return min(max(self.orders // TABLES[table], self.least), self.orders)

    def _get_links(self, count):
        """What belongs to an order: the newest orders have the newest rows."""
        return {
            column: f"{first} + ({self.orders - count} + n - 1) * {each}"
            for column, (first, each) in self.firsts.items()
        }

    def _get_needed(self, table):
        self.cr.execute(
            """
            SELECT a.attname, format_type(a.atttypid, -1), (
                SELECT confrelid::regclass::text FROM pg_constraint
                WHERE conrelid = a.attrelid AND contype = 'f'
                  AND conkey = ARRAY[a.attnum] LIMIT 1)
            FROM pg_attribute a
            WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND a.attnotnull
              AND NOT a.attisdropped AND NOT a.atthasdef
            """,
            [table],
        )
        return self.cr.fetchall()

    def _fill(self, table, name, kind, target):
        """The least that a required column takes."""
        if target:
            return f"(SELECT min(id) FROM {target})"
        model = self.env.get(table.replace("_", "."))
        field = model is not None and model._fields.get(name)
        if field and field.type == "selection":
            return repr(field.get_values(self.env)[0])
        if kind.startswith("timestamp"):
            return self._moment(table)
        empty = {"boolean": "FALSE", "date": "now()::date"}
        return empty.get(kind, "''" if kind in ("text", "character varying") else "0")

    def _moment(self, table, hours=0):
        """When a row was made, the newest at last; some hours later."""
        count = self._count(table)
        apart = APART * self.orders // count
        return (
            f"timestamp '{FIRST}' - ({count} - n) * interval '{apart} seconds'"
            f" + interval '{hours} hours'"
        )

    def _state(self, table, waiting, *done):
        """The newest wait, the others are one of what they may become."""
        return (
            f"CASE WHEN {self._count(table)} - n < {WAITING} THEN '{waiting}'"
            f" ELSE ({array(done)})[1 + n % {len(done)}] END"
        )

    def _of(self, table):
        """The id of a row of another table, as many as there are of it."""
        return f"{self.made[table]} + 1 + (n - 1) % {self._count(table)}"

    # a method for each table ----------------------------------------------------

    def _get_order_review_hold(self):
        rules = self.env["exception.rule"].sudo().search([("is_review", "=", True)])
        return {
            "rule_id": one_of(rules.ids),
            "reason": "'The total differs by ' || n",
            "is_note": "n % 4 = 0",
            "held_at": self._moment("order_review_hold"),
            "state": self._state(
                "order_review_hold", "open", "released", "released", "overridden"
            ),
            "user_id": f"CASE WHEN n % 2 = 0 THEN {self.env.uid} END",
            "open_hours": "n % 30",
        }

    def _get_order_request(self):
        return {
            "kind": "(ARRAY['change', 'cancel', 'return'])[1 + n % 3]",
            "text": "'Please ' || n",
            "state": self._state("order_request", "new", "done", "refused"),
            "create_date": self._moment("order_request"),
        }

    def _get_order_shortage(self):
        return {
            "missing_qty": "1 + n % 5",
            "expected_at": self._moment("order_shortage", 240),
            "state": self._state("order_shortage", "waiting", "solved"),
            "is_applied": "TRUE",
        }

    def _get_channel_return(self):
        return {
            "name": "'RT' || n",
            "external_id": "'RX' || n",
            "state": self._state("channel_return", "requested", "closed"),
            "requested_at": self._moment("channel_return"),
            "return_tracking": "'RB' || lpad(n::text, 9, '0') || 'CN'",
            "cost_amount": "n % 7",
        }

    def _get_channel_return_line(self):
        reasons = self.env["channel.return.reason"].sudo().search([])
        return {
            "return_id": self._of("channel_return"),
            "reason_id": one_of(reasons.ids),
            "disposition": "'restock'",
            **dict.fromkeys(
                ("requested_qty", "approved_qty", "received_qty", "accepted_qty"), "1"
            ),
            "refund_amount": "10 + n % 7",
        }

    def _get_channel_return_inspection(self):
        return {
            "line_id": self._of("channel_return_line"),
            "return_id": self._of("channel_return"),
            "quantity": "1",
            "is_accepted": "TRUE",
            "inspected_at": self._moment("channel_return_inspection"),
        }

    def _get_channel_return_parcel(self):
        return {
            "name": "'UP' || n",
            "arrived_at": self._moment("channel_return_parcel"),
            "tracking_ref": "'UT' || lpad(n::text, 9, '0')",
            "sender_name": "'Sender ' || n",
            "state": self._state("channel_return_parcel", "open", "linked", "dropped"),
            "order_id": "NULL",
        }

    def _get_cod_slip(self):
        return {
            "name": "'COD' || n",
            "date": f"({self._moment('cod_slip')})::date",
            # one that is paid is in the books
            "state": self._state("cod_slip", "open", "checking", "cancelled"),
            "cod_amount": "100",
            "due_amount": "90",
            "fee_amount": "10",
        }

    def _get_cod_slip_line(self):
        each = self._count("cod_slip_line") // self._count("cod_slip")
        return {
            "slip_id": f"{self.made['cod_slip']} + 1 + (n - 1) / {max(each, 1)}"
            f" % {self._count('cod_slip')}",
            "state": "'checking'",
            "is_live": "TRUE",
            "tracking_ref": "'VN' || lpad(n::text, 9, '0') || 'CN'",
            "cod_amount": "10",
            "due_amount": "9",
            "dispute_state": "CASE WHEN n % 500 = 0 THEN 'open' ELSE 'none' END",
        }

    def _get_order_merge_group(self):
        return {
            "name": "'MG' || n",
            "state": self._state("order_merge_group", "proposed", "merged", "undone"),
            "order_count": "2",
        }

    def _get_order_approval_step(self):
        return {
            "level": "1",
            "state": self._state("order_approval_step", "pending", "approved"),
            "is_current": "TRUE",
            "is_open": f"{self._count('order_approval_step')} - n < {WAITING}",
            "decided_at": self._moment("order_approval_step"),
            "decided_by_id": self.env.uid,
        }

    def _get_order_message(self):
        return {
            "event": "(ARRAY['received', 'shipped', 'delivered'])[1 + n % 3]",
            "key": "''",
            "state": self._state("order_message", "to_send", *["sent"] * 99, "failed"),
            "sent_at": self._moment("order_message"),
            "create_date": self._moment("order_message"),
        }

    def _get_order_event(self):
        return {
            "kind": "'state'",
            "source": "'channel'",
            "res_model": "'sale.order'",
            "res_id": self._get_links(self._count("order_event"))["order_id"],
            "from_state": "'draft'",
            "to_state": "'sale'",
            "event_at": self._moment("order_event"),
            "is_test": "FALSE",
        }

    def _get_shipment_event(self):
        return {
            "carrier_id": "(SELECT min(id) FROM delivery_carrier)",
            "state": "CASE WHEN n % 1000 = 0 THEN NULL ELSE 'delivered' END",
            "code": "'DLV'",
            "event_at": self._moment("shipment_event"),
            "received_at": self._moment("shipment_event", 1),
            "external_id": "'EV' || n",
        }

    def _get_stock_scan_log(self):
        return {
            "scanned_at": self._moment("stock_scan_log"),
            "kind": "CASE WHEN n % 50 = 0 THEN 'wrong_product' ELSE 'ok' END",
            "error_count": "(n % 50 = 0)::int",
            "error_rate": "CASE WHEN n % 50 = 0 THEN 100 ELSE 0 END",
            "code": "'SCAN' || n",
            "key": "'k' || n",
            "quantity": "1",
        }

    def _get_stock_hold(self):
        return {
            "kind": "'unpaid'",
            "quantity": "1 + n % 3",
            "state": self._state(
                "stock_hold", "active", "converted", "released", "expired"
            ),
            "create_date": self._moment("stock_hold"),
            "create_uid": self.env.uid,
            "expires_at": self._moment("stock_hold", 48),
            "closed_at": self._moment("stock_hold", 20),
        }

    def _get_order_quota_move(self):
        quotas = self.env["order.quota"].create(
            [
                {
                    "name": f"Bench {number}",
                    "company_id": self.common["company_id"],
                    "limit_qty": 1e9,
                }
                for number in range(QUOTAS)
            ]
        )
        self.env.flush_all()
        moment = self._moment("order_quota_move")
        return {
            "quota_id": one_of(quotas.ids),
            "kind": "'consume'",
            "delta_consumed": "1 + n % 3",
            "moved_at": moment,
            "counted_on": f"({moment})::date",
            "key": "'bench:' || n",
        }

    def _get_order_variance(self):
        open_now = "(n % 2000 = 0)::int - (n % 2000 = 1)::int"
        return {
            # figures of a line have its id
            "id": self._get_links(self._count("order_variance"))["line_id"],
            "date_order": self._moment("order_variance"),
            "state": "'sale'",
            "approval_state": "'approved'",
            "cut_reason": "CASE WHEN n % 9 = 0 THEN 'Reason ' || n % 5 END",
            "unit_amount": "10 + n % 7",
            **dict.fromkeys(("requested_qty", "ordered_qty"), "10"),
            **dict.fromkeys(("approved_qty", "shipped_qty"), "10 - (n % 9 = 0)::int"),
            "cut_qty": "(n % 9 = 0)::int",
            **dict.fromkeys(("short_qty", "cancelled_qty", "delivered_qty"), "0"),
            "returned_qty": "(n % 20 = 0)::int",
            "invoiced_qty": f"10 - (n % 9 = 0)::int - (n % 20 = 0)::int - ({open_now})",
            "open_qty": "0",
        }
