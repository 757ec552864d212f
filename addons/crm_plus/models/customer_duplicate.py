# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..listing import list_words


class CustomerDuplicate(models.Model):
    """Two contacts that may be the same customer, and what people decided."""

    _name = "customer.duplicate"
    _description = "Possible Duplicate"
    _order = "score desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "First", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    other_id = fields.Many2one(
        "res.partner", "Second", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    keep_id = fields.Many2one(
        "res.partner",
        required=True,
        domain="[('id', 'in', (partner_id, other_id))]",
        ondelete="cascade",
        help="The other one goes into this one.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    rules = fields.Json(readonly=True)
    reason = fields.Char("Same", compute="_compute_reason")
    score = fields.Integer(
        readonly=True, help="Sum of the rules that match, at most 100"
    )
    strong_count = fields.Integer("Strong Keys", readonly=True)
    state = fields.Selection(
        [("open", "To Decide"), ("merged", "Merged"), ("distinct", "Not the Same")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    merge_id = fields.Many2one("customer.merge", readonly=True, ondelete="set null")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    found_at = fields.Datetime(default=fields.Datetime.now, readonly=True)
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    _pair_uniq = models.UniqueIndex(
        "(partner_id, other_id)", "This pair is in the queue already."
    )
    _order_check = models.Constraint(
        "CHECK (partner_id < other_id)", "A pair names the older contact first."
    )

    @api.model
    def _get_rules(self):
        """:return: {rule: (points, strong key, words)}; a hook for bridges."""
        return {
            "vat": (60, True, self.env._("tax ID")),
            "external": (60, True, self.env._("external ID")),
            "email": (45, True, self.env._("e-mail")),
            "phone": (40, True, self.env._("phone")),
            "name_city": (30, False, self.env._("name and city")),
        }

    @api.depends("rules")
    @api.depends_context("lang")
    def _compute_reason(self):
        words = {rule: entry[2] for rule, entry in self._get_rules().items()}
        for pair in self:
            said = [words.get(rule, rule) for rule in pair.rules or []]
            pair.reason = list_words(self.env, said)

    @api.depends("partner_id", "other_id")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f"{pair.partner_id.name} / {pair.other_id.name}"

    @api.depends("partner_id", "other_id")
    @api.depends_context("lang")
    def _compute_comparison(self):
        for pair in self:
            pair.comparison = self.env["ir.qweb"]._render(
                "crm_plus.customer_duplicate_comparison",
                {"pair": pair, "rows": pair._get_comparison_rows()},
            )

    def _get_compared_fields(self):
        """:return: names of contact fields shown side by side; a hook."""
        return [
            "name", "parent_id", "email", "phone", "vat", "ref", "street", "city",
            "state_id", "country_id", "lang", "user_id", "category_id", "create_date",
        ]  # fmt: skip

    def _get_comparison_rows(self):
        """:return: [(label, first, second, differs)], figures last."""
        self.ensure_one()
        partners = self.partner_id + self.other_id
        rows = []
        for name in self._get_compared_fields():
            field = partners._fields[name]
            label = field.get_description(self.env, ["string"])["string"]
            values = [partner._format_for_compare(name) for partner in partners]
            if any(values):
                rows.append((label, *values, values[0] != values[1]))
        for label, counts in self._get_compared_counts(partners):
            values = [counts.get(partner.id, 0) for partner in partners]
            rows.append((label, *values, False))
        return rows

    def _get_compared_counts(self, partners):
        """:return: [(words, {partner id: number})]; a hook for bridges."""
        result = []
        for model, words in (
            ("sale.order", self.env._("Orders")),
            ("crm.lead", self.env._("Leads")),
            ("account.move", self.env._("Invoices")),
        ):
            if self.env[model].has_access("read"):
                groups = self.env[model]._read_group(
                    [("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]
                )
                result.append((words, {partner.id: n for partner, n in groups}))
        return result

    def action_merge(self):
        """Merge every open pair of these into the contact to keep.

        One pair that cannot be merged does not stop the others when several are
        chosen; alone it says why.

        :raises UserError: of Odoo's merge: two users, parent and child, ...
        """
        self.check_access("write")
        todo = self.filtered(lambda pair: pair.state == "open").sorted("id")
        failed = []
        for pair in todo:
            if not pair.exists():
                continue  # went with a pair before
            try:
                with self.env.cr.savepoint():
                    pair._merge()
            except UserError as error:
                if len(todo) == 1:
                    raise
                failed.append(f"{pair.display_name}: {error}")
        if failed:
            return self._notify_failed(failed)
        return True

    def _merge(self):
        self.ensure_one()
        partners = self.partner_id + self.other_id
        partners.check_access("write")
        if not all(partners.mapped("active")):
            raise UserError(
                self.env._("One of the two is archived: restore it or drop the pair.")
            )
        # Odoo's wizard asks for rights of its administrator as soon as the e-mails
        # differ; whoever may decide here has seen both contacts side by side.
        wizard_sudo = self.env["base.partner.merge.automatic.wizard"].sudo()
        journals_sudo = self.env["customer.merge"].sudo()
        newest = journals_sudo.search([], limit=1).id or 0
        other = partners - self.keep_id
        wizard_sudo.with_context(crm_plus_merge_journal=True)._merge(
            partners.ids, self.keep_id.sudo()
        )
        merge = journals_sudo.search(
            [("id", ">", newest), ("kept_id", "=", self.keep_id.id)], limit=1
        )
        self.write(
            {"state": "merged", "merge_id": merge.id, "decided_by_id": self.env.uid}
        )
        stale = ["|", ("partner_id", "=", other.id), ("other_id", "=", other.id)]
        self.search([("state", "=", "open"), *stale]).sudo().unlink()
        return merge

    def _notify_failed(self, failed):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Some pairs were not merged"),
                "message": "\n".join(failed[:5]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_distinct(self):
        """Remember that these are two customers: the pair is not proposed again."""
        self.check_access("write")
        self.filtered(lambda pair: pair.state == "open").write(
            {"state": "distinct", "decided_by_id": self.env.uid}
        )
        return True

    def action_reopen(self):
        """Take "not the same" back."""
        self.check_access("write")
        self.filtered(lambda pair: pair.state == "distinct").write(
            {"state": "open", "decided_by_id": False, "merge_id": False}
        )
        return True

    def action_swap(self):
        """Keep the other one."""
        for pair in self:
            pair.keep_id = (pair.partner_id + pair.other_id) - pair.keep_id
        return True

    def action_undo(self):
        """Undo the merge of these pairs; see ``customer.merge.action_undo``."""
        self.check_access("write")
        return self.merge_id.action_undo()
