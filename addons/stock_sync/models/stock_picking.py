# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone

from odoo import api, fields, models


class StockPicking(models.Model):
    """A transfer; here: what its shop is told about it."""

    _inherit = "stock.picking"

    intent_ids = fields.One2many("channel.intent", "picking_id", readonly=True)
    intent_state = fields.Selection(
        [
            ("planned", "Scheduled"),
            ("done", "Shop told"),
            ("failed", "Shop not told"),
        ],
        "At the Shop",
        compute="_compute_intent_state",
    )
    intent_error = fields.Text(compute="_compute_intent_state")

    @api.depends("intent_ids.state", "intent_ids.error")
    def _compute_intent_state(self):
        for picking in self:
            intents = picking.intent_ids
            states = set(intents.mapped("state"))
            if "failed" in states:
                picking.intent_state = "failed"
            elif states - {"done"}:
                picking.intent_state = "planned"
            else:
                picking.intent_state = "done" if states else False
            picking.intent_error = "\n".join(filter(None, intents.mapped("error")))

    def _action_done(self):
        """Override of `stock`: shops hear about what left for their buyers."""
        result = super()._action_done()
        self._plan_shipments()
        return result

    def write(self, vals):
        """Override of `stock`: a tracking number that comes in time is told as well."""
        result = super().write(vals)
        is_told_by_shop = self.env.context.get("stock_sync_told_by_shop")
        if vals.get("carrier_tracking_ref") and not is_told_by_shop:
            self.filtered(lambda picking: picking.state == "done")._plan_shipments()
        return result

    def _plan_shipments(self):
        """Make one message for each delivery that a shop has to hear about."""
        pickings = self.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and picking.sale_id.sale_channel_id
            )
        )
        channels = pickings.sale_id.sale_channel_id.filtered(
            lambda channel: channel._can_tell("ship")
        )
        pickings = pickings.filtered(
            lambda picking: picking.sale_id.sale_channel_id in channels
        )
        if not pickings:
            return self.env["channel.intent"]
        rows = self._find_inbox_rows(pickings.sale_id)
        vals_list = [
            picking._prepare_ship_intent(rows[picking.sale_id])
            for picking in pickings.filtered(lambda picking: picking.sale_id in rows)
            if not picking._update_ship_intent()
        ]
        return self.env["channel.intent"]._plan(list(filter(None, vals_list)))

    def _update_ship_intent(self):
        """Whether the shop was told, or is about to be: a parcel is told once.

        What was not sent yet gets the tracking number that there is now; a shop that
        was told already is told the other number.
        """
        self.ensure_one()
        # whoever enters the number need not have rights on messages
        intents = self.intent_ids.sudo().filtered(lambda one: one.kind == "ship")
        waiting = intents.filtered(lambda one: one.state in ("planned", "failed"))
        for intent in waiting:
            intent.payload = {**intent.payload, **self._prepare_tracking()}
        if intents and not waiting:
            self._plan_late_tracking(intents[-1:])
        return bool(intents)

    def _plan_late_tracking(self, told):
        """One message for a number that came, or was changed, after the parcel.

        :param told: the message that told the parcel (with sudo)
        """
        tracking = self._prepare_tracking()
        later = self.intent_ids.sudo().filtered(lambda one: one.kind == "track")
        last = later.sorted("id")[-1:] or told
        if last.payload.get("tracking") == tracking["tracking"]:
            return
        if last.state in ("planned", "failed"):
            last.payload = {**last.payload, **tracking}
            return
        channel = told.channel_id
        if not channel._get_capabilities().late_tracking:
            self.sudo()._message_log(
                body=self.env._(
                    "%(shop)s was told tracking number “%(old)s” and takes no other "
                    "one later: enter “%(new)s” in the shop's own pages.",
                    shop=channel.name,
                    old=last.payload.get("tracking") or "",
                    new=tracking["tracking"],
                )
            )
            return
        self.env["channel.intent"]._plan(
            [
                {
                    "channel_id": channel.id,
                    "kind": "track",
                    "key": f"track:{self.id}:{len(later) + 1}",
                    "order_external_id": told.order_external_id,
                    "order_id": told.order_id.id,
                    "picking_id": self.id,
                    "payload": {
                        **last.payload,
                        **tracking,
                        "old_tracking": last.payload.get("tracking") or "",
                    },
                }
            ]
        )

    def _take_shop_tracking(self, tracking):
        """Keep the number that the channel itself gave this parcel.

        The channel is not told its own number: it counts as the one it was told.
        """
        self.ensure_one()
        # nobody who ships need have rights on messages
        told = self.sudo().intent_ids.filtered(
            lambda one: one.kind in ("ship", "track")
        )
        for intent in told:
            intent.payload = {**intent.payload, "tracking": tracking}
        silent = self.sudo().with_context(stock_sync_told_by_shop=True)
        silent.carrier_tracking_ref = tracking

    def _find_inbox_rows(self, orders):
        """``{order: its row of the inbox}``; what the buyer bought is no secret to
        the one who ships it."""
        roots = {order: order.sudo()._get_channel_root() for order in orders}
        rows = (
            self.env["channel.order"]
            .sudo()
            .search(
                [
                    ("sale_order_id", "in", [root.id for root in roots.values()]),
                    ("external_id", "!=", False),
                    ("is_test", "=", False),
                ]
            )
        )
        by_root = {row.sale_order_id: row for row in rows}
        return {
            order: by_root[root] for order, root in roots.items() if root in by_root
        }

    def _prepare_ship_intent(self, row):
        """Values of the message, None when nothing of the channel's lines left."""
        self.ensure_one()
        channel = self.sale_id.sale_channel_id
        lines = self._get_shipped_lines(channel, row)
        if not lines:
            return None
        moment = self.date_done or fields.Datetime.now()
        return {
            "channel_id": channel.id,
            "kind": "ship",
            "key": f"ship:{self.id}",
            "order_external_id": row.external_id,
            "order_id": self.sale_id.id,
            "picking_id": self.id,
            "payload": {
                "lines": lines,
                **self._prepare_tracking(),
                "shipped_at": moment.replace(tzinfo=timezone.utc).isoformat(),
                "is_last": self.sale_id._has_shipped_all(),
            },
        }

    def _prepare_tracking(self):
        return {
            "tracking": self.carrier_tracking_ref or "",
            "tracking_url": self.carrier_tracking_url or "",
            "carrier": self.carrier_id.name or "",
        }

    def _get_shipped_lines(self, channel, row):
        """``[[ids of the channel's line, units]]`` of what this transfer moved."""
        shipped = {}
        for move in self.move_ids.filtered(lambda move: move.state == "done"):
            line = move.sale_line_id
            if line:
                quantity = move.product_uom._compute_quantity(
                    move.quantity, line.product_uom_id
                )
                shipped[line] = shipped.get(line, 0.0) + quantity
        lines = {}
        for line, quantity in shipped.items():
            found = channel._get_channel_units(row, line, quantity)
            if not found or not found[1]:
                continue
            source, units = found
            ids = list(source.get("external_ids") or [])
            if ids:
                # a channel with a line for each unit: those that left before are told
                before = channel._get_channel_units(
                    row,
                    line,
                    max(
                        sum(line._get_channel_parts().mapped("qty_delivered"))
                        - quantity,
                        0,
                    ),
                )[1]
                ids = ids[before : before + units]
            ids = ids or [str(source.get("external_id") or "")]
            # components of one bundle are one line there
            lines[tuple(ids)] = max(units, lines.get(tuple(ids), 0))
        return [[list(ids), units] for ids, units in lines.items()]

    def action_retry_intents(self):
        """Try again to tell the shop."""
        self.check_access("read")
        return self.intent_ids.filtered(
            lambda intent: intent.state == "failed"
        ).action_retry()

    def action_view_intents(self):
        """Open what the shop was told about these transfers."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock_sync.channel_intent_action"
        )
        return {**action, "domain": [("picking_id", "in", self.ids)], "context": {}}
