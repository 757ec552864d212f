# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order; here: what was split is one order to its customer.

    Whichever part a link was made for, its page shows all of them, and what is asked
    for there goes to the part that it is about.
    """

    _inherit = "sale.order"

    def _get_tracking_parts(self):
        """The parts of this order that its customer follows, the first one first.

        A part that was given to another customer is none of this one's business.
        """
        self.ensure_one()
        root = self._get_channel_root()
        family = root._get_split_family()
        if len(family | self) == 1:
            return self
        mine = self.partner_id.commercial_partner_id
        parts = (family | self).filtered(
            lambda part: (
                part == self
                or part.company_id == self.company_id
                and part.partner_id.commercial_partner_id == mine
                and not part.is_channel_test
            )
        )
        # a part that ended is told of by its message; here is what still comes
        live = parts.filtered(lambda part: part.state != "cancel")
        return (live or parts).sorted("id")

    def _get_tracking_first(self):
        """The part that is furthest behind: the way of the order is its way."""
        waiting = self.filtered(lambda part: part.state != "sale")
        return (waiting or self)[0]

    def _get_tracking_number(self):
        """The number by which the customer knows the order, in parts or not."""
        self.ensure_one()
        # sudo: whoever may read a part may know what it is a part of
        return self.channel_number or self.sudo()._get_channel_root().name

    def _get_tracking_allowed(self, moves=None):
        """Kinds of ``order.request`` that make sense for one of these parts.

        :param moves: as of ``_get_allowed_requests``
        """
        allowed = [kind for part in self for kind in part._get_allowed_requests(moves)]
        return [kind for kind in ("change", "cancel", "return") if kind in allowed]

    def _request_of_parts(self, kind, text="", quantities=None, nonce=None, **values):
        """The customer asks for something on the page of this order: each part takes
        the goods that are its own, the rest is one wish. As ``_request``, which see.

        :raises UserError: in the customer's words, with what to do instead
        """
        self.ensure_one()
        parts = self.sudo()._get_tracking_parts()
        if not parts._is_in_parts():
            return parts._request(kind, text, quantities, nonce, **values)
        if kind == "return" and quantities:
            chosen = self._share_quantities(parts, quantities)
        else:
            chosen = {self._choose_part(parts, kind, nonce): quantities}
        requests = self.env["order.request"]
        for part, share in chosen.items():
            requests |= part._request(kind, text, share, nonce, **values)
        return requests

    def _share_quantities(self, parts, quantities):
        """``{part: quantities of its lines}``.

        :raises UserError: a line of another order
        """
        owners = {line.id: part for part in parts for line in part.order_line}
        chosen = {}
        for line_id, quantity in quantities.items():
            if line_id not in owners:
                raise UserError(
                    self.env._(
                        "One of the products is not part of this order. Please open "
                        "the page again."
                    )
                )
            if quantity:
                chosen.setdefault(owners[line_id], {})[line_id] = quantity
        # nothing chosen: the part itself says what is missing
        return chosen or {parts._get_tracking_first(): quantities}

    def _choose_part(self, parts, kind, nonce):
        """The part that keeps a wish without goods: the one that was asked before with
        the same form, else the first that can still be changed or end."""
        asked = parts._get_own_requests().filtered(
            lambda request: nonce and request.nonce == nonce
        )
        able = parts.filtered(lambda part: kind in part._get_allowed_requests())
        return asked.order_id[:1] or able[:1] or parts[:1]

    def _answer_shortage_of_parts(self, shortage, option):
        """The customer chooses for goods of any part; as ``_answer_shortage``."""
        self.ensure_one()
        parts = self.sudo()._get_tracking_parts()
        part = parts.filtered(lambda p: str(shortage) in map(str, p.shortage_ids.ids))
        return (part[:1] or self)._answer_shortage(shortage, option)
