# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What Shopee is told about its returns.

``returns/confirm`` pays the buyer at once: it is called once the money is due, not when
goods are only allowed to come back, which Shopee arranges by itself.
"""

from ..errors import AlreadyDone, BadAnswer, Misconfigured, Refused
from ..types_return import ReturnDecision

_PAID = frozenset(("ACCEPTED", "CLOSED"))
_DISPUTED = frozenset(("SELLER_DISPUTE", "JUDGING"))
_LISTS = ("dispute_reason_list", "dispute_reason", "reason_list")
_IDS = ("dispute_reason_id", "reason_id")


class DecisionsMixin:
    """The part of the adapter that answers returns; needs ``client`` and ``shop``."""

    def tell_return(self, told: ReturnDecision) -> str:
        """Confirm or dispute a return.

        Option ``dispute_reason_id``: Shopee's number of the reason for disputes; else
        the one that Shopee calls "other".

        :raises AlreadyDone: when it is confirmed or disputed already
        :raises Refused: the buyer withdrew it, or Shopee wants another reason
        """
        status = self._return_status(told.external_id)
        if status == "CANCELLED":
            raise Refused("the buyer withdrew this return", code=status)
        if told.decision == "refused":
            if status in _DISPUTED:
                raise AlreadyDone(told.external_id, code=status)
            self._dispute(told)
        else:
            if status in _PAID:
                raise AlreadyDone(told.external_id, code=status)
            self.client.post("returns/confirm", {"return_sn": told.external_id})
        return told.external_id

    def _return_status(self, return_sn):
        detail = self.client.get(
            "returns/get_return_detail", {"return_sn": return_sn}
        ).get("response")
        if not isinstance(detail, dict):
            raise BadAnswer("an answer without a response", code="response")
        return str(detail.get("status") or "")

    def _dispute(self, told):
        if not told.email:
            raise Misconfigured("an e-mail address of the company", code="email")
        self.client.post(
            "returns/dispute",
            {
                "return_sn": told.external_id,
                "email": told.email,
                "dispute_reason_id": self._dispute_reason(told.external_id),
                "dispute_text_reason": told.note,
            },
        )

    def _dispute_reason(self, return_sn):
        chosen = str(self.shop.options.get("dispute_reason_id") or "")
        if chosen.isdecimal():
            return int(chosen)
        answer = self.client.get(
            "returns/get_return_dispute_reason", {"return_sn": return_sn}
        ).get("response")
        answer = answer if isinstance(answer, dict) else {}
        offered = next((answer[name] for name in _LISTS if answer.get(name)), ())
        for entry in offered:
            number = next((entry[name] for name in _IDS if entry.get(name)), None)
            words = " ".join(str(value) for value in entry.values())
            if number is not None and "other" in words.lower():
                return int(number)
        raise Refused(
            "Shopee offers no reason that fits: dispute it in the Seller Centre",
            code="dispute_reason",
        )
