# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import fields, models

from ..channels.types_return import RefundedLine, ReturnDecision, find_mark


class SaleChannel(models.Model):
    """A way of selling; here: what its shop is told about returns."""

    _inherit = "sale.channel"

    sync_return = fields.Boolean(
        "Tell the Shop What Was Decided About Its Returns",
        default=True,
        help="Returns that came from the shop are accepted, refused and received there "
        "as well.",
    )
    sync_refund = fields.Boolean(
        "Refund at the Shop",
        help="What is given back here is refunded in the shop, which may pay the buyer "
        "by itself: do not pay it a second time.",
    )

    def _can_tell_return(self, decision):
        """Whether the shop takes a decision about one of its own returns."""
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        if not kind or self.sync_state == "draft" or not self.sync_return:
            return False
        can = kind.capabilities
        # where refunding an order is a matter of its own, it is wished for
        is_wished = decision != "refunded" or not can.refund_order or self.sync_refund
        return decision in can.tell_return and is_wished

    def _can_refund_order(self):
        """Whether money is given back at the shop for returns that it does not know."""
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        return bool(
            kind
            and self.sync_state != "draft"
            and self.sync_refund
            and kind.capabilities.refund_order
        )

    def _does_accepting_pay(self):
        """Whether accepting a return pays the buyer at once."""
        self.ensure_one()
        kind = self._get_sync_kinds().get(self.channel_type)
        return bool(kind and kind.capabilities.accepting_pays)

    def _send_returns(self, intent, look_first):
        """Tell the shop what was decided about a return.

        The adapters look first in any case: money is given back once.

        :raises ChannelError: when it was not taken, or nobody knows
        """
        told = self._prepare_return_decision(intent)
        if told.external_id:
            reference = self._with_fresh_token(lambda shop: shop.tell_return(told))
        else:
            reference = self._with_fresh_token(lambda shop: shop.refund_order(told))
        return {"result_ref": reference or False}

    def _prepare_return_decision(self, intent):
        payload = intent.payload
        return ReturnDecision(
            order_external_id=intent.order_external_id or "",
            decision=payload["decision"],
            key=intent.key,
            mark=payload["mark"],
            external_id=payload.get("external_id") or "",
            number=payload.get("number") or "",
            note=payload.get("note") or "",
            amount=Decimal(payload.get("amount") or 0),
            currency=payload.get("currency") or "",
            # sudo: the address that the company writes from is no secret of it
            email=self.sudo().company_id.email or "",
            lines=tuple(
                RefundedLine(tuple(ids), units, Decimal(amount))
                for ids, units, amount in payload.get("lines") or ()
            ),
        )

    def _prepare_return_facts(self, remote, unmatched):
        """Override: what the channel has closed, it has paid."""
        facts = super()._prepare_return_facts(remote, unmatched)
        if remote.status == "closed":
            facts["is_refunded_there"] = True
        return facts

    def _is_same_return(self, record, remote):
        """Override: a refund that was made from here is not read back as news."""
        return bool(find_mark(remote.external_id)) or super()._is_same_return(
            record, remote
        )


class ChannelOrderImporter(models.AbstractModel):
    _inherit = "channel.order.importer"

    def _describe_decided(self, claim):
        """Override: a refund that the shop was told to make fits its return."""
        if claim["record"]._is_refund_told(claim["order"], claim["amount"]):
            claim["settled"] = True
            return ""
        return super()._describe_decided(claim)
