# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, models


class ChannelOrderChange(models.Model):
    """A change of a channel; here: how orders are brought to the channel's version.

    Quotations are changed together, the number of queries does not grow with them. A
    confirmed order is written by itself: Odoo adapts its transfers order by order.
    """

    _inherit = "channel.order.change"

    @api.model
    def _apply(self, pairs, accepted=False):
        """Bring orders to the channel's version.

        :param pairs: list of ``(order, changes)``; a change is a dict with ``kind``,
            ``value`` and ``is_raise``
        :param accepted: a person decided: what is added may leave, too
        """
        cancelled = [
            order
            for order, changes in pairs
            if any(values["kind"] == "cancel" for values in changes)
        ]
        if cancelled:
            self.env["sale.order"].concat(*cancelled)._action_cancel()
        still_open = [pair for pair in pairs if pair[0] not in cancelled]
        self._apply_lines(still_open)
        self._apply_addresses(still_open)
        if accepted:
            for order, changes in still_open:
                self._approve_raised(order, changes)
            for order, changes in pairs:
                self._apply_decided(order, changes)

    @api.model
    def _apply_lines(self, pairs):
        updates, removed, added = {}, [], []
        for order, changes in pairs:
            lines = {line.channel_line_ref: line for line in order.order_line}
            commands = []
            for values in changes:
                commands += self._prepare_commands(order, lines, values)
            if commands and order.state == "sale":
                order.write({"order_line": commands})
                continue
            for command, line_id, vals in commands:
                if command == Command.UPDATE:
                    updates.setdefault(line_id, {}).update(vals)
                elif command == Command.DELETE:
                    removed.append(line_id)
                else:
                    added.append({**vals, "order_id": order.id})
        self._write_lines(updates, removed, added)

    @api.model
    def _write_lines(self, updates, removed, added):
        """Change lines of quotations, those with equal values together."""
        model = self.env["sale.order.line"]
        model.browse(removed).unlink()
        groups = {}
        for line_id, vals in updates.items():
            groups.setdefault(repr(sorted(vals.items())), (vals, []))[1].append(line_id)
        for vals, ids in groups.values():
            # all of them are fetched together, whoever is written with whom
            model.browse(ids).with_prefetch(list(updates)).write(vals)
        model.create(added)

    @api.model
    def _prepare_commands(self, order, lines, values):
        kind, value = values["kind"], values["value"] or {}
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
    def _apply_addresses(self, pairs):
        groups = {}
        for order, changes in pairs:
            for values in changes:
                if values["kind"] in ("shipping", "invoice"):
                    key = (values["kind"], *values["value"].items())
                    groups.setdefault(key, []).append(order)
        ids = {dict(key[1:])["partner_id"] for key in groups}
        known = set(self.env["res.partner"].browse(ids).exists().ids)
        for (kind, *items), orders in groups.items():
            value = dict(items)
            if value["partner_id"] in known:
                self._apply_address(kind, value, self.env["sale.order"].concat(*orders))

    @api.model
    def _apply_address(self, kind, value, orders):
        partner_id = value["partner_id"]
        if kind == "invoice":
            orders.write({"partner_invoice_id": partner_id})
            return
        vals = {"partner_shipping_id": partner_id}
        if "fiscal_position_id" in value:
            # found for all orders together, Odoo would look for each one's
            vals["fiscal_position_id"] = value["fiscal_position_id"]
        transfers = orders.picking_ids.filtered(
            lambda transfer: transfer.state not in ("done", "cancel")
        )
        transfers.partner_id = partner_id
        started = orders.filtered(
            lambda order: any(t.state == "done" for t in order.picking_ids)
        )
        for group in (started, orders - started):
            if group:
                group.with_context(
                    update_delivery_shipping_partner=group != started
                ).write(vals)

    @api.model
    def _apply_decided(self, order, changes):
        """What only a person can decide: refunds that did not fit, and goods that left
        or came back without anybody here knowing."""
        importer = self.env["channel.order.importer"]._for_channel(
            order.sale_channel_id
        )
        for values in changes:
            if values["kind"] == "refund":
                importer._accept_refund(order, values["value"])
            elif values["kind"] == "status":
                importer._accept_status(order, values["value"])
