# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.photos import keep_photos

#: orders that are offered at most
_CANDIDATES = 20


class ChannelReturnParcel(models.Model):
    """A parcel that arrived and nobody announced: whose is it?"""

    _name = "channel.return.parcel"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Unknown Parcel"
    _order = "arrived_at desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "tracking_ref", "sender_name"]

    _TRANSITIONS = {
        "open": ("linked", "dropped"),
        "dropped": ("open",),
    }

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
    )
    arrived_at = fields.Datetime(
        "Arrived", required=True, default=fields.Datetime.now, copy=False
    )
    carrier_name = fields.Char("Carrier")
    tracking_ref = fields.Char("Tracking Number", index="btree_not_null", copy=False)
    sender_name = fields.Char("Sender", index="trigram")
    sender_phone = fields.Char("Phone")
    sender_address = fields.Char("Address")
    order_hint = fields.Char("Order Number", help="Where one is written on it.")
    contents = fields.Text(help="What is in it, and in which condition.")
    product_id = fields.Many2one(
        "product.product", check_company=True, ondelete="restrict"
    )
    quantity = fields.Float(digits="Product Unit", default=1.0)
    place = fields.Char("Where It Is", help="Shelf or box in the warehouse.")
    photo_ids = fields.Many2many(
        "ir.attachment",
        "channel_return_parcel_photo_rel",
        "parcel_id",
        "attachment_id",
        "Photos",
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        check_company=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    state = fields.Selection(
        [("open", "Open"), ("linked", "Return made"), ("dropped", "Not ours")],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    return_id = fields.Many2one(
        "channel.return",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(
        "sale.order",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        domain="[('state', '=', 'sale')]",
        help="The order that the goods are of.",
    )
    candidate_ids = fields.Many2many(
        "sale.order", string="Could Be", compute="_compute_candidate_ids"
    )
    age_days = fields.Integer(
        "Days", compute="_compute_age_days", help="How long it has been lying here."
    )

    _quantity_check = models.Constraint(
        "CHECK (quantity >= 0)", "No quantity is below zero."
    )
    # the same label is not entered twice
    _tracking_uniq = models.UniqueIndex(
        "(company_id, tracking_ref) WHERE tracking_ref IS NOT NULL AND state = 'open'",
        "A parcel with this tracking number is open already.",
    )

    @api.depends("arrived_at", "state")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for record in self:
            is_open = record.state == "open" and record.arrived_at
            record.age_days = (now - record.arrived_at).days if is_open else 0

    @api.depends(
        "tracking_ref", "sender_phone", "sender_name", "order_hint", "product_id"
    )
    def _compute_candidate_ids(self):
        for record in self:
            record.candidate_ids = record._find_candidates()

    @api.model_create_multi
    def create(self, vals_list):
        """Number parcels by their company's sequence."""
        self.env["ir.sequence"]._fill_numbers(vals_list, self._name)
        parcels = super().create(vals_list)
        keep_photos(parcels)
        return parcels

    def _find_candidates(self):
        """Orders that the parcel may be of, the likeliest first.

        Tracking number and order number, then the phone, then the name; what sold the
        product comes before what did not.
        """
        self.ensure_one()
        orders = self.env["sale.order"]
        finder = self.env["order.finder"].with_company(self.company_id)
        found = []
        known = self._find_announced()
        found += known.order_ids.ids
        for term in (
            self.tracking_ref,
            self.order_hint,
            self.sender_phone,
            self.sender_name,
        ):
            if term and len(term.strip()) > 2:
                found += finder._find_order_ids(term)
        domain = [
            ("id", "in", list(dict.fromkeys(found))),
            ("state", "=", "sale"),
            ("company_id", "=", self.company_id.id),
        ]
        matching = orders.search(domain)
        if not found and self.product_id:
            matching = orders.search(
                [
                    ("state", "=", "sale"),
                    ("company_id", "=", self.company_id.id),
                    ("order_line.product_id", "=", self.product_id.id),
                ],
                limit=_CANDIDATES,
            )
        rank = {order_id: place for place, order_id in enumerate(reversed(found))}
        product = self.product_id
        return matching.sorted(
            lambda order: (
                bool(product) and product in order.order_line.product_id,
                rank.get(order._origin.id, -1),
            ),
            reverse=True,
        )[:_CANDIDATES]

    def _find_announced(self):
        """Open returns that name the tracking number of this parcel."""
        self.ensure_one()
        if not self.tracking_ref:
            return self.return_id.browse()
        return self.env["channel.return"].search(
            [
                ("return_tracking", "=", self.tracking_ref),
                ("company_id", "=", self.company_id.id),
                ("state", "not in", ("refused", "cancelled", "closed")),
            ]
        )

    def action_make_return(self):
        """Make a return of the chosen order for what is in the parcel, or link the one
        that announced it.

        :raises UserError: no order is chosen, or nothing of it can come back
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "open":
            raise UserError(
                self.env._("Parcel %(name)s is dealt with already.", name=self.name)
            )
        record = self._find_announced()[:1] or self._make_return()
        self.return_id = record
        self._transition("linked", record.name)
        if self.photo_ids:
            # sudo: the pictures were taken by whoever opened the parcel
            record.sudo().photo_ids |= self.photo_ids
        return record.get_formview_action()

    def _make_return(self):
        order = self.order_id
        if not order:
            raise UserError(
                self.env._(
                    "Choose the order that the goods are of first. “Could Be” lists "
                    "those that fit the label."
                )
            )
        lines = self._prepare_return_lines()
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing of order %(order)s can come back: it was not shipped, or "
                    "is back already. Choose another order.",
                    order=order.name,
                )
            )
        # sudo: whoever opens a parcel says what is in it; a reviewer decides on it
        returns = self.env["channel.return"].sudo()
        record = returns.create(self._prepare_return_vals(order, lines))
        # no decision note: who refuses it has to say why
        record.message_post(body=self.env._("Arrived unannounced: %s", self.name))
        return record.sudo(False)

    def _prepare_return_vals(self, order, lines):
        return {
            "company_id": self.company_id.id,
            "channel_id": order.sale_channel_id.id,
            "partner_id": order.partner_id.id,
            "currency_id": order.currency_id.id,
            "return_tracking": self.tracking_ref,
            "return_carrier": self.carrier_name,
            "line_ids": lines,
        }

    def _prepare_return_lines(self):
        sold = self.order_id.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line._has_left()
        )
        if self.product_id:
            sold = sold.filtered(lambda line: line.product_id == self.product_id)
        left = self.quantity if self.product_id and self.quantity else None
        lines = []
        for line, room in sold._get_returnable_qty().items():
            quantity = room if left is None else min(room, left)
            if line.product_uom_id.compare(quantity, 0.0) <= 0:
                continue
            if left is not None:
                left -= quantity
            lines.append(
                Command.create(
                    {
                        "order_id": line.order_id.id,
                        "sale_line_id": line.id,
                        "requested_qty": quantity,
                    }
                )
            )
        return lines

    def action_drop(self):
        """It is not of ours: sent on, thrown away, or a mistake."""
        self.check_access("write")
        self._transition("dropped")
        return True

    def action_reopen(self):
        """Look for its order again."""
        self.check_access("write")
        self._transition("open")
        return True

    def action_view_return(self):
        """Open the return that was made of the parcel."""
        self.ensure_one()
        return self.return_id.get_formview_action()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_linked(self):
        if linked := self.filtered("return_id"):
            raise UserError(
                self.env._(
                    "Parcel %(name)s belongs to a return and stays.",
                    name=linked[0].name,
                )
            )
