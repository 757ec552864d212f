# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: whether its customer hears of it by text message."""

    _inherit = "sale.order"

    def _get_message_media(self, event):
        """Override of the hub: where the channel's line says so."""
        media = super()._get_message_media(event)
        if self.sale_channel_id._get_message_rule(event).by_sms:
            media = [*media, "sms"]
        return media

    def _get_message_obstacle(self, medium):
        """Override of the hub: a number that text messages can go to."""
        problem = super()._get_message_obstacle(medium)
        if problem or medium != "sms":
            return problem
        number = self._get_sms_number()
        if not number:
            return self.env._(
                "%(customer)s has no valid phone number. Enter one and send again.",
                customer=self.partner_id.display_name,
            )
        # sudo: who wants no text messages is not for everybody to look up
        blacklist_sudo = self.env["phone.blacklist"].sudo()
        if blacklist_sudo.search_count([("number", "=", number)], limit=1):
            return self.env._(
                "%(customer)s wants no text messages.",
                customer=self.partner_id.display_name,
            )
        return ""

    def _get_sms_number(self):
        """The customer's number as providers want it; False where there is none."""
        self.ensure_one()
        # sudo: whoever ships need not read addresses
        partner_sudo = self.sudo().partner_id
        phone = partner_sudo.phone or self.sudo().partner_shipping_id.phone
        country = partner_sudo.country_id or self.company_id.country_id
        return bool(phone) and partner_sudo._phone_format(number=phone, country=country)
