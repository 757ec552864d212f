# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: what a status may mean for money that a carrier hands over
OUTCOMES = ("delivered", "returned")


class CodSlipLine(models.Model):
    """A parcel on a slip; here: what the carrier's statement says became of it."""

    _inherit = "cod.slip.line"

    status_text = fields.Char(
        "Carrier Says", readonly=True, help="The status on the carrier's statement."
    )
    is_status_open = fields.Boolean(
        "Status Not Understood",
        readonly=True,
        help="Nobody has said yet what this status of the carrier means.",
    )

    def _take_outcome(self, outcome):
        """What the status of these parcels means is known now: their dispute is over.

        :param outcome: ``delivered`` or ``returned``
        """
        # what the carrier collected stays as it says, whatever was to be collected
        for amount, lines in self.grouped("cod_amount").items():
            lines.write(
                {
                    "outcome": outcome,
                    "cod_amount": amount,
                    "is_status_open": False,
                    "dispute_state": "none",
                    "dispute_reason": False,
                }
            )


class CodSlip(models.Model):
    _inherit = "cod.slip"

    open_status_count = fields.Integer(
        "Statuses Not Understood", compute="_compute_open_status_count"
    )

    @api.depends("line_ids.is_status_open")
    def _compute_open_status_count(self):
        for slip in self:
            slip.open_status_count = len(slip.line_ids.filtered("is_status_open"))

    def action_view_statuses(self):
        """Open what the statuses of these carriers mean, those without a meaning
        first."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.delivery_carrier_status_map_action"
        )
        domain = [("carrier_id", "in", self.carrier_id.ids)]
        return {**action, "domain": domain, "context": {"search_default_unknown": 1}}


class DeliveryCarrierStatusMap(models.Model):
    _inherit = "delivery.carrier.status.map"

    def _understand_events(self):
        """Override: parcels on slips that waited for this meaning get it, too."""
        result = super()._understand_events()
        meanings = {
            (row.carrier_id, row.code): row.state
            for row in self
            if row.state in OUTCOMES
        }
        # sudo: whoever says what a code means need not see slips
        lines_sudo = self.env["cod.slip.line"].sudo()
        waiting = lines_sudo.search(
            [
                ("carrier_id", "in", self.carrier_id.ids),
                ("is_status_open", "=", True),
                ("slip_id.state", "in", ("open", "checking")),
            ]
        )
        by_outcome = waiting.grouped(
            lambda line: meanings.get(
                (line.carrier_id, self._clean_code(line.status_text))
            )
        )
        for outcome in OUTCOMES:
            by_outcome.get(outcome, lines_sudo)._take_outcome(outcome)
        return result
