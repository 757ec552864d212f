# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class StockHold(models.Model):
    """A quantity of one product promised from one warehouse for a while."""

    _name = "stock.hold"
    _inherit = ["order.state.mixin"]
    _description = "Stock Hold"
    _order = "id desc"
    _check_company_auto = True

    _TRANSITIONS = {"active": ("converted", "released", "expired")}
    #: what was promised to whom: fixed once the hold has ended
    _PROMISE_FIELDS = frozenset(
        (
            "product_id",
            "warehouse_id",
            "quantity",
            "kind",
            "expires_at",
            "order_id",
            "sale_line_id",
            "channel_id",
            "key",
        )
    )

    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain=[("is_storable", "=", True)],
        ondelete="restrict",
        index=True,
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        check_company=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_warehouse_id(),
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", store=True, precompute=True, index=True
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", related="product_id.uom_id", readonly=True
    )
    kind = fields.Selection(
        [
            ("cart", "Shopping cart"),
            ("unpaid", "Unpaid order"),
            ("quotation", "Quotation"),
            ("campaign", "Campaign"),
            ("manual", "By hand"),
        ],
        required=True,
        default="manual",
        help="What the quantity is kept for. All but those made by hand must end.",
    )
    state = fields.Selection(
        [
            ("active", "Active"),
            ("converted", "Converted"),
            ("released", "Released"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="active",
        copy=False,
        help="Converted: the order was confirmed. Released: somebody gave the "
        "quantity back. Expired: its time ran out.",
    )
    expires_at = fields.Datetime(
        "Expires", copy=False, help="The hold ends by itself at this moment."
    )
    closed_at = fields.Datetime("Ended", readonly=True, copy=False)
    order_id = fields.Many2one(
        "sale.order", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Order Line",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('order_id', '=', order_id)]",
    )
    channel_id = fields.Many2one(
        "sale.channel", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    reason = fields.Char(index="trigram")
    key = fields.Char(
        "Idempotency Key",
        readonly=True,
        copy=False,
        help="Names the promise: while it is active, the same key holds nothing twice.",
    )
    can_release = fields.Boolean(compute="_compute_can_release")

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0)", "A hold needs a quantity above zero."
    )
    _expires_at_check = models.Constraint(
        "CHECK (kind = 'manual' OR expires_at IS NOT NULL)",
        "Only a hold made by hand may be without an end: set when this one expires.",
    )
    _key_uniq = models.UniqueIndex(
        "(company_id, key) WHERE state = 'active' AND key IS NOT NULL",
        "There is an active hold with this key already.",
    )
    _active_idx = models.Index("(product_id, warehouse_id) WHERE state = 'active'")
    _expiry_idx = models.Index("(expires_at) WHERE state = 'active'")
    # whose they are: people's few among those of shops
    _creator_idx = models.Index("(create_uid, id)")

    @api.model
    def _default_warehouse_id(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("product_id", "quantity", "warehouse_id")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = self.env._(
                "%(quantity)g %(uom)s of %(product)s",
                quantity=hold.quantity,
                uom=hold.product_uom_id.name or "",
                product=hold.product_id.display_name or "",
            )

    @api.depends("state", "create_uid")
    @api.depends_context("uid")
    def _compute_can_release(self):
        is_reviewer = self.env.user.has_group("order_management.group_reviewer")
        for hold in self:
            hold.can_release = hold.state == "active" and (
                is_reviewer or hold.create_uid == self.env.user
            )

    @api.constrains("product_id")
    def _check_product_storable(self):
        for hold in self:
            if not hold.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is not tracked in stock, so nothing of it can "
                        "be held. Choose a product with “Track Inventory”.",
                        product=hold.product_id.display_name,
                    )
                )

    @api.constrains("expires_at", "state")
    def _check_expires_at_future(self):
        now = fields.Datetime.now()
        for hold in self:
            if hold.state == "active" and hold.expires_at and hold.expires_at <= now:
                raise ValidationError(
                    self.env._(
                        "The hold of %(hold)s would have ended already. Choose a "
                        "moment in the future.",
                        hold=hold.display_name,
                    )
                )

    @api.constrains("order_id", "sale_line_id", "product_id")
    def _check_sale_line(self):
        for hold in self.filtered("sale_line_id"):
            line = hold.sale_line_id
            if line.order_id != hold.order_id or line.product_id != hold.product_id:
                raise ValidationError(
                    self.env._(
                        "The order line “%(line)s” is of another order or product "
                        "than the hold. Choose a line that fits.",
                        line=line.display_name,
                    )
                )

    def write(self, vals):
        """Change a hold while it is active.

        :raises UserError: when it has ended and ``vals`` would change the promise
        """
        if self._PROMISE_FIELDS.intersection(vals):
            ended = self.filtered(lambda hold: hold.state != "active")
            if ended:
                raise UserError(
                    self.env._(
                        "The hold of %(hold)s has ended (%(state)s) and stays as it "
                        "was. Make a new one.",
                        hold=ended[0].display_name,
                        state=self._get_state_label(ended[0].state),
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._("Holds are kept as history. Use “Release” to end one.")
        )

    def action_release(self):
        """Give the quantity back before its time.

        :raises AccessError: for everybody but reviewers and who made the hold
        :raises UserError: when one has been converted or has expired
        """
        is_reviewer = self.env.user.has_group("order_management.group_reviewer")
        if not is_reviewer and any(h.create_uid != self.env.user for h in self):
            raise AccessError(
                self.env._(
                    "Only reviewers may release the holds of others. Ask one of them."
                )
            )
        self.check_access("read")
        self.sudo()._transition("released")
        return True

    @api.model
    def _cron_expire(self, batch_size=1000):
        """End the holds whose time has run out, in batches, oldest first."""
        remaining = self.search_count(self._get_expired_domain())
        while remaining > 0:
            holds = self.search(
                self._get_expired_domain(), limit=batch_size, order="expires_at, id"
            ).try_lock_for_update()
            if not holds:
                # whoever has locked the rest is ending it
                return
            holds._transition("expired")
            remaining -= len(holds)
            if not self.env["ir.cron"]._commit_progress(
                len(holds), remaining=max(remaining, 0)
            ):
                return

    @api.model
    def _get_expired_domain(self):
        """Active holds whose end has passed."""
        return [("state", "=", "active"), ("expires_at", "<=", fields.Datetime.now())]

    def _prepare_transition_vals(self, target, reason):
        """Override of ``order.state.mixin`` to note when the promise ended."""
        vals = super()._prepare_transition_vals(target, reason)
        return {**vals, "closed_at": fields.Datetime.now()}
