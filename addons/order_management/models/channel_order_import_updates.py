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
            "status": item.order.status,
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
            "refunds": self._take_refunds(item),
        }

    @api.model
    def _apply_updates(self, channel, items):
        """Take over newer versions: what is safe at once, the rest as proposals.

        The number of queries is the same for one order and for a hundred, but for
        confirmed orders whose lines change: Odoo adapts transfers order by order.
        """
        if not items:
            return
        self._set_names(items)
        changes = self.env["channel.order.change"]
        self._outdate_changes(items)
        proposals, applied = [], []
        for item in items:
            order = item.sale_order = item.row.sale_order_id
            item.state = "updated"
            safe, unsafe = self._split_safe(order, self._compare(item, order))
            unsafe += self._compare_status(item, order)
            if safe:
                applied.append((order, safe))
            proposals += self._prepare_proposals(item, unsafe)
            self._log_update(item, safe, unsafe)
        changes._apply(applied)
        self._compute_applied(applied)
        self._tell_orders(items)
        changes.create(proposals)
        self._enter_refunds(channel, items)
        self._go_on_updated(channel, items)

    @api.model
    def _compute_applied(self, applied):
        """Have Odoo compute now: together, and as quiet as this environment is."""
        orders = self.env["sale.order"].concat(*(order for order, _safe in applied))
        # Odoo would read the taxes order by order
        orders.order_line.fetch(["tax_ids"])
        orders.flush_model()

    @api.model
    def _prepare_proposals(self, item, unsafe):
        links = {"order_id": item.sale_order.id, "channel_order_id": item.row.id}
        return [{**values, **links} for values in unsafe]

    @api.model
    def _tell_orders(self, items):
        """Write what the channel tells without anybody's consent, where it differs."""
        groups = {}
        for item in items:
            vals = self._prepare_told_vals(item)
            order = item.sale_order
            if any(order[name] != value for name, value in vals.items()):
                groups.setdefault(tuple(vals.items()), []).append(order)
        for vals, orders in groups.items():
            self.env["sale.order"].concat(*orders).write(dict(vals))

    @api.model
    def _go_on_updated(self, channel, items):
        """Quotations that nothing holds any more go on; what left elsewhere never."""
        open_items = [item for item in items if not item.is_history]
        orders = self.env["sale.order"].concat(*(i.sale_order for i in open_items))
        self._go_on(channel, orders.filtered(lambda o: not o.pending_change_count))

    @api.model
    def _outdate_changes(self, items):
        """Proposals that the newer version says something else about."""
        rows = {item.row.id: item for item in items}
        pending = self.env["channel.order.change"].search(
            [("channel_order_id", "in", list(rows)), ("state", "=", "pending")]
        )
        news = {row_id: self._take_snapshot(item) for row_id, item in rows.items()}
        pending.filtered(
            lambda change: self._is_outdated(
                change,
                change.channel_order_id.applied or {},
                news[change.channel_order_id.id],
            )
        )._decide("outdated")

    @api.model
    def _is_outdated(self, change, old, new):
        part, key = {
            "shipping": ("shipping", None),
            "invoice": ("invoice", None),
            "cancel": ("cancelled", None),
            "note": ("cancelled", None),
            "status": ("status", None),
            "refund": ("refunds", (change.value or {}).get("key")),
        }.get(change.kind, ("lines", (change.value or {}).get("ref")))
        before, after = old.get(part), new[part]
        if key is not None:
            before, after = (before or {}).get(key), after.get(key)
        return before != after

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
        return found + self._compare_addresses(item, old, new)

    @api.model
    def _compare_addresses(self, item, old, new):
        found, order = [], item.sale_order
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
                value = {"partner_id": partner.id}
                if kind == "shipping":
                    value["fiscal_position_id"] = item.fiscal_position.id
                found.append(
                    self._prepare_change(
                        kind,
                        label,
                        self._describe_partner(present),
                        self._describe_partner(partner),
                        value,
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
        lines = order._get_channel_lines()
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
        ordered = line._get_channel_qty()
        if before["quantity"] != quantity and ordered != quantity:
            found.append(
                self._prepare_change(
                    "quantity",
                    self.env._("Quantity of %(name)s", name=line.name),
                    f"{ordered:g}",
                    f"{quantity:g}",
                    {"ref": ref, "quantity": quantity},
                    is_raise=quantity > ordered,
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
