# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from decimal import Decimal

from odoo import api, models

#: the code of an order that asks for more than there is
OVERSOLD = "oversold"


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: shops that sold more than there is.

    A shop that shows our stock can still sell a unit twice: its own race, an order that
    came late. Such an order waits in the inbox for a decision and reserves nothing.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _check_totals(self, channel, items):
        """Override: once products and quantities are known."""
        result = super()._check_totals(channel, items)
        if channel.stock_is_published and channel.sync_state != "draft":
            new = [item for item in self._open(items) if not item.row.sale_order_id]
            self._hold_oversold(channel, new)
        return result

    @api.model
    def _hold_oversold(self, channel, items):
        """In the order of their arrival, as long as there is something."""
        needs = {id(item): self._get_needs(item) for item in items}
        products = self.env["product.product"].union(
            *(product for needed in needs.values() for product in needed)
        )
        if not products:
            return
        publisher = self.env["channel.stock.publisher"]
        warehouses = publisher._get_warehouses(channel.company_id)
        warehouses |= channel.warehouse_id
        # whoever sells or holds the same at this moment is counted before or after
        self.env["stock.hold"]._claim_stock(products, warehouses)
        room = products._get_available_to_promise(warehouses)
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
    def _get_needs(self, item):
        """``{stored product: quantity in its unit}`` of an order that is to ship."""
        needs = defaultdict(Decimal)
        if item.is_cancelled or item.is_history:
            return needs
        for line in item.lines:
            if line.product and line.product.is_storable and line.quantity > 0:
                factor = 1.0
                if line.uom:
                    unit = line.product.uom_id
                    factor = line.uom._compute_quantity(1.0, unit, round=False)
                needs[line.product] += line.quantity * Decimal(str(factor))
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
