# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class DistributionMember(models.Model):
    """A member; here: what it owes, one click away."""

    _inherit = "distribution.member"  # pylint: disable=consider-merging-classes-inherited

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_exposure = fields.Monetary(
        "Owes", currency_field="company_currency_id", compute="_compute_credit_exposure"
    )
    statement_count = fields.Integer("Statements", compute="_compute_statement_count")

    def _compute_credit_exposure(self):
        for company, members in self.grouped("company_id").items():
            # sudo: who may see the member may see what it owes
            found = (
                self.env["distribution.credit"]
                .sudo()
                ._get_exposure(members.partner_id, company)
            )
            for member in members:
                figures = found.get(member.partner_id.id, {})
                member.credit_exposure = figures.get("exposure", 0.0)

    def _compute_statement_count(self):
        counts = {
            (partner, company): count
            for partner, company, count in self.env[
                "distribution.statement"
            ]._read_group(
                [("partner_id", "in", self.partner_id.ids)],
                ["partner_id", "company_id"],
                ["__count"],
            )
        }
        for member in self:
            key = (member.partner_id, member.company_id)
            member.statement_count = counts.get(key, 0)

    def _get_portal_credit(self):
        """What a member may still owe: ``{limit, left}`` in the company's currency.

        None where no limit counts.
        """
        self.ensure_one()
        credit = self.env["distribution.credit"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("policy", "!=", "none"),
            ]
        )
        if not credit:
            return None
        return {"limit": credit.effective_limit, "left": credit.left_amount}

    def action_view_credit(self):
        """Open the member's limit, or what it owes where it has none."""
        self.ensure_one()
        credit = self.env["distribution.credit"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if credit:
            return {
                "type": "ir.actions.act_window",
                "res_model": credit._name,
                "res_id": credit.id,
                "view_mode": "form",
            }
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ageing_action"
        )
        domain = [("member_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_view_statements(self):
        """Open the member's statements."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_statement_action"
        )
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return {**action, "domain": domain, "context": {}}
