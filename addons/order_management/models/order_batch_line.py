# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class OrderBatchLine(models.Model):
    """One order of a bulk step, and what became of it."""

    _name = "order.batch.line"
    _description = "Order of a Bulk Step"
    _order = "batch_id desc, id"

    batch_id = fields.Many2one(
        "order.batch", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(related="batch_id.kind")
    user_id = fields.Many2one(related="batch_id.user_id")
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    row_id = fields.Many2one(
        "channel.order",
        "Inbox Row",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    channel_id = fields.Many2one("sale.channel", compute="_compute_channel_id")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("skipped", "Left Alone"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    message = fields.Text("What Happened", readonly=True)
    seconds = fields.Float(
        "Duration (s)",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="Its share of the time that its part of the batch took.",
    )
    invoice_id = fields.Many2one(
        "account.move", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _batch_state_idx = models.Index("(batch_id, state)")
    _waiting_idx = models.Index("(write_date) WHERE state = 'waiting'")
    # what failed or was left alone is looked for over all steps; most went well
    _problem_idx = models.Index(
        "(state, batch_id) WHERE state NOT IN ('done', 'waiting')"
    )
    _message_idx = models.Index("(batch_id) WHERE message IS NOT NULL")

    @api.depends("order_id", "row_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (line.order_id or line.row_id).display_name

    @api.depends("order_id", "row_id")
    def _compute_channel_id(self):
        for line in self:
            line.channel_id = line.order_id.sale_channel_id or line.row_id.channel_id

    def action_open(self):
        """Open the order, or the inbox row where there is none."""
        self.ensure_one()
        return (self.order_id or self.row_id).get_formview_action()

    def _get_records(self):
        """The inbox rows, or orders, of these lines; of one kind."""
        return self.row_id or self.order_id

    def _settle(self, outcomes, seconds):
        """Note what became of these orders.

        :param outcomes: ``{record id: {field of the line: value}}``
        :param seconds: what each of them took
        """
        for line in self:
            key = (line.row_id or line.order_id).id
            line.write(
                {"message": False, **outcomes[key], "seconds": seconds.get(key, 0.0)}
            )
        if undone := self.batch_id.undone_batch_id:
            done = self.filtered(lambda line: line.state == "done")
            undone.line_ids.browse(
                self.search(
                    [
                        ("batch_id", "=", undone.id),
                        ("state", "=", "done"),
                        ("order_id", "in", done.order_id.ids),
                    ]
                ).ids
            ).write({"state": "undone"})
