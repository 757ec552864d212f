# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerOverview(models.AbstractModel):
    """The place in the network, and how much of the credit is used."""

    _inherit = "customer.overview"

    @api.model
    def _get_facts(self, customer, snapshot):
        facts = super()._get_facts(customer, snapshot)
        members = self.env["distribution.member"]
        if not members.has_access("read"):
            return facts
        member = customer._get_distribution_members(customer, self.env.company).get(
            customer
        )
        if not member:
            return facts
        found = (
            ("level", self.env._("Level in the network"), member.level_id.display_name),
            ("tier", self.env._("Tier"), member.tier_id.display_name),
            ("territory", self.env._("Territory"), member.territory_id.display_name),
        )
        action = {
            "type": "ir.actions.act_window",
            "res_model": members._name,
            "res_id": member.id,
            "views": [[False, "form"]],
        }
        facts += [
            {"key": key, "label": label, "value": value}
            for key, label, value in found
            if value
        ]
        facts.insert(
            0,
            {
                "key": "member",
                "label": self.env._("Member"),
                "value": member.display_name,
                "action": action,
            },
        )
        return facts

    @api.model
    def _get_tiles(self, customer, snapshot):
        tiles = super()._get_tiles(customer, snapshot)
        credits = self.env["distribution.credit"]
        if not credits.has_access("read"):
            return tiles
        credit = credits.search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )
        if not credit:
            return tiles
        tile = {
            "key": "credit",
            "label": self.env._("Credit left"),
            "value": credit.left_amount,
            "type": "monetary",
            "note": self.env._(
                "%(used)s of %(limit)s used",
                used=credit.currency_id.format(credit.exposure),
                limit=credit.currency_id.format(credit.effective_limit),
            ),
            "action": {
                "type": "ir.actions.act_window",
                "res_model": credits._name,
                "res_id": credit.id,
                "views": [[False, "form"]],
            },
        }
        if credit.currency_id.compare_amounts(credit.left_amount, 0) < 0:
            tile["tone"] = "danger"
        return [*tiles, tile]
