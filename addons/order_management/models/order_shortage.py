# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

OPTIONS = [
    ("wait", "Wait"),
    ("partial", "Send what is there"),
    ("substitute", "Take a substitute"),
    ("cancel", "Cancel what is missing"),
]


class OrderShortage(models.Model):
    """Goods of one order line that are not there, until they are or are not wanted."""

    _name = "order.shortage"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Shortage"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {
        "waiting": ("asked", "answered", "solved"),
        "asked": ("answered", "solved"),
        # customers change their minds as long as nothing was done
        "answered": ("answered", "solved"),
    }

    line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    channel_id = fields.Many2one(
        related="order_id.sale_channel_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True
    )
    product_id = fields.Many2one(related="line_id.product_id", store=True, index=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, check_company=True, ondelete="set null"
    )
    missing_qty = fields.Float("Missing", digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="line_id.product_uom_id", string="Unit")
    expected_at = fields.Datetime(
        "Expected", readonly=True, help="Empty: nothing is on order for it."
    )
    state = fields.Selection(
        [
            ("waiting", "To Ask"),
            ("asked", "Customer Asked"),
            ("answered", "Answered"),
            ("solved", "Solved"),
        ],
        group_expand="_group_expand_state",
        required=True,
        readonly=True,
        default="waiting",
        copy=False,
        index=True,
        tracking=True,
    )
    option = fields.Selection(OPTIONS, "Choice", readonly=True, tracking=True)
    substitute_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", tracking=True
    )
    is_applied = fields.Boolean("Applied", readonly=True)
    asked_at = fields.Datetime("Asked On", readonly=True)
    answered_at = fields.Datetime("Answered On", readonly=True)
    answered_by = fields.Selection(
        [("customer", "Customer"), ("user", "Us")], readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(line_id) WHERE state <> 'solved'", "This line is in the list already."
    )

    @api.depends("product_id", "order_id.name")
    def _compute_display_name(self):
        for shortage in self:
            shortage.display_name = (
                f"{shortage.order_id.name}: {shortage.product_id.display_name}"
            )

    @api.model
    def _sync(self, facts):
        """Bring the list up to date.

        :param facts: ``{line: (missing in the line's unit, moment or False)}``; what
            misses nothing is solved
        :return: the shortages that customers should hear of: those that are new, and
            those that nobody knows a day for any more (a later day is news of the
            promise)
        """
        shortages_sudo = self.sudo().with_context(tracking_disable=True)
        known = {
            shortage.line_id: shortage
            for shortage in shortages_sudo.search(
                [
                    ("line_id", "in", [line.id for line in facts]),
                    ("state", "!=", "solved"),
                ]
            )
        }
        new, moved, over = [], shortages_sudo.browse(), shortages_sudo.browse()
        for line, (missing, moment) in facts.items():
            shortage = known.get(line.sudo())
            if line.product_uom_id.is_zero(missing):
                over |= shortage or shortages_sudo
            elif shortage:
                moved |= shortage._follow(missing, moment)
            else:
                new.append(self._prepare_vals(line, missing, moment))
        over._solve(self.env._("The goods are there"))
        created = shortages_sudo.create(new)
        return created | moved.filtered(lambda shortage: not shortage.expected_at)

    @api.model
    def _prepare_vals(self, line, missing, moment):
        return {
            "line_id": line.id,
            "order_id": line.order_id.id,
            "company_id": line.company_id.id,
            "warehouse_id": line.warehouse_id.id,
            "missing_qty": missing,
            "expected_at": moment,
        }

    def _follow(self, missing, moment):
        """Write what changed.

        :return: the shortage if it is expected at another day
        """
        self.ensure_one()
        is_moved = (self.expected_at or False) != moment and (
            not moment
            or not self.expected_at
            or moment.date() != self.expected_at.date()
        )
        if is_moved or self.line_id.product_uom_id.compare(self.missing_qty, missing):
            self.write({"missing_qty": missing, "expected_at": moment})
        return self if is_moved else self.browse()

    def _solve(self, reason):
        """These goods are missed no more."""
        still = self.filtered(lambda shortage: shortage.state != "solved")
        still._transition("solved", reason)
        still.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _solve_over(self, companies):
        """What nothing is open of any more: shipped, cut, or no confirmed order."""
        shortages = self.sudo().search(
            [("company_id", "in", companies.ids), ("state", "!=", "solved")]
        )
        shortages.filtered(
            lambda shortage: (
                shortage.order_id.state == "sale"
                and not shortage.line_id._is_still_open()
            )
        )._solve(self.env._("Delivered"))
        orders = shortages.order_id.filtered(lambda o: o.state in ("draft", "sent"))
        orders._release_oversold()

    def _tell(self):
        """Let customers know, once for each expected day of an order; the answer is
        theirs from then on."""
        entries = {}
        for shortage in self.filtered(lambda s: s.state in ("waiting", "asked")):
            moment = max(
                (s.expected_at for s in self if s.order_id == shortage.order_id),
                key=lambda moment: (not moment, moment or fields.Datetime.now()),
            )
            key = f"{moment:%Y-%m-%d}" if moment else "-"
            entries[shortage.order_id] = (shortage.order_id, "no_stock", key)
        messages = self.env["order.message"].sudo()
        messages._queue(list(entries.values()))
        told = messages.search(
            [
                ("order_id", "in", self.order_id.ids),
                ("event", "=", "no_stock"),
                ("state", "!=", "skipped"),
            ]
        ).order_id
        asked = self.filtered(
            lambda shortage: shortage.state == "waiting" and shortage.order_id in told
        )
        asked.write({"asked_at": fields.Datetime.now()})
        asked._transition("asked")
        return asked

    def action_ask(self):
        """Ask these customers what to do.

        :raises UserError: none of them can be asked by message
        """
        self.check_access("write")
        waiting = self.sudo().filtered(lambda shortage: shortage.state == "waiting")
        if waiting and not waiting._tell():
            raise UserError(
                self.env._(
                    "Nobody could be told: messages to customers are off for these "
                    "channels, or there is no e-mail address. Call them, then enter "
                    "their choice."
                )
            )
        return True

    def action_open_order(self):
        """Open the order that misses something."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    def action_view_replenishment(self):
        """Open the replenishment list of these products.

        Odoo adds what is missing when the list is opened. Doing so at each confirmation
        would have orders of scarce goods wait for each other: Odoo counts a line of
        this list anew with every move of its product.
        """
        rules = self.env["stock.warehouse.orderpoint"]
        if rules.has_access("create"):
            action = rules.action_open_orderpoints()
        else:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "stock.action_orderpoint_replenish"
            )
        domain = [("product_id", "in", self.product_id.ids)]
        return {**action, "domain": domain, "context": {}}
