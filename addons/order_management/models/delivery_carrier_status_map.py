# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..shipping.tracking import STATES
from .stock_picking_tracking import TRACKING_STATES


class DeliveryCarrierStatusMap(models.Model):
    """What a carrier's code means here.

    A code that nobody knows makes a row without a meaning: somebody is to give it one,
    and the parcels' events that came with it are understood from then on.
    """

    _name = "delivery.carrier.status.map"
    _description = "Carrier Status"
    _order = "carrier_id, state NULLS FIRST, code"
    _rec_name = "code"
    _check_company_auto = True

    carrier_id = fields.Many2one(
        "delivery.carrier", required=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="carrier_id.company_id", store=True, precompute=True, index=True
    )
    code = fields.Char(required=True, help="As the carrier writes it.")
    state = fields.Selection(
        TRACKING_STATES,
        "Meaning",
        help="Empty: nobody knows yet. Parcels stay where they are.",
    )
    is_ignored = fields.Boolean(
        "Means Nothing", help="Is kept in the history and moves no parcel."
    )
    note = fields.Char(help="What the carrier says about this code.")
    seen_at = fields.Datetime("First Seen", readonly=True)
    example = fields.Char(readonly=True, help="A text that came with it.")

    _code_uniq = models.UniqueIndex(
        "(carrier_id, code)", "This carrier has this code already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Codes are compared as carriers mean them: without blanks around, any case."""
        for vals in vals_list:
            if vals.get("code"):
                vals["code"] = self._clean_code(vals["code"])
        rows = super().create(vals_list)
        rows.filtered("state")._understand_events()
        return rows

    def write(self, vals):
        """What waited for a meaning gets it at once."""
        if vals.get("code"):
            vals = {**vals, "code": self._clean_code(vals["code"])}
        result = super().write(vals)
        if vals.get("state"):
            self._understand_events()
        return result

    @api.model
    def _clean_code(self, code):
        return " ".join(str(code).split()).upper()

    def _understand_events(self):
        """Give the events of these codes that nobody understood their meaning.

        History is never changed: each gets a second row that says what it meant.
        """
        events = self.env["shipment.event"].sudo()
        for row in self:
            waiting = events.search(
                [
                    ("carrier_id", "=", row.carrier_id.id),
                    ("code", "=", row.code),
                    ("state", "=", False),
                    ("meaning_ids", "=", False),
                ]
            )
            waiting._give_meaning(row.state)

    @api.model
    def _translate(self, carrier, codes, words=None):
        """``{code: state, or False}`` of a carrier's codes; unknown ones are kept.

        :param codes: {code: a text that came with it}
        :param words: {code: state} of codes that say it themselves; what somebody said
            here counts more
        """
        clean = {self._clean_code(code): code for code in codes}
        rows = self.search(
            [("carrier_id", "=", carrier.id), ("code", "in", list(clean))]
        )
        meaning = {row.code: row.state for row in rows}
        new = [code for code in clean if code not in meaning]
        # carriers that speak our words need no map
        meaning.update({code: code.lower() for code in new if code.lower() in STATES})
        for code, state in (words or {}).items():
            code = self._clean_code(code)
            meaning[code] = meaning.get(code) or state
        unknown = [code for code in new if code not in meaning]
        self.create(
            [
                {
                    "carrier_id": carrier.id,
                    "code": code,
                    "seen_at": fields.Datetime.now(),
                    "example": codes[clean[code]],
                }
                for code in unknown
            ]
        )
        return {code: meaning.get(self._clean_code(code)) or False for code in codes}

    @api.model
    def _get_ignored(self, carrier, codes):
        """Those of a carrier's codes that mean nothing, as somebody said."""
        rows = self.search([("carrier_id", "=", carrier.id), ("is_ignored", "=", True)])
        ignored = set(rows.mapped("code"))
        return {code for code in codes if self._clean_code(code) in ignored}
