# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.crm_plus.listing import list_words

_CHANNELS = 3


class CustomerOverview(models.AbstractModel):
    """Where the customer buys, and what came back."""

    _inherit = "customer.overview"

    @api.model
    def _get_tiles(self, customer, snapshot):
        tiles = super()._get_tiles(customer, snapshot)
        returns = self.env["channel.return"]
        if not snapshot or not snapshot.return_count or not returns.has_access("read"):
            return tiles
        of_customer = self._get_family_domain(customer)
        open_count = returns.search_count(
            [
                *of_customer,
                ("state", "not in", ["closed", "refused", "cancelled"]),
            ]
        )
        tile = {
            "key": "returns",
            "label": self.env._("Returns"),
            "value": snapshot.return_count,
            "type": "integer",
            "action": self._prepare_list_action(
                "channel.return", self.env._("Returns"), of_customer
            ),
        }
        if open_count:
            tile["note"] = self.env._("%(count)s open", count=open_count)
            tile["tone"] = "warning"
        return [*tiles, tile]

    @api.model
    def _get_facts(self, customer, snapshot):
        facts = super()._get_facts(customer, snapshot)
        names = self._get_channel_names(customer)
        if names:
            facts.append(
                {
                    "key": "channels",
                    "label": self.env._("Buys by"),
                    "value": list_words(self.env, names),
                }
            )
        return facts

    def _get_channel_names(self, customer):
        """The channels of most orders, the first one first."""
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return []
        groups = orders._read_group(
            [
                ("partner_id", "in", customer._get_customer_family_ids()),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "sale"),
                ("sale_channel_id", "!=", False),
            ],
            ["sale_channel_id"],
            ["__count"],
            order="__count DESC",
            limit=_CHANNELS,
        )
        # the name of the channel is on the order, which the user may read
        return [
            f"{channel_sudo.name} ({count})"
            for channel, count in groups
            for channel_sudo in [channel.sudo()]
        ]
