# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

import psycopg2

from odoo import models
from odoo.tools import SQL, mute_logger


class CustomerMerge(models.Model):
    """The way back of a merge; only what still is as the merge left it goes back."""

    _inherit = "customer.merge"

    def _restore_kept_values(self):
        for name, (old, new) in (self.kept_values or {}).items():
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner p SET %(column)s = o.%(column)s"
                    " FROM jsonb_populate_record(NULL::res_partner, %(old)s) o"
                    " WHERE p.id = %(id)s"
                    " AND to_jsonb(p) -> %(name)s IS NOT DISTINCT FROM %(new)s::jsonb",
                    column=SQL.identifier(name),
                    old=json.dumps({name: old}),
                    id=self.kept_id.id,
                    name=name,
                    new=json.dumps(new),
                )
            )

    def _restore_references(self, references):
        self._insert_rows("res_partner_bank", references.get("banks", []))
        for entry in references.get("keys", []):
            if entry["ids"] is None:
                self._restore_links(entry)
            else:
                self._restore_keys(entry)
        for entry in references.get("pairs", []):
            self._restore_pairs(entry)
        for entry in references.get("texts", []):
            self._restore_texts(entry)
        for entry in references.get("dependents", []):
            self._restore_dependents(entry)

    def _restore_keys(self, entry):
        self._insert_rows(entry["table"], entry["rows"] or [])
        column = SQL.identifier(entry["column"])
        still = SQL("TRUE")
        if entry["new"]:
            still = SQL("%s = %s", column, entry["new"])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s AND %s",
                SQL.identifier(entry["table"]),
                column,
                entry["old"],
                tuple(entry["ids"]),
                still,
            )
        )

    def _restore_links(self, entry):
        """Link tables have no id: the row is taken out and the old one put in."""
        table, column = entry["table"], entry["column"]
        for row in entry["rows"]:
            moved = {**row, column: entry["new"] or row[column]}
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s t WHERE to_jsonb(t) = %s::jsonb",
                    SQL.identifier(table),
                    json.dumps(moved),
                )
            )
            if self.env.cr.rowcount:
                self._insert_rows(table, [row])

    def _restore_pairs(self, entry):
        self._insert_rows(entry["table"], entry["rows"] or [])
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(old)s WHERE id IN %(ids)s"
                " AND %(model)s = 'res.partner' AND %(column)s = %(new)s",
                table=SQL.identifier(entry["table"]),
                column=SQL.identifier(entry["column"]),
                model=SQL.identifier(entry["model_column"]),
                old=entry["old"],
                new=self.kept_id.id,
                ids=tuple(entry["ids"]),
            )
        )

    def _restore_texts(self, entry):
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(old)s"
                " WHERE id IN %(ids)s AND %(column)s = %(new)s",
                table=SQL.identifier(entry["table"]),
                column=SQL.identifier(entry["column"]),
                old=entry["text"],
                new=f"res.partner,{self.kept_id.id}",
                ids=tuple(entry["ids"]),
            )
        )

    def _restore_dependents(self, entry):
        row_id, company, partner_id = entry["row"]
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = jsonb_set(%(column)s,"
                " ARRAY[%(key)s]::text[], to_jsonb(%(old)s::int))"
                " WHERE id = %(id)s AND %(column)s ->> %(key)s = %(new)s",
                table=SQL.identifier(entry["table"]),
                column=SQL.identifier(entry["column"]),
                key=company,
                old=partner_id,
                id=row_id,
                new=str(self.kept_id.id),
            )
        )

    def _insert_rows(self, table, rows):
        """Bring rows back that the merge dropped; what is there already stays."""
        name = SQL.identifier(table)
        for row in rows:
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                    self.env.cr.execute(
                        SQL(
                            "INSERT INTO %s SELECT"
                            " (jsonb_populate_record(NULL::%s, %s)).*",
                            name,
                            name,
                            json.dumps(row),
                        )
                    )
            except psycopg2.IntegrityError:
                # it exists (the merge moved it), or what it needs is gone since
                continue
