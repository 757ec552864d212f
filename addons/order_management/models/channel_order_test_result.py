# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import formatLang

#: Steps of an order's way in, each with the problems that end the way there; what is
#: in none of them ends the last.
_STEPS = {
    "received": (),
    "understood": ("invalid", "unreadable", "unknown_currency", "no_rate"),
    "products": ("unknown_product",),
    "taxes": ("unknown_tax",),
    "customer": (),
    "total": ("total_differs",),
    "order": (),
}


class ChannelOrder(models.Model):
    """A row of the inbox; here: what happened to it, step by step, for people."""

    _inherit = "channel.order"

    def _get_test_result(self):
        """The way of this row from the message to the sale order.

        :return: list of dicts with ``name``, ``title``, ``state`` (``ok``, ``missing``
            or ``skipped``) and ``text``
        """
        self.ensure_one()
        if self.state == "ignored":
            return [self._get_removed_step()]
        failed = self._get_failed_step()
        order_sudo = self.sudo().sale_order_id
        steps, reached = [], True
        for name, title in self._get_step_titles().items():
            if name == failed:
                state, text, reached = "missing", self.error, False
            elif not reached:
                state, text = "skipped", self.env._("Not reached.")
            else:
                state, text = "ok", getattr(self, f"_describe_{name}")(order_sudo)
            steps.append({"name": name, "title": title, "state": state, "text": text})
        if order_sudo:
            steps.append(self._get_next_step())
        return steps

    def _get_failed_step(self):
        if self.state in ("imported", "updated"):
            return None
        if self.state == "received":
            # somebody else's worker has it at hand, or it waits for its turn
            return "understood"
        for name, codes in _STEPS.items():
            if self.error_code in codes:
                return name
        return "order"

    def _get_step_titles(self):
        return {
            "received": self.env._("Received"),
            "understood": self.env._("Understood"),
            "products": self.env._("Products matched"),
            "taxes": self.env._("Taxes found"),
            "customer": self.env._("Customer matched"),
            "total": self.env._("Total agrees"),
            "order": self.env._("Sales order made"),
        }

    def _get_removed_step(self):
        return {
            "name": "removed",
            "title": self.env._("Removed"),
            "state": "ok",
            "text": self.env._(
                "The test order and its customer are gone; the row %(number)s stays in "
                "the inbox as ignored.",
                number=self.number,
            ),
        }

    def _describe_received(self, _order_sudo):
        return self.env._("Stored in the inbox as %(number)s.", number=self.number)

    def _describe_understood(self, _order_sudo):
        payload = self.sudo().payload or {}
        return self.env._(
            "%(count)s lines, %(total)s %(currency)s.",
            count=len(payload.get("lines") or []),
            total=payload.get("total"),
            currency=payload.get("currency"),
        )

    def _describe_products(self, order_sudo):
        lines = order_sudo.order_line.filtered("product_id")
        return ", ".join(
            f"{line.product_uom_qty:g} × {line.product_id.display_name}"
            for line in lines
        )

    def _describe_taxes(self, order_sudo):
        names = order_sudo.order_line.tax_ids.mapped("name")
        return ", ".join(names) or self.env._("No tax on these products.")

    def _describe_customer(self, order_sudo):
        partner = order_sudo.partner_id
        place = [partner.city, partner.country_id.name]
        return ", ".join(filter(None, [partner.display_name, *place])) or False

    def _describe_total(self, order_sudo):
        return self.env._(
            "%(amount)s, as the channel says.",
            amount=formatLang(
                self.env, order_sudo.amount_total, currency_obj=order_sudo.currency_id
            ),
        )

    def _describe_order(self, order_sudo):
        return self.env._("Quotation %(name)s.", name=order_sudo.name)

    def _get_next_step(self):
        """What a real order would do from here, by the channel's settings."""
        channel_sudo = self.sudo().channel_id
        mode = channel_sudo.approval_mode or channel_sudo.company_id.approval_mode
        if mode == "explicit" and channel_sudo.auto_submit:
            text = self.env._("A real order is submitted and waits for a reviewer.")
        elif mode == "explicit":
            text = self.env._("A real order waits until somebody submits it.")
        elif channel_sudo.auto_confirm:
            text = self.env._("A real order that is paid is confirmed by itself.")
        else:
            text = self.env._("A real order waits until somebody confirms it.")
        return {
            "name": "next",
            "title": self.env._("And then"),
            "state": "note",
            "text": text,
        }
