# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import psycopg2

from odoo import api, models
from odoo.tools import SQL, mute_logger


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's merge, with a journal when a person asked for it."""

    _inherit = "base.partner.merge.automatic.wizard"

    def action_merge(self):
        """Override of `base`: a merge by hand can be undone for a while."""
        return super(
            BasePartnerMergeAutomaticWizard,
            self.with_context(crm_plus_merge_journal=True),
        ).action_merge()

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Override of `base` to write down what pointed where, and archive sources."""
        if not self.env.context.get("crm_plus_merge_journal"):
            return super()._merge(partner_ids, dst_partner, extra_checks)
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if not dst_partner or dst_partner not in partners:
            dst_partner = self._get_ordered_partner(partners.ids)[-1:]
        sources = partners - dst_partner
        if not sources or not dst_partner:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        journals = self.env["customer.merge"].sudo()
        before = journals._capture(sources, dst_partner)
        keeping = self.with_context(
            crm_plus_merge_journal=False,
            crm_plus_merge_keep=tuple(sources.ids),
            crm_plus_merge_into=dst_partner.id,
        )
        result = super(BasePartnerMergeAutomaticWizard, keeping)._merge(
            partner_ids, dst_partner, extra_checks
        )
        journals._record(sources, dst_partner, before)
        return result

    @api.model
    def _get_fk_on(self, table):
        """Override of `base`: journals and decisions are about the old contacts."""
        own = self.env["customer.merge"]._get_own_tables()
        return [
            relation for relation in super()._get_fk_on(table) if relation[0] not in own
        ]

    def _has_check_or_unique_constraint(self, table, column):
        """Override of `base`: a unique index refuses doubles as a constraint does."""
        if super()._has_check_or_unique_constraint(table, column):
            return True
        if not self.env.context.get("crm_plus_merge_keep"):
            return False
        rows = self.env.execute_query(
            SQL(
                "SELECT 1 FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid"
                " JOIN pg_attribute a ON a.attrelid = r.oid"
                " AND a.attnum = ANY(i.indkey) WHERE i.indisunique"
                " AND NOT i.indisprimary AND r.relname = %s AND a.attname = %s"
                " AND r.relnamespace = current_schema::regnamespace LIMIT 1",
                table,
                column,
            )
        )
        return bool(rows)

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: one double does not take its whole table down.

        Odoo moves a table with a unique constraint in one statement and deletes all
        rows when one of them is there already: what can move is moved one by one.
        """
        if self.env.context.get("crm_plus_merge_keep"):
            self._move_unique_rows(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Override of `base`: every (model, id) pair moves, not only five of them."""
        if self.env.context.get("crm_plus_merge_keep"):
            self.env.flush_all()
            for table, name, column in self.env["customer.merge"]._get_pair_columns():
                condition = SQL("%s = 'res.partner'", SQL.identifier(name))
                self._move_rows(table, column, src_partners, dst_partner, condition)
            self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _move_unique_rows(self, src_partners, dst_partner):
        journals = self.env["customer.merge"].sudo()
        self.env.flush_all()
        for table, column in self._get_fk_on("res_partner"):
            if journals._has_id(table) and self._has_check_or_unique_constraint(
                table, column
            ):
                self._move_rows(table, column, src_partners, dst_partner, SQL("TRUE"))
        self.env.invalidate_all()

    def _move_rows(self, table, column, src_partners, dst_partner, condition):
        """In one statement, or one by one when the kept contact has one of them."""
        where = SQL(
            "%s IN %s AND %s",
            SQL.identifier(column),
            tuple(src_partners.ids),
            condition,
        )
        if self._try_move(table, column, dst_partner, where):
            return
        rows = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE %s ORDER BY id", SQL.identifier(table), where)
        )
        for (row_id,) in rows:
            # a row the kept contact has, too, is left: Odoo drops the double, and
            # the journal brings it back if the merge is undone
            self._try_move(table, column, dst_partner, SQL("id = %s", row_id))

    def _try_move(self, table, column, dst_partner, where):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        dst_partner.id,
                        where,
                    )
                )
        except psycopg2.DatabaseError as error:
            if isinstance(error, psycopg2.OperationalError):
                raise  # somebody else was faster: the request is tried again
            return False
        return True
