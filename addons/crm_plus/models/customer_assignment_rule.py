# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerAssignmentRule(models.Model):
    """Who gets which leads (or tickets, by a bridge): territory, skill, load, turn."""

    _name = "customer.assignment.rule"
    _description = "Assignment Rule"
    _inherit = ["customer.rule.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    model = fields.Selection(
        "_selection_model", "For", default="crm.lead", required=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        check_company=True,
        help="Written on the lead with the salesperson",
    )
    # territory
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="States")
    zip_prefixes = fields.Char(
        "ZIP Begins With", help="Several with commas: 70, 71, 5500"
    )
    domain = fields.Char("Other Conditions", default="[]")
    # how
    mode = fields.Selection(
        [("turn", "In turn, by weight"), ("load", "To the one with the least open")],
        default="turn",
        required=True,
    )
    match_language = fields.Boolean(
        help="Only to people who speak the customer's language, if somebody does"
    )
    match_skills = fields.Boolean(
        "Match Tags", help="Only to people with a skill of the lead's tags, if any"
    )
    owner_first = fields.Boolean(
        "Customer's Salesperson First",
        default=True,
        help="Who looks after the customer gets the lead, within the cap",
    )
    at_work_only = fields.Boolean(
        "Only to People at Work",
        default=True,
        help="By working hours and leave. What comes at night waits for the morning.",
    )
    member_ids = fields.One2many(
        "customer.assignment.member", "rule_id", "People", copy=True
    )
    # clock
    response_hours = fields.Float(
        "First Response Within",
        help="Working hours from assignment to the first contact; 0: no clock",
    )
    handback_hours = fields.Float(
        "Hand Back After",
        help="Working hours untouched, then somebody else gets it; 0: never",
    )
    assigned_count = fields.Integer(compute="_compute_assigned_count")

    _hours_check = models.Constraint(
        "CHECK (response_hours >= 0 AND handback_hours >= 0)",
        "Hours cannot be negative.",
    )

    @api.model
    def _selection_model(self):
        """:return: models with the assignment mixin; a hook for bridges."""
        return [("crm.lead", self.env._("Leads"))]

    @api.depends("member_ids.assigned_total")
    def _compute_assigned_count(self):
        for rule in self:
            rule.assigned_count = sum(rule.member_ids.mapped("assigned_total"))

    @api.constrains("domain", "model")
    def _check_domain(self):
        for rule in self:
            if error := rule._find_error(rule._ask_condition):
                # whatever a domain can be wrong in: a person has to see where
                raise ValidationError(
                    self.env._(
                        "The conditions of %(name)s are not valid: %(error)s",
                        name=rule.name,
                        error=error,
                    )
                )
            rule._note_error(False)

    def _ask_condition(self):
        """Have the database say whether it understands the condition."""
        records = self.env[self.model].sudo()
        domain = records._get_assignment_waiting_domain() & self._get_domain()
        records.search(domain, limit=1, order="id")

    def _filter_usable(self):
        """:return: rules whose condition can be asked; owners of others are told."""
        usable = self.browse()
        for rule in self:
            error = rule._find_error(rule._ask_condition)
            rule._note_error(error)
            if not error:
                usable |= rule
        return usable

    def _get_domain(self):
        """:return: the records this rule is for, assigned or not."""
        self.ensure_one()
        domain = Domain(literal_eval(self.domain or "[]"))
        domain &= Domain("company_id", "in", [self.company_id.id, False])
        return domain & self.env[self.model]._get_assignment_territory(self)

    def _get_zip_prefixes(self):
        return [
            text.strip()
            for text in (self.zip_prefixes or "").split(",")
            if text.strip()
        ]

    def action_assign_now(self):
        """Assign what nobody has yet, however old it is."""
        self.check_access("write")  # everybody in sales reads the rules
        for model in {rule.model for rule in self}:
            self.env[model].sudo()._assign_waiting()
        return True

    def action_view_log(self):
        """What this rule did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus.customer_assignment_log_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)]}
