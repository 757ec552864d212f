# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

from ..tools.columns import create_column_with_default


class SaleOrder(models.Model):
    """An order; here: when it is invoiced by itself.

    What happens to an order sets the moment, in the transaction in which it happens;
    jobs do the rest (`sale_order_invoice_job`).
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # what the channel said then: a change of it is about later orders only
    channel_invoice_policy = fields.Char(
        compute="_compute_channel_invoice_policy",
        store=True,
        precompute=True,
        copy=False,
    )
    invoice_due_at = fields.Datetime(
        "Invoiced From",
        readonly=True,
        copy=False,
        help="When the order is invoiced by itself, as its channel says.",
    )
    invoice_problem = fields.Text("Why It Is Not Invoiced", readonly=True, copy=False)

    _invoice_due_idx = models.Index(
        "(sale_channel_id, invoice_due_at) WHERE invoice_due_at IS NOT NULL"
    )

    @api.depends("sale_channel_id")
    def _compute_channel_invoice_policy(self):
        for order in self:
            order.channel_invoice_policy = order._get_channel_invoice_policy()

    def _get_channel_invoice_policy(self):
        policy = self.sale_channel_id.sudo().invoice_policy
        history = self.is_channel_history
        return policy if policy != "manual" and not history else False

    def _auto_init(self):
        """Make the column before the ORM does: older orders are invoiced by hand."""
        create_column_with_default(self.env.cr, self, "channel_invoice_policy", None)
        return super()._auto_init()

    def _action_confirm(self):
        """Override of `sale`: the first moment an order may be invoiced."""
        for order in self.filtered("sale_channel_id"):
            policy = order._get_channel_invoice_policy()
            if (order.channel_invoice_policy or False) != policy:
                order.channel_invoice_policy = policy
        result = super()._action_confirm()
        managed = self.filtered("channel_invoice_policy")
        if managed:
            managed._mark_invoice_due("order")
            managed.filtered(lambda order: order._is_paid_in_full())._mark_invoice_due(
                "payment"
            )
            managed._mark_invoice_due("period")
            # what consists of services only never leaves
            services = managed.filtered(lambda order: not order._has_goods())
            for policy in ("shipment", "delivery"):
                services._mark_invoice_due(policy, delivered=True)
        return result

    def _has_goods(self):
        """Whether anything of this order is to be sent."""
        self.ensure_one()
        return any(
            line.product_id.type == "consu" and line.product_uom_qty > 0
            for line in self.order_line
        )

    def write(self, vals):
        """Override: the channel reports the payment."""
        result = super().write(vals)
        if vals.get("channel_paid"):
            self._mark_invoice_due("payment")
        return result

    def _is_paid_in_full(self):
        self.ensure_one()
        paid = sum(
            transaction.amount
            for transaction in self.sudo().transaction_ids
            if transaction.state == "done"
        )
        return self.channel_paid or (
            paid and self.currency_id.compare_amounts(paid, self.amount_total) >= 0
        )

    def _mark_invoice_due(self, policy, delivered=False):
        """Something happened that orders of a policy are invoiced after.

        :param policy: ``order``, ``shipment``, ``delivery``, ``payment`` or ``period``
        :param delivered: whether the customer has the goods for certain
        """
        orders = self.sudo().filtered(
            lambda order: (
                order.channel_invoice_policy == policy and order.state == "sale"
            )
        )
        now = fields.Datetime.now()
        for channel, group in orders.grouped("sale_channel_id").items():
            moment = now
            if policy == "period":
                moment = channel._get_next_cutoff(now)
            elif policy == "delivery" and not delivered:
                moment = now + timedelta(days=channel.invoice_delivery_days)
            group._set_invoice_due(moment)

    def _set_invoice_due(self, moment):
        """Have jobs invoice these orders from a moment on, or earlier if so set."""
        later = self.filtered(
            lambda order: not order.invoice_due_at or order.invoice_due_at > moment
        )
        if not later:
            return
        later.write({"invoice_due_at": moment})
        if moment <= fields.Datetime.now():
            later.sale_channel_id._enqueue_invoicing()

    def _mark_moved_goods(self, left, returned):
        """Goods of these orders left, or came back.

        :param left: orders of which something left
        :param returned: orders of which something came back
        """
        for policy in ("shipment", "delivery", "period"):
            left._mark_invoice_due(policy)
        returned._mark_credit_due()

    def _mark_credit_due(self):
        """Something is to be given back, if that is done by itself here."""
        orders = self.sudo().filtered(
            lambda order: (
                order.channel_invoice_policy
                and order.sale_channel_id.credit_policy != "manual"
            )
        )
        at_end = orders.filtered(lambda o: o.channel_invoice_policy == "period")
        at_end._mark_invoice_due("period")
        (orders - at_end)._set_invoice_due(fields.Datetime.now())

    def _prepare_invoice(self):
        """Override: in the channel's journal."""
        values = super()._prepare_invoice()
        if self.channel_invoice_policy and not self.journal_id:
            # who invoices need not read channels
            journal = self.sale_channel_id.sudo().invoice_journal_id
            if journal:
                values["journal_id"] = journal.id
        return values
