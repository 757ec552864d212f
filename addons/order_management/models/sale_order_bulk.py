# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import float_compare

#: the note that tells what a record was made from
ORIGIN_NOTE = "mail.message_origin_link"


class Lookups:
    """What is asked again and again while orders are being confirmed.

    Odoo asks for the same rule, bill of materials and reordering rules line by line,
    some of it several times a line. Passed in the context, under
    ``order_management_lookups``; no RPC call can make one. Two are never equal: Odoo
    looks up environments by equal contexts, and would find that of an earlier
    confirmation.
    """

    def __init__(self, products):
        #: all products of the orders, so that one look-up serves every line
        self.products = products
        #: {what was looked up: answer}, for `remember`
        self._memory = {}

    @staticmethod
    def of(records):
        """What is known in the confirmation that these records are part of, or None.

        What is done after its commit looks again.
        """
        lookups = Bulk.of(records) or records.env.context.get(
            "order_management_lookups"
        )
        if isinstance(lookups, Lookups) and lookups.products.env.cr is records.env.cr:
            return lookups
        return None

    def remember(self, key, load):
        """The result of ``load()``, computed once a batch; never a recordset, which
        would carry the rights of whoever asked first."""
        if key not in self._memory:
            self._memory[key] = load()
        return self._memory[key]


class Bulk(Lookups):
    """What a batch of orders that is being confirmed at once has in common.

    It is passed in the context, under ``order_management_bulk``.
    """

    def __init__(self, products):
        super().__init__(products)
        #: quants that this transaction has locked
        self.locked_quant_ids = set()
        #: [(record, order it was made for)] whose note is still to be written
        self.origins = []
        #: new moves of new orders, whose transfers are still to be made
        self.fresh_move_ids = ()

    @staticmethod
    def of(records):
        """The batch that these records are worked on in, or None."""
        bulk = records.env.context.get("order_management_bulk")
        return bulk if isinstance(bulk, Bulk) else None

    def log_origins(self):
        """Write the notes "created from ..." of all new records at once."""
        bodies = {}
        for record, origin in self.origins:
            qweb = record.env["ir.qweb"].with_context(minimal_qcontext=True)
            values = {"self": record, "origin": origin, "edit": False}
            bodies[record.id] = qweb._render(ORIGIN_NOTE, values)
        if bodies:
            self.origins[0][0].browse(bodies)._message_log_batch(bodies=bodies)
        self.origins.clear()


class SaleOrder(models.Model):
    """An order; here: confirmed together with many others.

    Odoo confirms orders one after the other inside one call: it searches a transfer
    for each, makes each transfer, its note and its reference alone, and reserves move
    by move. For orders that are new that can all be done once for the whole batch. The
    overrides ask `Bulk.of` and leave everybody else to Odoo; the rows made are the
    same (a test compares them).
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _confirm_in_bulk(self):
        """Confirm these quotations as one batch; 30 to 100 are best.

        :raises UserError: one of them cannot be confirmed; then none is
        """
        bulk = Bulk(self.order_line.product_id)
        orders = self.with_context(
            order_management_bulk=bulk,
            # events say what happened to each order, one statement for all
            tracking_disable=True,
            mail_auto_subscribe_no_notify=True,
        )
        # read for all: what follows looks at one order after the other
        orders.mapped("name")
        orders.order_line.mapped("invoice_lines")
        orders._create_stock_references()
        orders.action_confirm()
        bulk.log_origins()
        # here, where what is recomputed is looked up once for the batch as well
        orders.env.flush_all()

    def _action_confirm(self):
        """Override of ``sale``: what all lines ask is looked up once, also for an order
        that is confirmed by itself."""
        if Lookups.of(self):
            return super()._action_confirm()
        lookups = Lookups(self.order_line.product_id)
        orders = self.with_context(order_management_lookups=lookups)
        return super(SaleOrder, orders)._action_confirm()

    def _create_stock_references(self):
        """The references that Odoo would make one by one, order by order."""
        first_lines = []
        for order in self:
            if order.stock_reference_ids:
                continue
            lines = order.order_line.filtered(
                lambda line: line.product_id.type == "consu" and line._asks_for_goods()
            )
            first_lines += lines[:1]
        self.env["stock.reference"].create(
            [line._prepare_reference_vals() for line in first_lines]
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _asks_for_goods(self):
        """Whether the confirmation of its order makes a procurement for this line."""
        self.ensure_one()
        if not self.move_ids:
            limit = self.approved_qty if self.approval_mode == "explicit" else None
            return bool(self.product_uom_qty if limit is None else limit)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        moved = self._get_qty_procurement()
        return bool(float_compare(moved, self.product_uom_qty, precision_digits=digits))
