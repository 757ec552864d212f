# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class OrderWhitelist(models.Model):
    """A customer or channel whose orders skip the review, or some of its rules."""

    _name = "order.whitelist"
    _description = "Exempt from Review"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", tracking=True)
    channel_id = fields.Many2one("sale.channel", check_company=True, tracking=True)
    rule_ids = fields.Many2many(
        "exception.rule",
        string="Skips",
        domain=[("is_review", "=", True)],
        help="Empty: every rule.",
    )
    skips = fields.Char("Is Not Asked", compute="_compute_skips")
    reason = fields.Text(required=True, tracking=True)
    expires_on = fields.Date("Until", tracking=True)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Empty: orders of every company. A channel is of one.",
    )
    active = fields.Boolean(default=True, tracking=True)

    @api.depends("partner_id", "channel_id")
    def _compute_display_name(self):
        for row in self:
            names = (row.partner_id.display_name, row.channel_id.display_name)
            row.display_name = ", ".join(filter(None, names))

    @api.depends("channel_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.channel_id.company_id or row.company_id

    @api.depends("rule_ids.name")
    @api.depends_context("lang")
    def _compute_skips(self):
        for row in self:
            names = ", ".join(row.rule_ids.mapped("name"))
            row.skips = names or self.env._("Every rule")

    @api.constrains("partner_id", "channel_id", "reason")
    def _check_someone(self):
        if any(not row.partner_id and not row.channel_id for row in self):
            raise ValidationError(
                self.env._("Choose the customer or the channel that is exempt.")
            )

    @api.model
    def _get_exempt(self, orders):
        """What these orders skip, in one query.

        :return: ``{order id: None for every rule, or set of rule ids}``
        """
        today = fields.Date.context_today(self)
        rows = self.sudo().search(
            Domain("company_id", "in", [False, *orders.company_id.ids])
            & (Domain("expires_on", "=", False) | Domain("expires_on", ">=", today))
        )
        exempt = {}
        for order in orders if rows else ():
            for row in rows:
                if not row._is_about(order):
                    continue
                if not row.rule_ids:
                    exempt[order.id] = None
                    break
                exempt.setdefault(order.id, set()).update(row.rule_ids.ids)
        return exempt

    def _is_about(self, order):
        self.ensure_one()
        buyer = self.partner_id.commercial_partner_id
        return (
            (not self.company_id or self.company_id == order.company_id)
            and (not self.channel_id or self.channel_id == order.sale_channel_id)
            and (not buyer or buyer == order.partner_id.commercial_partner_id)
        )
