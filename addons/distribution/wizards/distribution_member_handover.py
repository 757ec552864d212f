# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class DistributionMemberHandover(models.TransientModel):
    """Give the buyers of a member another supplier, before it goes or for good."""

    _name = "distribution.member.handover"
    _description = "Hand Over Buyers"

    member_ids = fields.Many2many("distribution.member", string="Suppliers Now")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    supplier_id = fields.Many2one(
        "distribution.member",
        "New Supplier",
        domain="[('company_id', '=', company_id), ('id', 'not in', member_ids),"
        " ('state', '!=', 'closed')]",
        help="Empty: this company itself supplies them.",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    close_members = fields.Boolean(
        "Close Them Afterwards", help="The members leave the network at once."
    )
    link_ids = fields.Many2many(
        "distribution.supply.link", compute="_compute_link_ids", string="Supplied Now"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "distribution.member":
            values["member_ids"] = [Command.set(self.env.context.get("active_ids", []))]
        return values

    @api.depends("member_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.member_ids.company_id[:1]

    @api.depends("member_ids", "date_from")
    def _compute_link_ids(self):
        for wizard in self:
            wizard.link_ids = wizard.link_ids.search(
                [
                    ("supplier_id", "in", wizard.member_ids._origin.ids),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", wizard.date_from),
                ]
            )

    def action_hand_over(self):
        """End the links of today the day before, and begin the new ones.

        :raises UserError: members of several companies
        """
        self.ensure_one()
        if len(self.member_ids.company_id) > 1:
            raise UserError(
                self.env._(
                    "Choose members of one company: a supplier delivers in its own "
                    "company only."
                )
            )
        # a member and its new supplier may both be among the chosen ones' buyers
        links = self.link_ids.filtered(
            lambda link: (
                link.buyer_id != self.supplier_id
                and link.buyer_id not in self.member_ids
            )
        )
        begun = links.filtered(lambda link: link.date_from < self.date_from)
        new = [
            {
                "buyer_id": link.buyer_id.id,
                "supplier_id": self.supplier_id.id,
                "categ_id": link.categ_id.id,
                "date_from": max(link.date_from, self.date_from),
                "date_to": link.date_to,
            }
            for link in links
        ]
        begun.date_to = fields.Date.add(self.date_from, days=-1)
        (links - begun).sudo().unlink()  # they had not begun: nothing is forgotten
        self.env["distribution.supply.link"].create(new)
        if self.close_members:
            self.member_ids.action_close()
        return {"type": "ir.actions.act_window_close"}
