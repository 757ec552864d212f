# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerPrivacyLog(models.Model):
    """Channels' messages about the person are blanked as at the end of their time."""

    _inherit = "customer.privacy.log"

    @api.model
    def _find_orders(self, partner_sudo):
        ids = (partner_sudo | self._get_addresses(partner_sudo)).ids
        return (
            self.env["sale.order"]
            .with_context(active_test=False)
            .search(
                [
                    "|",
                    ("partner_id", "in", ids),
                    ("partner_shipping_id", "in", ids),
                ]
            )
        )

    @api.model
    def _get_erased_values(self, partner_sudo, leads):
        orders = self._find_orders(partner_sudo)
        returns = self.env["channel.return"].search(
            [("partner_id", "=", partner_sudo.id)]
        )
        return [
            *super()._get_erased_values(partner_sudo, leads),
            (orders.filtered("buyer_note"), {"buyer_note": False}),
            (returns.filtered("note"), {"note": False}),
        ]

    @api.model
    def _erase_history(self, partner_sudo, documents):
        rows = self.env["channel.order"].search(
            [
                ("sale_order_id", "in", self._find_orders(partner_sudo).ids),
                ("erased_at", "=", False),
            ]
        )
        rows._erase_personal_data()
        maps = self.env["channel.partner.map"].search(
            [("partner_id", "=", partner_sudo.id)]
        )
        maps.unlink()
        return {
            **super()._erase_history(partner_sudo, documents),
            rows._name: len(rows),
        }

    @api.model
    def _get_erased_documents(self, partner_sudo, leads):
        returns = self.env["channel.return"].search(
            [("partner_id", "=", partner_sudo.id)]
        )
        return [*super()._get_erased_documents(partner_sudo, leads), returns]
