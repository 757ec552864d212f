# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SaleOrder(models.Model):
    """An order; here: the steps that a new order takes by itself, one after the other.

    Each takes any number of quotations and is filled in by the files that own it.
    """

    _inherit = "sale.order"

    def action_confirm(self):
        """Override of ``sale``: warehouses are chosen last, for what is confirmed.

        Whoever stands at this door before, the rules and then the review, overrides it
        in a file that is loaded later.
        """
        self._source()
        return super().action_confirm()

    def _classify(self):
        """Set what the rules say about these orders: tags, priority, team, dates."""

    def _review(self):
        """Hold the orders that somebody has to look at.

        :return: the orders that nothing holds
        """
        return self

    def _leave_cart(self):
        """Hook: what the customer accepted and that waits for somebody here is no cart
        any longer, to be changed or paid again."""

    def _source(self):
        """Choose from which warehouses these orders are served."""

    def _tell_customer(self, event, key=None):
        """Let the customers of these orders know what happened, once.

        :param event: what happened: ``received``, ``on_hold``, ``no_stock``,
            ``shipped``, ``delayed``, ``delivered``, ``cancelled``,
            ``cancelled_part``,
            ``return_approved``, ``return_refused``, ``return_received``, ``refunded``
        :param key: tells apart what happens to an order more than once: the number of
            a parcel or of a return
        """
