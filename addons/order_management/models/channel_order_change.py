# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class ChannelOrderChange(models.Model):
    """One thing that a channel changed when it was too late to follow by itself.

    Both versions stand side by side until a person accepts or rejects.
    """

    _name = "channel.order.change"
    _description = "Change from Channel"
    _order = "id desc"
    _rec_name = "label"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    channel_order_id = fields.Many2one(
        "channel.order", "Inbox Row", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    channel_id = fields.Many2one(
        related="order_id.sale_channel_id", store=True, precompute=True
    )
    kind = fields.Selection(
        [
            ("cancel", "Cancellation"),
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("add", "New line"),
            ("remove", "Line removed"),
            ("shipping", "Delivery address"),
            ("invoice", "Invoice address"),
            ("note", "Other"),
        ],
        required=True,
        readonly=True,
    )
    label = fields.Char("What", required=True, readonly=True)
    current = fields.Text("Here", readonly=True)
    proposed = fields.Text("On the Channel", readonly=True)
    value = fields.Json(readonly=True)
    is_raise = fields.Boolean(
        readonly=True, help="More would leave than was approved: a reviewer decides."
    )
    state = fields.Selection(
        [
            ("pending", "To decide"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("outdated", "Outdated"),
        ],
        required=True,
        readonly=True,
        default="pending",
        help="Outdated: the channel sent a newer version before anybody decided.",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _pending_idx = models.Index("(order_id) WHERE state = 'pending'")

    def action_accept(self):
        """Take over the channel's version, any number of changes at once.

        :raises AccessError: for everybody but clerks; raises of what was approved need
            a reviewer
        :raises UserError: decided already, or not possible any more
        """
        self._check_decision_allowed()
        if any(change.is_raise for change in self):
            raising = self.filtered("is_raise").order_id
            if "explicit" in raising.mapped("approval_mode"):
                self.env["sale.order"]._check_reviewer()
        for order, changes in self.grouped("order_id").items():
            if order.locked:
                raise UserError(
                    self.env._("Unlock %(order)s first.", order=order.display_name)
                )
            values = changes.mapped(lambda change: change._prepare_values())
            self._apply(order, values, accepted=True)
        self.sudo()._decide("accepted")
        return True

    def action_reject(self):
        """Keep what stands here.

        :raises AccessError: for everybody but clerks
        :raises UserError: decided already
        """
        self._check_decision_allowed()
        self.sudo()._decide("rejected")
        return True

    def _check_decision_allowed(self):
        if not self.env.user.has_group("order_management.group_clerk"):
            raise AccessError(
                self.env._("Deciding on changes needs the right Order Hub: Clerk.")
            )
        self.check_access("read")
        self.order_id.check_access("write")
        if any(change.state != "pending" for change in self):
            raise UserError(
                self.env._(
                    "Some of these changes are decided already: reload the page."
                )
            )

    def _prepare_values(self):
        return {"kind": self.kind, "value": self.value, "is_raise": self.is_raise}

    def _decide(self, state):
        if not self:
            return
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        self.order_id._log_event(
            "update", reason=", ".join(f"{c.label}: {state}" for c in self)[:2000]
        )

    @api.model
    def _apply(self, order, changes, accepted=False):
        """Bring an order to the channel's version.

        :param changes: dicts with ``kind`` and ``value``
        :param accepted: a person decided: what is added may leave, too
        """
        if any(values["kind"] == "cancel" for values in changes):
            order._action_cancel()
            return
        lines = {line.channel_line_ref: line for line in order.order_line}
        commands = []
        for values in changes:
            commands += self._prepare_commands(order, lines, values["kind"], values)
        if commands:
            order.write({"order_line": commands})
        if accepted:
            self._approve_raised(order, changes)
        for values in changes:
            if values["kind"] in ("shipping", "invoice"):
                self._apply_address(order, values["kind"], values["value"])

    @api.model
    def _prepare_commands(self, order, lines, kind, values):
        value = values["value"] or {}
        line = lines.get(value.get("ref"))
        if kind == "add":
            return [Command.create(self._prepare_new_line(value))]
        if not line:
            return []
        if kind == "quantity":
            return [Command.update(line.id, {"product_uom_qty": value["quantity"]})]
        if kind == "remove":
            if order.state == "sale":
                return [Command.update(line.id, {"product_uom_qty": 0})]
            return [Command.delete(line.id)]
        if kind == "price":
            price = value["price_unit"]
            vals = {
                "price_unit": price,
                "technical_price_unit": 0.0 if price else -1.0,
                "discount": value["discount"],
                "tax_ids": [Command.set(value["tax_ids"])],
            }
            return [Command.update(line.id, vals)]
        return []

    @api.model
    def _prepare_new_line(self, value):
        return {
            "product_id": value["product_id"],
            "product_uom_id": value["product_uom_id"],
            "name": value["name"],
            "product_uom_qty": value["quantity"],
            "price_unit": value["price_unit"],
            "technical_price_unit": 0.0 if value["price_unit"] else -1.0,
            "discount": value["discount"],
            "tax_ids": [Command.set(value["tax_ids"])],
            "is_delivery": value["is_delivery"],
            "channel_line_ref": value["ref"],
        }

    @api.model
    def _approve_raised(self, order, changes):
        """A reviewer accepted more: it may leave, unless others decide about that."""
        if order.approval_mode != "explicit" or order.state != "sale":
            return
        if order._get_raise_blockers():
            return
        refs = {
            values["value"]["ref"]
            for values in changes
            if values.get("is_raise") and values["kind"] in ("quantity", "add")
        }
        for line in order.order_line:
            if line.channel_line_ref in refs:
                line.write(
                    {
                        "approved_qty": line.product_uom_qty,
                        "cut_reason": self.env._("Change of the channel accepted"),
                    }
                )

    @api.model
    def _apply_address(self, order, kind, value):
        partner = self.env["res.partner"].browse(value["partner_id"]).exists()
        if not partner:
            return
        if kind == "invoice":
            order.partner_invoice_id = partner
            return
        pickings = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        pickings.partner_id = partner
        fresh = not any(picking.state == "done" for picking in order.picking_ids)
        order.with_context(update_delivery_shipping_partner=fresh).write(
            {"partner_shipping_id": partner.id}
        )
