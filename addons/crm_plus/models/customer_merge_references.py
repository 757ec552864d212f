# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_columns


class CustomerMerge(models.Model):
    """What points at a contact: taken down before a merge, put back by its undo.

    Generic over the database: every foreign key (columns and many2many tables),
    every (model, id) pair, reference text and company-dependent value. Rows that the
    merge drops because the kept contact had the same are kept whole.
    """

    _inherit = "customer.merge"

    @api.model
    def _capture(self, sources, kept):
        """:return: JSON of the kept row and of all that points at ``sources``."""
        self.env.flush_all()
        banks = self._get_double_banks(sources, kept)
        return {
            "kept": self._read_rows("res_partner", kept.ids)[0],
            "active": sources.filtered("active").ids,
            "keys": self._capture_keys("res_partner", sources, kept)
            + self._capture_keys("res_partner_bank", banks, kept),
            "pairs": self._capture_pairs(sources),
            "texts": self._capture_texts(sources),
            "dependents": self._capture_dependents(sources),
            "banks": self._read_rows("res_partner_bank", banks.ids),
        }

    @api.model
    def _count_references(self, before):
        moved = sum(len(entry["ids"] or entry["rows"]) for entry in before["keys"])
        return moved + sum(len(entry["ids"]) for entry in before["pairs"])

    @api.model
    def _forget_rows_that_moved(self, before):
        """Keep whole only the rows that the merge dropped."""
        self.env.flush_all()
        for entry in before["keys"] + before["pairs"]:
            if entry["ids"] and entry["rows"]:
                there = {
                    row[0]
                    for row in self.env.execute_query(
                        SQL(
                            "SELECT id FROM %s WHERE id IN %s",
                            SQL.identifier(entry["table"]),
                            tuple(entry["ids"]),
                        )
                    )
                }
                entry["rows"] = [r for r in entry["rows"] if r["id"] not in there]

    def _get_double_banks(self, sources, kept):
        known = set(kept.sudo().bank_ids.mapped("sanitized_acc_number"))
        return sources.sudo().bank_ids.filtered(
            lambda bank: bank.sanitized_acc_number in known
        )

    def _has_id(self, table):
        return "id" in table_columns(self.env.cr, table)

    def _read_rows(self, table, ids):
        """:return: rows of a table as the dicts PostgreSQL's to_jsonb makes."""
        if not ids:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE id IN %s ORDER BY id",
                SQL.identifier(table),
                tuple(ids),
            )
        )
        return [row[0] for row in rows]

    # foreign keys

    def _capture_keys(self, target, records, kept):
        """One query for all foreign keys on ``target``."""
        if not records:
            return []
        wizard = self.env["base.partner.merge.automatic.wizard"].with_context(
            crm_plus_merge_keep=True  # unique indexes count, as in the merge itself
        )
        parts = []
        for table, column in wizard._get_fk_on(target):
            if table.startswith("base_partner_merge_"):
                continue
            ids = SQL("NULL::jsonb")
            rows = SQL("jsonb_agg(to_jsonb(t))")
            if self._has_id(table):
                ids = SQL("jsonb_agg(t.id)")
                if not wizard._has_check_or_unique_constraint(table, column):
                    rows = SQL("NULL::jsonb")
            parts.append(self._select_keys(table, column, ids, rows, records))
        if not parts:
            return []
        found = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        names = ("table", "column", "old", "ids", "rows")
        entries = [dict(zip(names, row, strict=True)) for row in found]
        for entry in entries:
            entry["new"] = kept.id if target == "res_partner" else None
            if entry["ids"] is None:
                entry["rows"] = self._without_shared_rows(entry, kept)
        return entries

    def _select_keys(self, table, column, ids, rows, records):
        column_sql = SQL.identifier("t", column)
        return SQL(
            "SELECT %s, %s, %s, %s, %s FROM %s t WHERE %s IN %s GROUP BY %s",
            table,
            column,
            column_sql,
            ids,
            rows,
            SQL.identifier(table),
            column_sql,
            tuple(records.ids),
            column_sql,
        )

    def _without_shared_rows(self, entry, kept):
        """Rows of a link table that the kept contact did not have, too."""
        mine = self.env.execute_query(
            SQL(
                "SELECT to_jsonb(t) FROM %s t WHERE %s = %s",
                SQL.identifier(entry["table"]),
                SQL.identifier(entry["column"]),
                kept.id,
            )
        )
        known = [row[0] for row in mine]
        return [
            row
            for row in entry["rows"]
            if {**row, entry["column"]: kept.id} not in known
        ]

    # (model, id) pairs, text references, company-dependent values

    def _get_reference_fields(self, ttype):
        """:return: stored fields of installed models, of a type that names a model."""
        for model in self.env.registry.models.values():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if field.type == ttype and field.store and not field.inherited:
                    yield model, field

    def _get_pair_columns(self):
        """:return: (table, column of the model's name, column of the id)."""
        pairs = set()
        for model, field in self._get_reference_fields("many2one_reference"):
            name = model._fields.get(field.model_field or "")
            if name and name.store and name.type in ("char", "selection"):
                pairs.add((model._table, name.name, field.name))
        pairs.add(("mail_followers", "res_model", "res_id"))
        return sorted(pairs)

    def _capture_pairs(self, sources):
        parts = [
            SQL(
                "SELECT %s, %s, %s, t.%s, jsonb_agg(t.id), jsonb_agg(to_jsonb(t))"
                " FILTER (WHERE %s) FROM %s t WHERE t.%s = 'res.partner'"
                " AND t.%s IN %s GROUP BY t.%s",
                table,
                model_column,
                column,
                SQL.identifier(column),
                table == "mail_followers",
                SQL.identifier(table),
                SQL.identifier(model_column),
                SQL.identifier(column),
                tuple(sources.ids),
                SQL.identifier(column),
            )
            for table, model_column, column in self._get_pair_columns()
        ]
        names = ("table", "model_column", "column", "old", "ids", "rows")
        found = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return [dict(zip(names, row, strict=True)) for row in found]

    def _capture_texts(self, sources):
        entries = []
        values = {f"res.partner,{partner.id}": partner.id for partner in sources}
        for model, field in self._get_reference_fields("reference"):
            found = self.env.execute_query(
                SQL(
                    "SELECT %s, jsonb_agg(id) FROM %s WHERE %s IN %s GROUP BY %s",
                    SQL.identifier(field.name),
                    SQL.identifier(model._table),
                    SQL.identifier(field.name),
                    tuple(values),
                    SQL.identifier(field.name),
                )
            )
            entries += [
                {"table": model._table, "column": field.name, "text": text, "ids": ids}
                for text, ids in found
            ]
        return entries

    def _capture_dependents(self, sources):
        entries = []
        for field in self.env.registry.many2one_company_dependents["res.partner"]:
            table = self.env[field.model_name]._table
            found = self.env.execute_query(
                SQL(
                    "SELECT t.id, v.key, v.value::int FROM %s t,"
                    " jsonb_each_text(t.%s) v WHERE v.value ~ '^[0-9]+$'"
                    " AND v.value::int IN %s",
                    SQL.identifier(table),
                    SQL.identifier(field.name),
                    tuple(sources.ids),
                )
            )
            entries += [
                {"table": table, "column": field.name, "row": list(row)}
                for row in found
            ]
        return entries
