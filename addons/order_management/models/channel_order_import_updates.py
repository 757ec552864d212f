# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: newer versions of orders that are imported already.

    Each row keeps a snapshot of the version that was taken over last, without personal
    data. A newer version is compared with that and not with the order, so that only
    what the channel changed is changed here, and never what a person edited.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _take_snapshot(self, item):
        """What the order is to be, as plain data."""
        return {
            "cancelled": item.is_cancelled,
            "shipping": item.shipping_partner.id,
            "invoice": item.invoice_partner.id,
            "lines": {
                draft.ref: {
                    "product_id": draft.product.id,
                    "product_uom_id": (draft.uom or draft.product.uom_id).id,
                    "name": draft.name,
                    "quantity": float(draft.quantity),
                    "price_unit": float(draft.price_unit),
                    "discount": float(draft.discount),
                    "tax_ids": draft.taxes.ids,
                    "is_delivery": draft.is_delivery,
                }
                for draft in item.lines
            },
        }

    @api.model
    def _apply_updates(self, channel, items):
        """Take over newer versions: what is safe at once, the rest as proposals."""
        if not items:
            return
        self._set_names(items)
        changes = self.env["channel.order.change"]
        proposals = []
        outdated = changes.search(
            [
                ("channel_order_id", "in", [item.row.id for item in items]),
                ("state", "=", "pending"),
            ]
        )
        outdated._decide("outdated")
        for item in items:
            order = item.sale_order = item.row.sale_order_id
            item.state = "updated"
            found = self._compare(item, order)
            safe, unsafe = self._split_safe(order, found)
            changes._apply(order, safe)
            proposals += [
                {**values, "order_id": order.id, "channel_order_id": item.row.id}
                for values in unsafe
            ]
            order.write(self._prepare_told_vals(item))
            self._log_update(item, safe, unsafe)
        changes.create(proposals)
        updated = self.env["sale.order"].concat(*(item.sale_order for item in items))
        waiting = updated.filtered("pending_change_count")
        self._go_on(channel, updated - waiting)

    @api.model
    def _log_update(self, item, safe, unsafe):
        parts = []
        if safe:
            labels = ", ".join(values["label"] for values in safe)
            parts.append(self.env._("Taken over: %(labels)s.", labels=labels))
        if unsafe:
            labels = ", ".join(values["label"] for values in unsafe)
            parts.append(self.env._("To be decided: %(labels)s.", labels=labels))
        item.notes += parts

    @api.model
    def _split_safe(self, order, found):
        """What may be applied without a person: everything as long as nothing has left
        or was invoiced, but no raise of what a reviewer approved."""
        if order.locked or order._has_left() or order.state == "cancel":
            return [], found
        raises = order.approval_mode == "explicit" and order.state == "sale"
        safe = [values for values in found if not (raises and values["is_raise"])]
        return safe, [values for values in found if values not in safe]

    @api.model
    def _compare(self, item, order):
        """Changes between the version taken over last and the new one.

        :return: values of ``channel.order.change``, with the order's present value
            beside the channel's
        """
        old, new = item.row.applied or {}, self._take_snapshot(item)
        if new["cancelled"]:
            if old.get("cancelled") or order.state == "cancel":
                return []
            label = self.env._("Cancellation")
            text = self.env._("Cancelled by the channel")
            return [self._prepare_change("cancel", label, "", text, {})]
        found = self._compare_lines(item, order, old.get("lines", {}), new["lines"])
        if old.get("cancelled"):
            text = self.env._("Cancelled on the channel before, open again")
            found.append(
                self._prepare_change("note", self.env._("Status"), "", text, {})
            )
        return found + self._compare_addresses(order, old, new)

    @api.model
    def _compare_addresses(self, order, old, new):
        found = []
        labels = {
            "shipping": self.env._("Delivery address"),
            "invoice": self.env._("Invoice address"),
        }
        for kind, label in labels.items():
            if old.get(kind) != new[kind]:
                partner = self.env["res.partner"].browse(new[kind])
                present = order[f"partner_{kind}_id"]
                if partner == present:
                    continue
                found.append(
                    self._prepare_change(
                        kind,
                        label,
                        self._describe_partner(present),
                        self._describe_partner(partner),
                        {"partner_id": partner.id},
                    )
                )
        return found

    @api.model
    def _describe_partner(self, partner):
        parts = [partner.name, partner.phone, partner.street, partner.street2]
        parts += [partner.zip, partner.city, partner.state_id.name]
        return ", ".join(filter(None, [*parts, partner.country_id.name]))

    @api.model
    def _compare_lines(self, item, order, old, new):
        lines = {line.channel_line_ref: line for line in order.order_line}
        found = []
        for ref, values in new.items():
            before, line = old.get(ref), lines.get(ref)
            if before and line and before["product_id"] == values["product_id"]:
                found += self._compare_line(line, before, values)
            elif not (before and not line):
                # of a line that a person removed here nothing is asked again
                if before:
                    found.append(self._prepare_removal(line, ref))
                found.append(self._prepare_addition(values, ref))
        for ref in old:
            if ref not in new and ref in lines:
                found.append(self._prepare_removal(lines[ref], ref))
        return found

    @api.model
    def _compare_line(self, line, before, values):
        found = []
        quantity, price = values["quantity"], values["price_unit"]
        discount = values["discount"]
        ref = line.channel_line_ref
        if before["quantity"] != quantity and line.product_uom_qty != quantity:
            found.append(
                self._prepare_change(
                    "quantity",
                    self.env._("Quantity of %(name)s", name=line.name),
                    f"{line.product_uom_qty:g}",
                    f"{quantity:g}",
                    {"ref": ref, "quantity": quantity},
                    is_raise=quantity > line.product_uom_qty,
                )
            )
        told = ("price_unit", "discount", "tax_ids")
        if any(before[name] != values[name] for name in told):
            found.append(
                self._prepare_change(
                    "price",
                    self.env._("Price of %(name)s", name=line.name),
                    self._describe_price(line.price_unit, line.discount),
                    self._describe_price(price, discount),
                    {"ref": ref, **{name: values[name] for name in told}},
                )
            )
        return found

    @api.model
    def _describe_price(self, price, discount):
        return f"{price:g}" + (f" (-{discount:g} %)" if discount else "")

    @api.model
    def _prepare_addition(self, values, ref):
        return self._prepare_change(
            "add",
            self.env._("New line: %(name)s", name=values["name"]),
            "",
            f"{values['quantity']:g} × {values['price_unit']:g}",
            {"ref": ref, **values},
            is_raise=not ref.startswith("@"),
        )

    @api.model
    def _prepare_removal(self, line, ref):
        return self._prepare_change(
            "remove",
            self.env._("Line removed: %(name)s", name=line.name),
            f"{line.product_uom_qty:g} × {line.price_unit:g}",
            "",
            {"ref": ref},
        )

    @api.model
    def _prepare_change(self, kind, label, current, proposed, value, is_raise=False):
        return {
            "kind": kind,
            "label": label.split("\n")[0][:200],
            "current": current,
            "proposed": proposed,
            "value": value,
            "is_raise": is_raise,
        }
