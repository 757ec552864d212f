# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timezone
from decimal import Decimal

from odoo import Command, fields, models

from ..channels.types import RemoteReturn, ReturnLine
from .sale_channel_orders import OVERLAP

_REMATCH = 200

#: how far a channel's word moves a return here: goods count when they are here
_TARGETS = {
    "approved": "approved",
    "to_receive": "to_receive",
    "received": "to_receive",
    "refused": "refused",
    "cancelled": "cancelled",
}


class SaleChannel(models.Model):
    """A way of selling; here: its returns and refunds, read from the shop."""

    _inherit = "sale.channel"

    def _poll_returns(self, cursor):
        """Read one page of changed returns; whether there is more at once."""
        page_cursor = cursor.page_cursor or ""
        if not page_cursor:
            start = cursor.watermark or self.sync_connected_at
            cursor.write({"run_since": start and start - OVERLAP, "run_high": False})
        since = cursor.run_since and cursor.run_since.replace(tzinfo=timezone.utc)
        page = self._with_fresh_token(
            lambda adapter: adapter.list_returns(since, page_cursor)
        )
        if self._take_returns(page.returns):
            cursor.last_new_at = fields.Datetime.now()
        cursor.read_count += len(page.returns)
        moments = [to_naive(one.updated_at) for one in page.returns if one.updated_at]
        if moments:
            cursor.run_high = max([*moments, cursor.run_high or moments[0]])
        if page.cursor:
            cursor.page_cursor = page.cursor
            return True
        self._rematch_returns()
        cursor._end_run(cursor.run_high and min(cursor.run_high, fields.Datetime.now()))
        return False

    def _take_returns(self, remotes):
        """Enter new returns, follow known ones; how many are new.

        Reading them again changes nothing.
        """
        self.ensure_one()
        # the shop's own keys opened the way: no user stands behind it
        records = self.env["channel.return"].sudo().with_company(self.company_id)
        known = {
            record.external_id: record
            for record in records.search(
                [
                    ("channel_id", "=", self.id),
                    ("external_id", "in", [one.external_id for one in remotes]),
                ]
            )
        }
        orders = self._find_channel_orders(
            {line.order_external_id for one in remotes for line in one.lines}
        )
        new = 0
        for remote in remotes:
            record = known.get(remote.external_id)
            if not record:
                vals = self._prepare_return_vals(remote, orders)
                record = known[remote.external_id] = records.create(vals)
                new += 1
            elif self._is_same_return(record, remote):
                continue
            else:
                self._update_return(record, remote, orders)
            self._follow_return(record, remote)
        return new

    def _rematch_returns(self):
        """Orders may arrive after their returns: look again for what fitted none."""
        records = (
            self.env["channel.return"]
            .sudo()
            .with_company(self.company_id)
            .search(
                [
                    ("channel_id", "=", self.id),
                    ("unmatched_count", ">", 0),
                    ("state", "=", "requested"),
                ],
                limit=_REMATCH,
            )
        )
        orders = self._find_channel_orders(
            {line["order"] for record in records for line in record.unmatched or ()}
        )
        for record in records:
            remote = RemoteReturn(
                record.external_id,
                record.return_type,
                "",
                "",
                tuple(_from_json(line) for line in record.unmatched or ()),
            )
            lines, unmatched = self._match_return_lines(remote, orders)
            if not lines:
                continue
            record.write(
                {
                    "line_ids": [Command.create(line) for line in lines],
                    "unmatched": unmatched or False,
                    "unmatched_count": len(unmatched),
                }
            )
            if record.partner_id == self.walkin_partner_id and record.order_ids:
                record.partner_id = record.order_ids[0].partner_id

    def _find_channel_orders(self, external_ids):
        """``{channel's order id: sale order}`` of this channel, in one query."""
        rows = (
            self.env["channel.order"]
            .sudo()
            .search(
                [
                    ("channel_id", "=", self.id),
                    ("external_id", "in", list(filter(None, external_ids))),
                    ("sale_order_id", "!=", False),
                ]
            )
        )
        return {row.external_id: row.sale_order_id for row in rows}

    def _is_same_return(self, record, remote):
        return bool(
            remote.updated_at
            and record.channel_updated_at == to_naive(remote.updated_at)
            and record.channel_status == (remote.raw_status or remote.status)
            and not record.unmatched_count
        )

    def _prepare_return_vals(self, remote, orders):
        lines, unmatched = self._match_return_lines(remote, orders)
        order = next((orders[i] for i in _order_ids(remote) if i in orders), None)
        partner = order.partner_id if order else self.sudo()._get_walkin_partner()
        currency = self._find_currency(remote.currency)
        return {
            "channel_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "external_id": remote.external_id,
            "return_type": remote.kind,
            "requested_at": to_naive(remote.requested_at) or fields.Datetime.now(),
            "currency_id": currency.id,
            "user_id": self.user_id.id,
            "note": remote.note or False,
            "line_ids": [Command.create(vals) for vals in lines],
            **self._prepare_return_facts(remote, unmatched),
        }

    def _prepare_return_facts(self, remote, unmatched):
        # by the hub's own number the warehouse finds the return of a parcel
        known = {"return_tracking": remote.tracking} if remote.tracking else {}
        return {
            **known,
            "channel_status": remote.raw_status or remote.status,
            "channel_updated_at": to_naive(remote.updated_at),
            "channel_tracking": remote.tracking or False,
            "channel_amount": float(remote.amount),
            "unmatched": unmatched or False,
            "unmatched_count": len(unmatched),
        }

    def _update_return(self, record, remote, orders):
        """Follow the channel; lines are replaced only while nothing is decided."""
        lines, unmatched = self._match_return_lines(remote, orders)
        vals = self._prepare_return_facts(remote, unmatched)
        if record.state == "requested":
            vals["line_ids"] = [
                Command.clear(),
                *(Command.create(line) for line in lines),
            ]
            order = next((orders[i] for i in _order_ids(remote) if i in orders), None)
            if order and record.partner_id == self.walkin_partner_id:
                vals["partner_id"] = order.partner_id.id
        elif unmatched:
            # what was decided stays: the rest is for a person
            vals["unmatched_count"] = len(unmatched)
        record.write(vals)

    def _match_return_lines(self, remote, orders):
        """``(values of lines, lines that fit nothing)``."""
        lines, unmatched = [], []
        for line in remote.lines:
            order = orders.get(line.order_external_id)
            sold = order and self._match_sold_line(order, line)
            product = sold.product_id if sold else self._find_by_sku(line.sku)
            if not product or line.quantity <= 0:
                unmatched.append(_as_json(line))
                continue
            lines.append(
                {
                    "order_id": order.id if order else False,
                    "sale_line_id": sold.id if sold else False,
                    "product_id": product.id,
                    "requested_qty": float(line.quantity),
                    "refund_amount": max(float(line.refund), 0.0),
                    "reason_id": self._find_reason(line.reason or remote.reason).id,
                }
            )
        return lines, unmatched

    def _match_sold_line(self, order, line):
        """The order's line by the channel's id, else the only one of that SKU."""
        goods = order.order_line.filtered("product_id")
        if line.line_external_id:
            same = goods.filtered(lambda s: s.channel_line_ref == line.line_external_id)
            if len(same) == 1:
                return same
        same = goods.filtered(
            lambda s: line.sku and s.product_id.default_code == line.sku
        )
        return same if len(same) == 1 else goods.browse()

    def _find_by_sku(self, sku):
        products = self.env["product.product"].sudo()
        if not sku:
            return products
        found = products.search(
            [
                ("default_code", "=", sku),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=2,
        )
        return found if len(found) == 1 else products

    def _find_reason(self, text):
        reasons = self.env["channel.return.reason"].sudo()
        return reasons.search([("code", "=ilike", text)], limit=1) if text else reasons

    def _find_currency(self, code):
        """The currency of that code, the company's where it is unknown."""
        currency = (
            self.env["res.currency"]
            .sudo()
            .with_context(active_test=False)
            .search([("name", "=", (code or "").upper())], limit=1)
        )
        return currency or self.company_id.currency_id

    def _follow_return(self, record, remote):
        """Move the return as far as the channel's word goes here."""
        reason = self.env._(
            "The channel says: %(status)s", status=remote.raw_status or remote.status
        )
        # what the channel decided it need not be told
        record = record.with_context(order_management_source="channel")
        for state in _find_way(record, self._get_return_target(remote)):
            # what is here already is neither cancelled nor approved again: one return
            # that went its own way must not stop the reading of all others
            if state in record._get_possible_states():
                record._transition(state, reason)

    def _get_return_target(self, remote):
        if remote.status == "closed":
            # without goods there is nothing to wait for
            return "closed" if remote.kind == "refund_only" else "to_receive"
        return _TARGETS.get(remote.status)


def _find_way(record, target):
    """The states from where a return is to ``target``; none when there is no way."""
    ways, seen = [(record.state, [])], {record.state}
    while ways:
        state, way = ways.pop(0)
        if state == target:
            return way
        for following in record._TRANSITIONS.get(state, ()):
            if following not in seen:
                seen.add(following)
                ways.append((following, [*way, following]))
    return []


def _order_ids(remote):
    return [line.order_external_id for line in remote.lines if line.order_external_id]


def _as_json(line):
    return {
        "order": line.order_external_id,
        "line": line.line_external_id,
        "sku": line.sku,
        "name": line.name,
        "quantity": str(line.quantity),
        "refund": str(line.refund),
    }


def _from_json(line):
    return ReturnLine(
        line["order"],
        line["line"],
        line["sku"],
        line["name"],
        Decimal(line["quantity"]),
        Decimal(line["refund"]),
    )


def to_naive(moment):
    """A moment as Odoo stores it, False for none."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
