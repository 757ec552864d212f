# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CrmPhonecall(models.Model):
    """How a call ended; a call that was held is a first response to its lead."""

    _inherit = "crm.phonecall"

    result = fields.Selection(
        [
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("busy", "Busy"),
            ("call_back", "Call back"),
            ("order", "Will order"),
            ("refused", "Not interested"),
            ("wrong", "Wrong number"),
        ],
        index="btree_not_null",
        tracking=True,
        help="Calls that reached nobody are no contact with the customer.",
    )

    @api.model
    def _get_missed_results(self):
        """:return: results of calls that reached nobody."""
        return ("no_answer", "busy", "wrong")

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls._answer_leads()
        return calls

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "result" in vals:
            self._answer_leads()
        return result

    def compute_duration(self):
        """Override of `crm_phonecall`, which sets a duration that was noted to 0."""
        missing = self.filtered(lambda call: call.duration <= 0)
        return super(CrmPhonecall, missing).compute_duration()

    def _answer_leads(self):
        """Stop the clock of the leads that were phoned and reached."""
        held = self.filtered(
            lambda call: (
                call.state == "done" and call.result not in self._get_missed_results()
            )
        )
        if held.opportunity_id:
            # who phones for a colleague need not be who may write the lead
            held.opportunity_id.sudo()._mark_first_response()
