# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

#: what an order may be given, and by which field of a rule
ACTIONS = {
    "tag_ids": "set_tag_ids",
    "priority": "set_priority",
    "team_id": "set_team_id",
    "user_id": "set_user_id",
    "warehouse_id": "set_warehouse_id",
    "carrier_id": "set_carrier_id",
    "ship_by": "is_ship_by_set",
}
PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Urgent")]


class OrderRule(models.Model):
    """What new orders of a kind are given: tags, priority, people, place, date.

    Rules are asked in their order. Tags add up; of everything else the first rule that
    sets it counts, and what a person set stays.
    """

    _name = "order.rule"
    _inherit = [
        "order.cached.mixin",
        "order.rule.place.mixin",
        "order.rule.domain.mixin",
        "mail.thread",
    ]
    _description = "Order Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    is_final = fields.Boolean(
        "Stop After This Rule",
        tracking=True,
        help="Later rules are not asked about orders that this one matches.",
    )
    note = fields.Text("Notes")
    order_count = fields.Integer("Orders", compute="_compute_order_count")

    # what is set
    set_tag_ids = fields.Many2many("crm.tag", "order_rule_set_tag_rel", string="Tags")
    set_priority = fields.Selection(PRIORITIES, "Priority", tracking=True)
    set_team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    set_user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    set_warehouse_id = fields.Many2one(
        "stock.warehouse", "Warehouse", check_company=True
    )
    set_carrier_id = fields.Many2one(
        "delivery.carrier",
        "Carrier",
        check_company=True,
        help="Who delivers; what delivery costs the customer stays as it is.",
    )
    is_ship_by_set = fields.Boolean("Promise a Ship-By Time", tracking=True)
    ship_within = fields.Float(default=8.0, tracking=True)
    ship_unit = fields.Selection(
        [("hours", "working hours"), ("days", "working days, by their end")],
        "Unit",
        default="hours",
        required=True,
        help="0 working days: the day itself, or the next one that is worked on.",
    )
    cutoff = fields.Float(
        "Cut-off",
        help="Time of the day after which an order counts as of the next day. 0:00: "
        "none.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Empty: those of the order's warehouse, else of the company.",
    )

    _cutoff_check = models.Constraint(
        "CHECK (cutoff >= 0 AND cutoff < 24)",
        "The cut-off is a time of the day, from 0:00 to 23:59.",
    )
    _ship_within_check = models.Constraint(
        "CHECK (ship_within >= 0 AND ship_within <= 8760)",
        "A ship-by time is promised for within a year, not before the order.",
    )

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("applied_rule_ids", "in", self.ids)],
                ["applied_rule_ids"],
                ["__count"],
            )
        )
        for rule in self:
            rule.order_count = counts.get(rule._origin, 0)

    @api.constrains("name", "is_final", *ACTIONS.values())
    def _check_sets_something(self):
        for rule in self:
            if not any(rule[name] for name in ACTIONS.values()) and not rule.is_final:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” sets nothing. Choose what matching orders are "
                        "given, or let it stop the rules after it.",
                        rule=rule.name,
                    )
                )

    @api.constrains("set_user_id", "company_id")
    def _check_set_user(self):
        for rule in self:
            user_sudo = rule.set_user_id.sudo()
            if user_sudo and (
                user_sudo.share or rule.company_id not in user_sudo.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s: choose somebody who "
                        "may see its orders.",
                        user=user_sudo.name,
                        company=rule.company_id.name,
                    )
                )

    def action_view_orders(self):
        """Open the orders that these rules set something on."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.sale_order_action"
        )
        domain = [("applied_rule_ids", "in", self.ids)]
        return {**action, "domain": domain, "context": {}}

    def action_dry_run(self):
        """Ask which past orders this rule would have matched."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on Past Orders"),
            "res_model": "order.rule.trial",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    @api.model
    @ormcache("company_id")
    def _get_rule_ids(self, company_id):
        """Ids of the active rules of a company, in their order; without a query."""
        return tuple(self.sudo().search([("company_id", "=", company_id)]).ids)

    @api.model
    def _get_rules(self, companies):
        """The active rules of some companies, as superuser, in their order."""
        rules_sudo = self.sudo()
        return rules_sudo.browse(
            rule_id
            for company in companies
            for rule_id in rules_sudo._get_rule_ids(company.id)
        )
