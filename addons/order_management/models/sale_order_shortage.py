# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order; here: what is not there for it.

    A channel may hold orders that oversold: they stay quotations, so that they reserve
    nothing, and are in the same list with the same choices.
    """

    _inherit = "sale.order"

    shortage_ids = fields.One2many(
        "order.shortage", "order_id", "Shortages", readonly=True
    )
    shortage_count = fields.Integer("Out of Stock", compute="_compute_shortage_count")

    def _compute_shortage_count(self):
        counts = self._count_by_order(
            "order.shortage", "order_id", [("state", "!=", "solved")]
        )
        for order in self:
            order.shortage_count = counts.get(order._origin.id, 0)

    def action_view_shortages(self):
        """Open what is not there for these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_shortage_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def _take_over_shortages(self):
        """Lines came here from another order: so do the shortages of them; what was
        given up of them misses nothing."""
        shortages_sudo = self.env["order.shortage"].sudo()
        found = shortages_sudo.search(
            [("line_id.order_id", "in", self.ids), ("state", "!=", "solved")]
        )
        for order, shortages in found.grouped(lambda s: s.line_id.order_id).items():
            shortages.filtered(lambda s, o=order: s.order_id != o).order_id = order
        given_up = found.filtered(lambda s: s.uom_id.is_zero(s.line_id.product_uom_qty))
        given_up._solve(self.env._("Split undone"))

    # the customer's page

    def _get_tracking_shortages(self):
        """Open shortages that the customer may decide on: dicts with ``id``, ``name``,
        ``missing``, ``expected``, ``choice``, ``options``."""
        if not self.company_id.has_shortages:
            return []
        labels = dict(
            self.env["order.shortage"]
            ._fields["option"]
            ._description_selection(self.env)
        )
        return [
            {
                "id": shortage.id,
                "name": shortage.product_id.with_context(
                    display_default_code=False
                ).display_name,
                "missing": self._format_customer_qty(
                    shortage.missing_qty, shortage.uom_id
                ),
                "expected": self._format_customer_date(shortage.expected_at),
                "choice": labels.get(shortage.option, ""),
                "options": []
                if shortage.is_applied and shortage.option != "wait"
                else shortage._get_options(),
            }
            for shortage in self.shortage_ids
            if shortage.state != "solved"
        ]

    def _answer_shortage(self, shortage, option):
        """The customer of this order chooses.

        :param str shortage: id, as the form sent it
        :param str option: as offered
        :raises UserError: in the customer's words
        """
        self.ensure_one()
        found = self.sudo().shortage_ids.filtered(
            lambda record: str(record.id) == str(shortage) and record.state != "solved"
        )
        if not found:
            raise UserError(self.env._("This has been settled already. Thank you."))
        found._answer(str(option or ""))

    # channels that hold what they oversold

    def _get_confirmable(self):
        """Override of ``order_management``: without what was oversold."""
        ready = super()._get_confirmable()
        watched = ready.filtered("sale_channel_id.holds_oversold")
        return ready - watched._hold_oversold()

    def _hold_oversold(self):
        """Put what is not there for these quotations into the list.

        :return: the orders to hold
        """
        facts = self._find_oversold()
        shortages = self.env["order.shortage"]._sync(
            {line: (missing, False) for line, missing in facts.items()}
        )
        shortages._tell()
        return self._filter_undecided(facts)

    def _filter_undecided(self, facts):
        """Those that miss something which nobody has decided to wait for."""
        missing = self.browse(
            [line.order_id.id for line, quantity in facts.items() if quantity]
        )
        settled = missing.sudo().shortage_ids.filtered(
            lambda s: s.state == "answered" and s.option in ("wait", "partial")
        )
        return missing.filtered(
            lambda order: any(
                quantity and line.sudo() not in settled.line_id
                for line, quantity in facts.items()
                if line.order_id == order
            )
        )

    def _find_oversold(self):
        """What is not there for the lines of these quotations, one after the other.

        :return: ``{line: missing in its unit}``, of every line that takes from stock
        """
        needs = self.order_line._get_hold_quantities()
        products = self.env["product.product"].browse(
            {product.id for parts in needs.values() for product in parts}
        )
        warehouses = self.order_line.warehouse_id
        room = products._get_available_to_promise_by_warehouse(warehouses)
        held = defaultdict(float, self._get_held_quantities())
        facts = {}
        for line, parts in needs.items():
            order, place = line.order_id.id, line.warehouse_id.id
            # what is held for an order is there for it and for nobody else
            free = {
                (product.id, place): max(room[product.id, place], 0.0)
                + held[order, product.id, place]
                for product in parts
            }
            short, take = line._get_holdable(parts, free)
            for product, quantity in take.items():
                own = min(held[order, product.id, place], quantity)
                held[order, product.id, place] -= own
                room[product.id, place] -= quantity - own
            share = max(
                (quantity / parts[product] for product, quantity in short.items()),
                default=0.0,
            )
            facts[line] = line._get_open_share(share)
        return facts

    def _release_oversold(self):
        """Confirm held quotations of which everything is settled, as their channel
        would have."""
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            channel = order.sale_channel_id
            if channel.auto_confirm and channel.holds_oversold:
                importer = self.env["channel.order.importer"]
                importer._confirm(order._get_confirmable())
