# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from datetime import timedelta, timezone

from odoo import fields, models

from .sale_channel_returns import to_naive

#: statements that are not final change for weeks
_LOOK_BACK = timedelta(days=45)
_TYPES = {"order": "sale"}


class SaleChannel(models.Model):
    """A way of selling; here: what its channel paid, read from the shop."""

    _inherit = "sale.channel"

    def _poll_settlements(self, cursor):
        """Read one page of statements; whether there is more at once."""
        page_cursor = cursor.page_cursor or ""
        if not page_cursor:
            start = self.sync_connected_at or fields.Datetime.now()
            since = max(filter(None, (start, cursor.watermark)))
            cursor.run_since = since - _LOOK_BACK
        since = cursor.run_since.replace(tzinfo=timezone.utc)
        page = self._with_fresh_token(
            lambda adapter: adapter.list_settlements(since, page_cursor)
        )
        if self._take_settlements(page.settlements):
            cursor.last_new_at = fields.Datetime.now()
        cursor.read_count += len(page.settlements)
        if page.cursor:
            cursor.page_cursor = page.cursor
            return True
        cursor._end_run(fields.Datetime.now())
        return False

    def _take_settlements(self, remotes):
        """Enter new statements, follow those that are drafts; how many are new."""
        self.ensure_one()
        # the shop's own keys opened the way: no user stands behind it
        records = self.env["channel.settlement"].sudo().with_company(self.company_id)
        known = {
            record.statement_ref: record
            for record in records.search(
                [
                    ("channel_id", "=", self.id),
                    ("statement_ref", "in", [one.external_id for one in remotes]),
                ]
            )
        }
        new = 0
        for remote in remotes:
            vals = self._prepare_settlement_vals(remote)
            record = known.get(remote.external_id)
            if not record:
                record = known[remote.external_id] = records.create(vals)
                new += 1
            elif record.state != "draft":
                self._compare_settlement(record, remote)
                continue
            else:
                record.write(_differing(record, vals))
            self._take_settlement_lines(record, remote)
        return new

    def _prepare_settlement_vals(self, remote):
        moments = [line.at for line in remote.lines if line.at]
        ends = [remote.date_from, remote.date_to, remote.paid_at, *moments]
        days = [to_naive(end).date() for end in ends if end]
        first = to_naive(remote.date_from) or False
        last = to_naive(remote.date_to) or False
        today = fields.Date.today()
        date_from = first.date() if first else min(days, default=today)
        date_to = last.date() if last else max(days, default=today)
        paid = to_naive(remote.paid_at)
        return {
            "channel_id": self.id,
            "statement_ref": remote.external_id,
            "date_from": min(date_from, date_to),
            "date_to": date_to,
            "payout_date": paid.date() if paid else False,
            "currency_id": self._find_currency(remote.currency).id,
            "payout_amount": float(remote.amount),
        }

    def _take_settlement_lines(self, record, remote):
        """Make the lines those of the channel, by its own identifiers."""
        known = {line.external_id: line for line in record.line_ids}
        orders = self._find_channel_orders(
            {line.order_external_id for line in remote.lines}
        )
        new = []
        for key, line in _with_keys(remote.lines):
            vals = self._prepare_settlement_line_vals(record, key, line, orders)
            stored = known.pop(key, None)
            if stored is None:
                new.append(vals)
            elif changes := _differing(stored, vals):
                stored.write(changes)
        # what the channel took out of a draft; lines typed by hand stay
        gone = [line.id for key, line in known.items() if key]
        record.line_ids.browse(gone).unlink()
        record.line_ids.create(new)

    def _prepare_settlement_line_vals(self, record, key, line, orders):
        types = record.line_ids._fields["line_type"].get_values(self.env)
        kind = _TYPES.get(line.kind, line.kind)
        order = orders.get(line.order_external_id)
        vals = {
            "settlement_id": record.id,
            "line_type": kind if kind in types else "other",
            "name": line.name or (False if kind in types else line.kind),
            "amount": float(line.amount),
            "occurred_at": to_naive(line.at),
            "external_id": key,
            "external_order_id": line.order_external_id or False,
            "sale_order_id": order.id if order else False,
        }
        if line.order_external_id and not order:
            # kept where an accountant sees it
            vals["match_state"] = "unknown"
        elif order:
            vals["match_state"] = "to_match"
        return vals

    def _compare_settlement(self, record, remote):
        """A statement that was checked stays: a person is told that it differs."""
        total = record.currency_id.round(float(sum(x.amount for x in remote.lines)))
        if record.currency_id.compare_amounts(
            record.payout_amount, float(remote.amount)
        ) or record.currency_id.compare_amounts(record.lines_total, total):
            self._warn(
                "settlement",
                self.env._(
                    "The channel changed statement %(name)s after it was checked: it "
                    "pays %(now)s, %(before)s was checked. Set it back to draft to "
                    "read it again.",
                    name=record.statement_ref,
                    now=record.currency_id.format(float(remote.amount)),
                    before=record.currency_id.format(record.payout_amount),
                ),
            )


def _with_keys(lines):
    """``(key, line)``: the channel's identifier, made unique where it is not."""
    seen = Counter()
    for line in lines:
        key = line.external_id or f"{line.kind}/{line.order_external_id}"
        seen[key] += 1
        yield (key if seen[key] == 1 else f"{key}#{seen[key]}"), line


def _differing(record, vals):
    """Only what differs; a match somebody made is not taken back."""
    changes = {
        name: value
        for name, value in vals.items()
        if record._fields[name].convert_to_write(record[name], record) != value
    }
    if "match_state" in changes and record.match_state not in ("to_match", "unknown"):
        del changes["match_state"]
    return changes
