# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmScoreRule(models.Model):
    """Points for what a lead is (fit), or for what it did (engagement)."""

    _name = "crm.score.rule"
    _description = "Scoring Rule"
    _order = "version_id, kind desc, sequence, id"

    version_id = fields.Many2one(
        "crm.score.version", required=True, index=True, ondelete="cascade"
    )
    group_id = fields.Many2one(
        "crm.score.group",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('version_id', '=', version_id)]",
    )
    kind = fields.Selection(related="group_id.kind", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    points = fields.Integer(default=10, required=True, help="Negative ones take away")
    target = fields.Selection(
        [("crm.lead", "Lead"), ("res.partner", "Contact of the lead")],
        default="crm.lead",
    )
    domain = fields.Char("Condition", default="[]")
    event = fields.Selection(
        [
            ("mail", "Wrote a mail"),
            ("meeting", "Met us"),
            ("quote", "Got a quotation"),
            ("viewed", "Looked at the quotation"),
            ("order", "Ordered"),
            ("form", "Filled in a form"),
            ("call", "Phoned"),
        ]
    )
    error = fields.Char(readonly=True, copy=False)

    @api.constrains("kind", "event", "domain", "target")
    def _check_condition(self):
        for rule in self:
            if rule.kind == "engagement" and not rule.event:
                raise ValidationError(
                    self.env._("%(name)s needs an event.", name=rule.name)
                )
            if rule.kind == "fit":
                rule._check_domain()

    def _check_domain(self):
        if error := self.version_id._find_error(self._ask_condition):
            # whatever a domain can be wrong in: a person has to see where
            raise ValidationError(
                self.env._(
                    "The condition of %(name)s is not valid: %(error)s",
                    name=self.name,
                    error=error,
                )
            )

    def _get_lead_domain(self):
        """:return: the condition as a domain on leads."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or "[]"))
        if self.target == "res.partner":
            return Domain("partner_id", "any", domain)
        return domain

    def _ask_condition(self):
        """Have the database say whether it understands the condition."""
        query = self._get_lead_query()
        query.limit = 1
        self.env.execute_query(query.select())

    def _get_lead_query(self):
        """:return: the query of the leads this rule is true for."""
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return leads._search(self._get_lead_domain())
