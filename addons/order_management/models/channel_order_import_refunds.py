# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

import psycopg2

from odoo import Command, api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import plaintext2html

from ..tools.import_refund import count_goods, iterate_refunds, share_refund
from .channel_order_import_orders import _naive

ZERO = Decimal(0)


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: refunds that a channel reports become returns.

    One ``channel.return`` for each refund, told again by the channel and the refund's
    identifier. Nobody is asked as long as it fits what was sold and has not come back;
    what does not fit waits as a change for a person.
    """

    _inherit = "channel.order.importer"

    @api.model
    def _take_refunds(self, item):
        """The refunds of a version as plain data, without anybody's words."""
        return {
            key: {
                "amount": f"{refund.amount:f}",
                "lines": [
                    [part.line_id, f"{part.quantity:f}"] for part in refund.lines
                ],
            }
            for key, refund in iterate_refunds(item.order)
        }

    @api.model
    def _enter_refunds(self, channel, items):
        """Returns for the refunds that are new or changed since the last version.

        The number of queries is the same for one refund and for a hundred.
        """
        claims = [claim for item in items for claim in self._get_claims(item)]
        if not claims:
            return
        self._find_returns(channel, claims)
        proposals = [self._propose_withdrawal(c) for c in claims if c["withdrawn"]]
        claims = [claim for claim in claims if not claim["withdrawn"]]
        rooms = self._get_rooms(claims)
        entered = []
        for claim in claims:
            problem = self._check_claim(claim, *rooms)
            if problem:
                proposals.append(self._propose_refund(claim, problem))
            else:
                self._take_room(claim, *rooms)
                entered.append(claim)
        self._write_returns(channel, entered)
        self.env["channel.order.change"].create([p for p in proposals if p])

    @api.model
    def _get_claims(self, item):
        """What the channel wants back in this version, as plain data beside records."""
        old, new = (item.row.applied or {}).get("refunds") or {}, None
        if not old and not item.order.refunds:
            return []
        new = self._take_refunds(item)
        claims = [
            {"item": item, "order": item.sale_order, "key": key, "withdrawn": True}
            for key in old
            if key not in new
        ]
        goods = count_goods(item.order)
        for key, refund in iterate_refunds(item.order):
            if old.get(key) != new[key]:
                claims.append(
                    {
                        "item": item,
                        "order": item.sale_order,
                        "key": key,
                        "withdrawn": False,
                        "amount": refund.amount,
                        "goods": self._match_goods(item, goods[key]),
                        "reason": refund.reason,
                        "at": refund.at,
                    }
                )
        return claims

    @api.model
    def _match_goods(self, item, goods):
        """``{order line: quantity}`` for pieces of the channel's lines; what is no
        line here any more is looked for by its product."""
        if not goods:
            return {}
        drafts = {draft.ref: draft for draft in item.lines}
        order_lines = item.sale_order._get_split_family().order_line
        lines = item.sale_order._get_channel_lines()
        result = {}
        for position, pieces in goods.items():
            sold = item.order.lines[position]
            count = sold.quantity if item.is_cancelled else sold.open_quantity
            for draft in self._get_drafts(sold, position, drafts):
                line = (
                    lines.get(draft.ref)
                    or order_lines.filtered(
                        lambda line, draft=draft: line.product_id == draft.product
                    )[:1]
                )
                units = draft.quantity * pieces / count if count else ZERO
                result[line] = result.get(line, 0.0) + float(units)
        return result

    @api.model
    def _get_drafts(self, sold, position, drafts):
        """What one line of the channel became: a line, or one for each component."""
        ref = sold.external_id or f"#{position + 1}"
        refs = [ref, *(f"{ref}/{number + 1}" for number in range(len(sold.bundle)))]
        return [drafts[ref] for ref in refs if ref in drafts]

    @api.model
    def _find_returns(self, channel, claims):
        """The returns that stand for these refunds already.

        Channels that number refunds within an order use an identifier again for another
        order: there the order's own is put in front.
        """
        for claim in claims:
            order_id = claim["item"].order.external_id
            claim["long"] = f"{order_id}/{claim['key']}"
        keys = {claim[name] for claim in claims for name in ("key", "long")}
        known = {
            record.external_id: record
            for record in self.env["channel.return"].search(
                [("channel_id", "=", channel.id), ("external_id", "in", list(keys))]
            )
        }
        owners = {key: record.order_ids for key, record in known.items()}
        for claim in claims:
            order = claim["order"]
            owner = owners.setdefault(claim["key"], order)
            own = not owner or order in owner
            claim["external_id"] = claim["key"] if own else claim["long"]
            claim["record"] = known.get(claim["external_id"])

    @api.model
    def _get_rooms(self, claims):
        """What may still come back of each line, and be given back of each order."""
        orders = self.env["sale.order"].concat(*{claim["order"] for claim in claims})
        replaced = self.env["channel.return"].concat(
            *{c["record"] for c in claims if c["record"]}
        )
        replaced = replaced.filtered(lambda record: record.state == "requested")
        lines = self.env["sale.order.line"].concat(
            *{line for claim in claims for line in claim["goods"]}
        )
        units = lines._get_returnable_qty(without=replaced)
        given = dict(
            self.env["channel.return.line"]._read_group(
                [
                    ("order_id", "in", orders.ids),
                    ("return_id", "not in", replaced.ids),
                    ("return_id.state", "not in", ("refused", "cancelled")),
                ],
                ["order_id"],
                ["refund_amount:sum"],
            )
        )
        money = {order: order.amount_total - given.get(order, 0) for order in orders}
        return units, money

    @api.model
    def _check_claim(self, claim, units, money):
        """Why a refund needs a person; empty when it fits."""
        record, order = claim["record"], claim["order"]
        if record and record.state != "requested":
            return self._describe_decided(claim)
        problems = []
        for line, quantity in claim["goods"].items():
            if not line:
                problems.append(self.env._("Goods that are not in the order here"))
            elif line.product_uom_id.compare(quantity, units[line]) > 0:
                problems.append(
                    self.env._(
                        "%(product)s: %(left)g can still come back",
                        product=line.product_id.display_name,
                        left=units[line],
                    )
                )
        currency, room = order.currency_id, money[order]
        if currency.compare_amounts(float(claim["amount"]), room) > 0:
            problems.append(
                self.env._(
                    "%(amount)s %(code)s can still be given back",
                    amount=f"{max(room, 0):.{currency.decimal_places}f}",
                    code=currency.name,
                )
            )
        return "\n".join(problems)

    @api.model
    def _describe_decided(self, claim):
        """A decided return that says the same is no problem, another one is."""
        record = claim["record"]
        goods = {line: line.requested_qty for line in record.line_ids}
        same = {line.sale_line_id: quantity for line, quantity in goods.items()}
        same.pop(self.env["sale.order.line"], None)
        amount = record.refund_amount
        if same == claim["goods"] and not record.currency_id.compare_amounts(
            amount, float(claim["amount"])
        ):
            claim["settled"] = True
            return ""
        return self.env._(
            "Return %(name)s: %(state)s, %(amount)s %(code)s",
            name=record.name,
            state=record._get_state_label(record.state),
            amount=f"{amount:.{record.currency_id.decimal_places}f}",
            code=record.currency_id.name,
        )

    @api.model
    def _take_room(self, claim, units, money):
        if claim.get("settled"):
            return
        for line, quantity in claim["goods"].items():
            units[line] -= quantity
        money[claim["order"]] -= float(claim["amount"])

    @api.model
    def _propose_refund(self, claim, problem):
        order, item = claim["order"], claim["item"]
        goods = [
            f"{quantity:g} × {line.product_id.display_name or '?'}"
            for line, quantity in claim["goods"].items()
        ]
        money = f"{claim['amount']:f} {order.currency_id.name}"
        proposed = ", ".join([*goods, money])
        value = {
            "key": claim["key"],
            "external_id": claim["external_id"],
            "amount": f"{claim['amount']:f}",
            "goods": [[line.id, number] for line, number in claim["goods"].items()],
            "at": claim["at"] and claim["at"].isoformat(),
        }
        label = self.env._("Refund %(key)s", key=claim["key"])
        item.notes.append(self.env._("To be decided: %(labels)s.", labels=label))
        return {
            **self._prepare_change("refund", label, problem, proposed, value),
            "order_id": order.id,
            "channel_order_id": item.row.id,
        }

    @api.model
    def _propose_withdrawal(self, claim):
        """The channel took a refund back: somebody decides about the return."""
        record = claim["record"]
        if not record or record.state in ("refused", "cancelled"):
            return None
        label = self.env._("Refund %(key)s", key=claim["key"])
        value = {"key": claim["key"], "external_id": record.external_id}
        return {
            **self._prepare_change(
                "refund",
                label,
                self.env._("Return %(name)s", name=record.name),
                self.env._("Not on the channel any more: accept to cancel the return"),
                {**value, "withdrawn": True},
            ),
            "order_id": claim["order"].id,
            "channel_order_id": claim["item"].row.id,
        }

    @api.model
    def _write_returns(self, channel, claims):
        fresh = []
        for claim in claims:
            if claim.get("settled"):
                continue
            vals = self._prepare_return_vals(channel, claim)
            if claim["record"]:
                lines = [Command.clear(), *vals["line_ids"]]
                claim["record"].write({"line_ids": lines})
                self._note_return(claim)
            else:
                fresh.append((claim, vals))
        if not fresh:
            return
        try:
            with self.env.cr.savepoint():
                made = self.env["channel.return"].create([vals for _c, vals in fresh])
        except psycopg2.errors.UniqueViolation as error:
            # another process has just entered one of them: try again, and see it
            raise ConcurrencyError(str(error)) from error
        for (claim, _vals), record in zip(fresh, made, strict=True):
            claim["record"] = record
            self._note_return(claim)

    @api.model
    def _note_return(self, claim):
        if claim.get("item"):
            claim["item"].notes.append(
                self.env._(
                    "Refund %(key)s: return %(name)s.",
                    key=claim["key"],
                    name=claim["record"].name,
                )
            )

    @api.model
    def _prepare_return_vals(self, channel, claim):
        order, at = claim["order"], claim["at"]
        goods = {line: number for line, number in claim["goods"].items() if number}
        left = order.is_channel_history or any(line._has_left() for line in goods)
        reason = self._get_return_reason(claim.get("reason"))
        vals = {
            "company_id": order.company_id.id,
            "channel_id": channel.id,
            "external_id": claim["external_id"],
            "is_refunded_there": True,
            "partner_id": order.partner_id.id,
            "currency_id": order.currency_id.id,
            "user_id": order.user_id.id,
            "return_type": "return_refund" if goods and left else "refund_only",
            "line_ids": self._prepare_return_lines(channel, claim, goods, reason),
        }
        if at:
            vals["requested_at"] = _naive(at)
        if claim.get("reason") and not reason:
            vals["note"] = plaintext2html(claim["reason"])
        return vals

    @api.model
    def _prepare_return_lines(self, channel, claim, goods, reason):
        order = claim["order"]
        worths = [
            Decimal(str(line.price_total)) * Decimal(str(number / line.product_uom_qty))
            if line.product_uom_qty
            else ZERO
            for line, number in goods.items()
        ]
        places = order.currency_id.decimal_places
        parts, rest = share_refund(claim["amount"], worths, places)
        lines = [
            {
                "sale_line_id": line.id,
                "product_id": line.product_id.id,
                "uom_id": line.product_uom_id.id,
                "requested_qty": number,
                "refund_amount": float(part),
            }
            for (line, number), part in zip(goods.items(), parts, strict=True)
        ]
        if rest:
            # money for nothing that comes back: shipping, goodwill, cancelled goods
            product = self._get_charge(channel, "discount")
            lines.append({"product_id": product.id, "refund_amount": float(rest)})
        common = {"order_id": order.id, "reason_id": reason.id}
        return [Command.create({**common, **vals}) for vals in lines]

    @api.model
    def _get_return_reason(self, text):
        """The reason that the channel's words are the code or the name of."""
        reasons = self.env["channel.return.reason"]
        if not text:
            return reasons
        known = self._remember(
            "return reasons",
            lambda: {
                word.casefold(): reason
                for reason in reasons.search([])
                for word in (reason.name, reason.code)
                if word
            },
        )
        return known.get(text.casefold(), reasons)
