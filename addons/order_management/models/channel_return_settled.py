# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import formatLang


class ChannelReturn(models.Model):
    """A return; here: what was given back already is not called off any more.

    A refund at the approval is paid before the goods are here. Cancelling the return
    would leave the money with the customer and nothing that tells why.
    """

    _inherit = "channel.return"

    def _get_possible_states(self):
        """Override: settled returns are not cancelled; those whose goods never came
        can be closed."""
        states = super()._get_possible_states()
        if not self.settled_at:
            return states
        states = tuple(state for state in states if state != "cancelled")
        if self.state == "to_receive" and not any(self.line_ids.mapped("received_qty")):
            states += ("closed",)
        return states

    def _get_transition_error(self, target):
        """Override: why a settled return is not cancelled, and what to do instead."""
        if target != "cancelled" or not self.settled_at or self.state == "closed":
            return super()._get_transition_error(target)
        values = {
            "name": self.name,
            "target": self._get_state_label(target),
            "amount": formatLang(
                self.env, self.refund_amount, currency_obj=self.currency_id
            ),
            "orders": ", ".join(self.sudo().new_order_ids.mapped("name")),
        }
        if any(self.line_ids.mapped("received_qty")):
            return self.env._(
                "Return %(name)s is settled and goods of it are here: it cannot become "
                "“%(target)s” any more. Inspect the goods and close it.",
                **values,
            )
        if values["orders"]:
            return self.env._(
                "Return %(name)s is settled: %(orders)s is sent for it, so it cannot "
                "become “%(target)s” any more. If the goods never come, close it; to "
                "send nothing, cancel that order.",
                **values,
            )
        return self.env._(
            "Return %(name)s is settled: %(amount)s is given back, so it cannot become "
            "“%(target)s” any more. If the goods never come, close it; to get the "
            "money back, reverse its credit note or invoice the customer.",
            **values,
        )

    def _after_closed(self):
        """Closed: what never came is not expected any more."""
        # sudo: a consequence of the decision, whoever may see transfers
        open_moves = self.sudo().line_ids._get_open_moves()
        open_moves._action_cancel()
