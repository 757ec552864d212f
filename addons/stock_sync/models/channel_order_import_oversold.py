# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

#: the code of an order that asks for more than there is
OVERSOLD = "oversold"
#: how long the goods of a paid order are held while it waits for its confirmation
_HELD_DAYS = 7


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: shops that sold more than there is.

    A shop that shows our stock can still sell a unit twice: its own race, an order that
    came late. Such an order waits in the inbox for a decision and reserves nothing.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _match_partners(self, channel, items):
        """Override: the stock is claimed before a customer is made.

        A request that lost a race begins again with the products' turn. Who made a new
        customer first and then waited for the stock would wait in a ring with a
        request that has its turn and meets the same new customer.
        """
        if channel._is_oversold_held():
            self._claim_ordered_stock(channel, self._get_new(items))
        return super()._match_partners(channel, items)

    @api.model
    def _get_new(self, items):
        return [item for item in items if not item.row.sale_order_id]

    @api.model
    def _claim_ordered_stock(self, channel, items):
        """Whoever sells or holds the same at this moment is counted before or after."""
        needs = (self._get_needs(item, channel.company_id) for item in items)
        products = self.env["product.product"].union(
            *(product for needed in needs for product in needed)
        )
        if products:
            warehouses = self._get_promised_warehouses(channel)
            self.env["stock.hold"]._claim_stock(products, warehouses)

    @api.model
    def _get_promised_warehouses(self, channel):
        publisher = self.env["channel.stock.publisher"]
        return publisher._get_warehouses(channel.company_id) | channel.warehouse_id

    @api.model
    def _check_totals(self, channel, items):
        """Override: once products and quantities are known."""
        result = super()._check_totals(channel, items)
        if channel._is_oversold_held():
            self._hold_oversold(channel, self._get_new(self._open(items)))
        return result

    @api.model
    def _apply_status(self, channel, items):
        """Override: what was sold and waits for its confirmation is held.

        The next order, or the next buyer elsewhere, would be promised it again.
        """
        result = super()._apply_status(channel, items)
        if channel._is_oversold_held():
            orders = self.env["sale.order"].union(
                *(item.sale_order for item in items if not item.is_unpaid)
            )
            waiting = orders.filtered(lambda order: order.state in ("draft", "sent"))
            if waiting:
                until = fields.Datetime.now() + timedelta(days=_HELD_DAYS)
                waiting._hold(until, kind="unpaid", partial=True)
        return result

    @api.model
    def _hold_oversold(self, channel, items):
        """In the order of their arrival, as long as there is something; the stock is
        claimed already."""
        company = channel.company_id
        needs = {id(item): self._get_needs(item, company) for item in items}
        products = self.env["product.product"].union(
            *(product for needed in needs.values() for product in needed)
        )
        if not products:
            return
        room = products._get_available_to_promise(
            self._get_promised_warehouses(channel)
        )
        for item in items:
            needed = needs[id(item)]
            short = [
                (product, quantity)
                for product, quantity in needed.items()
                if quantity > Decimal(str(room[product.id]))
            ]
            if short and not item.accepts(OVERSOLD):
                item.hold(OVERSOLD, self._get_oversold_text(short, room))
                continue
            for product, quantity in needed.items():
                room[product.id] -= float(quantity)

    @api.model
    def _get_needs(self, item, company):
        """``{stored product: quantity in its unit}`` of an order that is to ship; kits
        by their parts."""
        needs = defaultdict(Decimal)
        if item.is_cancelled or item.is_history:
            return needs
        lines = [line for line in item.lines if line.product and line.quantity > 0]
        products = self.env["product.product"].union(*(line.product for line in lines))
        parts = products._get_stored_parts(company)
        for line in lines:
            factor = 1.0
            if line.uom:
                unit = line.product.uom_id
                factor = line.uom._compute_quantity(1.0, unit, round=False)
            for product, per_unit in parts.get(line.product, {}).items():
                needs[product] += line.quantity * Decimal(str(factor * per_unit))
        return needs

    @api.model
    def _get_oversold_text(self, short, room):
        lines = "\n".join(
            self.env._(
                "%(product)s: %(needed)g ordered, %(there)g can be promised",
                product=product.display_name,
                needed=quantity,
                there=max(0.0, room[product.id]),
            )
            for product, quantity in short
        )
        return self.env._(
            "The shop sold more than there is:\n%(lines)s\nAccept it to deliver what "
            "comes in, or cancel it in the shop. Try again when stock has arrived.",
            lines=lines,
        )
