# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class CustomerSnapshot(models.Model):
    """What is built on fresh rows every night."""

    _inherit = "customer.snapshot"

    def _after_refresh_all(self, company):
        """The month's history, what play-books have brought and begin."""
        result = super()._after_refresh_all(company)
        moment = self._get_moment(company)
        self.env["customer.segment.history"]._record(moment)
        self.env["customer.playbook.entry"]._measure(moment)
        books = self.env["customer.playbook"].search([("company_id", "=", company.id)])
        books._run(moment)
        return result

    @api.model
    def _get_activity_action(self, partners):
        """The dialogue that plans an activity for each of these partners."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan an Activity"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_id": partners[:1].id,
                "active_ids": partners.ids,
                "default_res_model": "res.partner",
                "default_res_ids": repr(partners.ids),
            },
        }
