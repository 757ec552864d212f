# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger


class CustomerMerge(models.Model):
    """One merge of contacts: what pointed where before, and whether it was undone."""

    _name = "customer.merge"
    _description = "Merge of Customers"
    _order = "id desc"

    name = fields.Char(readonly=True)
    kept_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade"
    )
    merged_ids = fields.Many2many(
        "res.partner",
        "customer_merge_res_partner_rel",
        readonly=True,
        context={"active_test": False},
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Merged By", readonly=True)
    merged_at = fields.Datetime(readonly=True)
    undo_until = fields.Date("Can Be Undone Until", readonly=True, index=True)
    state = fields.Selection(
        [("done", "Merged"), ("undone", "Undone"), ("expired", "Final")],
        default="done",
        required=True,
        readonly=True,
        index=True,
    )
    is_automatic = fields.Boolean("Automatic", readonly=True)
    reference_count = fields.Integer("Moved Records", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_at = fields.Datetime(readonly=True)
    # rows as they were: personal data, and nothing a person reads
    references = fields.Json(groups="base.group_system", readonly=True)
    kept_values = fields.Json(groups="base.group_system", readonly=True)

    @api.model
    def _get_own_tables(self):
        """:return: tables whose rows stay with the contact they were written for."""
        return (
            "customer_merge",
            "customer_merge_res_partner_rel",
            "customer_duplicate",
            "customer_privacy_log",
        )

    @api.model
    def _record(self, sources, kept, before):
        """Write down a merge that has just happened; ``before`` from ``_capture``."""
        after = self._read_rows("res_partner", kept.ids)[0]
        old = before.pop("kept")
        changed = {
            name: [old[name], after[name]]
            for name in old
            if old[name] != after[name] and name not in ("write_date", "write_uid")
        }
        self._forget_rows_that_moved(before)
        days = (kept.company_id or self.env.company).customer_merge_undo_days
        names = ", ".join(sources.mapped("display_name"))
        return self.create(
            {
                "name": f"{names} → {kept.display_name}",
                "kept_id": kept.id,
                "merged_ids": [fields.Command.set(sources.ids)],
                "company_id": kept.company_id.id,
                "user_id": self.env.uid,
                "merged_at": fields.Datetime.now(),
                "undo_until": fields.Date.today() + timedelta(days=days),
                "is_automatic": bool(self.env.context.get("crm_plus_merge_automatic")),
                "reference_count": self._count_references(before),
                "references": before,
                "kept_values": changed,
            }
        )

    def action_undo(self):
        """Give every record back to the contact it belonged to.

        What was added to the kept contact since the merge stays there.

        :raises UserError: too late, undone already, or merged on since
        """
        self.check_access("write")
        for merge in self.sorted("id", reverse=True):
            merge._check_undo_allowed()
            merge.sudo()._undo()
        return True

    def _check_undo_allowed(self):
        self.ensure_one()
        kept = self.sudo().kept_id
        if self.state != "done":
            raise UserError(
                self.env._("The merge into %(name)s is closed.", name=kept.name)
            )
        if self.undo_until < fields.Date.today():
            raise UserError(
                self.env._(
                    "The merge into %(name)s could be undone until %(date)s.",
                    name=kept.name,
                    date=self.undo_until,
                )
            )
        if kept.merged_into_id:
            raise UserError(
                self.env._(
                    "%(name)s was merged into %(other)s later: undo that merge first.",
                    name=kept.name,
                    other=kept.merged_into_id.name,
                )
            )

    def _undo(self):
        self.env.flush_all()
        sources = self.merged_ids.with_context(active_test=False)
        self._restore_kept_values()
        self._restore_references(self.references or {})
        self.env.invalidate_all()
        revived = self.env["res.partner"].browse(self.references.get("active", []))
        revived.write({"active": True})
        sources.write({"merged_into_id": False})
        everybody = sources | self.kept_id
        family = everybody.search(
            [("id", "child_of", everybody.ids)], order="id"
        )  # names of contacts carry the name of their company
        self.env.add_to_compute(family._fields["complete_name"], family)
        self.write(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_at": fields.Datetime.now(),
                "references": False,
                "kept_values": False,
            }
        )
        self._reopen_pairs()
        snapshots = self.env["customer.snapshot"].with_context(active_test=False)
        companies = snapshots.search([("partner_id", "in", everybody.ids)]).company_id
        if companies:
            snapshots._mark_dirty(everybody, companies)
        for partner in everybody:
            partner.message_post(body=self.env._("The merge was undone."))

    def _reopen_pairs(self):
        """People decided that these are not the same: do not propose them again."""
        pairs = self.env["customer.duplicate"].search([("merge_id", "in", self.ids)])
        pairs.write({"state": "distinct", "decided_by_id": self.env.uid})

    @api.model
    def _cron_expire(self):
        """After the days of grace delete the archived doubles as Odoo's merge does."""
        late = self.search(
            [("state", "=", "done"), ("undo_until", "<", fields.Date.today())],
            limit=200,
        )
        late.write({"state": "expired", "references": False, "kept_values": False})
        doubles = late.with_context(active_test=False).merged_ids
        # whom a person took out of the archive is in use again
        for partner in doubles.filtered(lambda double: not double.active):
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    partner.unlink()
            except (UserError, IntegrityError):
                # something came to point at it again: it stays in the archive
                continue
