"""Years of orders in minutes: real ones, multiplied by SQL with all that hangs on them.

Every copy has ids of its own, computed from the number of the copy, so that the copies
of a line point to the copy of their order. Odoo itself made the originals.
"""

import contextlib

from odoo.tools import SQL

from . import bulk
from .orders import columns_of

#: what hangs on an order, those that others point to first
TABLES = (
    "sale_order",
    "sale_order_line",
    "channel_order",
    "order_event",
    "stock_reference",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "mail_message",
)
#: tables between two of them
RELATIONS = ("stock_reference_sale_rel", "stock_reference_move_rel")
#: numbers that nobody else may have, `n` being the number of the copy
UNIQUE = {
    "sale_order": {
        "name": "'BH' || n",
        "channel_number": "'26XY' || n",
        "client_order_ref": "'REF' || n",
        "access_token": "NULL",
        "entry_token": "NULL",
    },
    "channel_order": {
        "external_id": "'26XY' || n",
        "number": "'NO' || n",
        "payload_hash": "md5(n::text) || md5('x' || n)",
    },
    "stock_picking": {"name": "'BH/OUT/' || n"},
    "stock_reference": {"name": "'BH' || n"},
    "mail_message": {"message_id": "NULL"},
}


def seed(bench, count, lines=3):
    """``count`` orders of the past, shipped, with inbox rows, moves and events."""
    bulk.received(bench, 1, 9_000_000, lines)
    with bench.begin() as env:
        order = env["sale.order"].search([("channel_number", "=", "CH-9000000")])
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_sms=True).button_validate()
        assert order.delivery_status == "full", order.delivery_status
        env.cr.flush()
        copies = Copies(env, find_originals(env, order), UNIQUE)
        with copies.fast():
            copies.insert(count)
        env.cr.execute("ANALYZE")
    return count


def find_originals(env, order, tables=TABLES):
    """``{table: ids}`` of an order and what hangs on it."""
    moves = order.picking_ids.move_ids
    messages = env["mail.message"].search(
        [
            "|",
            *("&", ("model", "=", "sale.order"), ("res_id", "=", order.id)),
            *("&", ("model", "=", "stock.picking")),
            ("res_id", "in", order.picking_ids.ids),
        ]
    )
    found = {
        "sale_order": order,
        "sale_order_line": order.order_line,
        "channel_order": order.channel_order_ids,
        "order_event": env["order.event"].search([("order_id", "=", order.id)]),
        "stock_reference": order.stock_reference_ids,
        "stock_picking": order.picking_ids,
        "stock_move": moves,
        "stock_move_line": moves.move_line_ids,
        "mail_message": messages,
    }
    return {table: sorted(found[table].ids) for table in tables}


class Copies:
    """Rows that are copied many times, with the links among them kept.

    :param originals: ``{table: ids}``
    :param special: ``{table: {column: SQL text}}``, ``n`` is the number of the copy
    """

    #: building indexes anew is faster for very many rows; PostgreSQL does not use such
    #: an index while any transaction of the cluster is older than it
    rebuilds_indexes = True

    def __init__(self, env, originals, special):
        self.env, self.cr = env, env.cr
        self.originals, self.special = originals, special
        self.bases = {}
        for table in originals:
            self.cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
            self.bases[table] = self.cr.fetchone()[0]

    @contextlib.contextmanager
    def fast(self):
        """Without triggers of foreign keys, and with indexes built at the end."""
        self.cr.execute("SET LOCAL session_replication_role = replica")
        if not self.rebuilds_indexes:
            yield
            self.cr.execute("SET LOCAL session_replication_role = origin")
            return
        self.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
        self.cr.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " JOIN pg_class ON oid = indexname::regclass"
            " JOIN pg_index ON indexrelid = oid"
            " WHERE tablename = ANY(%s) AND schemaname = current_schema"
            " AND NOT indisunique",
            [list(self.originals)],
        )
        indexes = self.cr.fetchall()
        for name, _definition in indexes:
            self.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        yield
        for _name, definition in indexes:
            self.cr.execute(definition)
        self.cr.execute("SET LOCAL session_replication_role = origin")

    def insert(self, count):
        """Make copies 1 to ``count`` of everything."""
        for table, ids in self.originals.items():
            for place, row_id in enumerate(ids, 1):
                self._insert_row(table, row_id, place, count)
            self.cr.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                f" FROM {table}"
            )
        for table in RELATIONS:
            self._insert_relation(table, count)

    def _insert_row(self, table, row_id, place, count):
        columns = {"id": self._new_id(table, place)}
        columns.update(self._find_links(table, row_id))
        there = columns_of(self.cr, table).split(", ")
        for name, value in self.special.get(table, {}).items():
            if name in there:
                columns[name] = value
        rest = columns_of(self.cr, table, *columns)
        names = ", ".join(columns)
        values = ", ".join(columns.values())
        self.cr.execute(
            f"INSERT INTO {table} ({names}, {rest})"
            f" SELECT {values}, {rest} FROM {table}, generate_series(1, {count}) n"
            f" WHERE {table}.id = {row_id}"
        )

    def _new_id(self, table, place):
        """The id of the copy of the row at a place (from 1) among the originals."""
        each = len(self.originals[table])
        return f"{self.bases[table]} + (n - 1) * {each} + {place}"

    def _find_links(self, table, row_id):
        """``{column: SQL text}`` for columns that lead to a row that is copied, too."""
        self.cr.execute(f"SELECT * FROM {table} WHERE id = {row_id}")
        row = self.cr.dictfetchone()
        links = {}
        for column, target in self._get_foreign_keys(table).items():
            ids = self.originals.get(target, ())
            if row[column] in ids:
                links[column] = self._new_id(target, ids.index(row[column]) + 1)
        model = row.get("res_model") or row.get("model")
        if model in self.env and row.get("res_id"):
            target = self.env[model]._table
            ids = self.originals.get(target, ())
            if row["res_id"] in ids:
                links["res_id"] = self._new_id(target, ids.index(row["res_id"]) + 1)
        return links

    def _get_foreign_keys(self, table):
        self.cr.execute(
            "SELECT attname, confrelid::regclass::text FROM pg_constraint"
            " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            [table],
        )
        return dict(self.cr.fetchall())

    def _insert_relation(self, table, count):
        keys = self._get_foreign_keys(table)
        (one, first), (two, second) = keys.items()
        if first not in self.originals or second not in self.originals:
            return
        self.cr.execute(
            f"SELECT {one}, {two} FROM {table}"
            f" WHERE {one} = ANY(%s) AND {two} = ANY(%s)",
            [self.originals[first], self.originals[second]],
        )
        for one_id, two_id in self.cr.fetchall():
            left = self._new_id(first, self.originals[first].index(one_id) + 1)
            right = self._new_id(second, self.originals[second].index(two_id) + 1)
            self.cr.execute(
                f"INSERT INTO {table} ({one}, {two})"
                f" SELECT {left}, {right} FROM generate_series(1, {count}) n"
            )
