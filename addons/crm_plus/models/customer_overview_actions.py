# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class CustomerOverview(models.AbstractModel):
    """What a person does next with a customer, one click away."""

    _inherit = "customer.overview"

    def _prepare_quotation_action(self, customer):
        return {
            "key": "quotation",
            "label": self.env._("Quotation"),
            "icon": "fa-file-text-o",
            "action": self._prepare_form_action(
                "sale.order", self.env._("Quotation"), {"partner_id": customer.id}
            ),
        }

    def _prepare_lead_action(self, customer):
        return {
            "key": "lead",
            "label": self.env._("Opportunity"),
            "icon": "fa-star-o",
            "action": self._prepare_form_action(
                "crm.lead",
                self.env._("Opportunity"),
                {"partner_id": customer.id, "type": "opportunity"},
            ),
        }

    def _prepare_activity_action(self, customer):
        return {
            "key": "activity",
            "label": self.env._("Activity"),
            "icon": "fa-clock-o",
            "action": {
                "type": "ir.actions.act_window",
                "name": self.env._("Plan an Activity"),
                "res_model": "mail.activity.schedule",
                "views": [[False, "form"]],
                "target": "new",
                "context": {
                    "active_model": "res.partner",
                    "active_id": customer.id,
                    "active_ids": customer.ids,
                },
            },
        }

    def _prepare_meeting_action(self, customer):
        attendees = customer.ids + self.env.user.partner_id.ids
        return {
            "key": "meeting",
            "label": self.env._("Meeting"),
            "icon": "fa-calendar",
            "action": {
                "type": "ir.actions.act_window",
                "name": self.env._("Meetings"),
                "res_model": "calendar.event",
                "views": [[False, "calendar"], [False, "list"], [False, "form"]],
                "context": {"default_partner_ids": attendees},
            },
        }

    def _prepare_mail_action(self, customer):
        return {
            "key": "mail",
            "label": self.env._("Message"),
            "icon": "fa-envelope-o",
            "action": {
                "type": "ir.actions.act_window",
                "name": self.env._("Message"),
                "res_model": "mail.compose.message",
                "views": [[False, "form"]],
                "target": "new",
                "context": {
                    "default_model": "res.partner",
                    "default_res_ids": customer.ids,
                    "default_composition_mode": "comment",
                    "default_partner_ids": customer.ids,
                },
            },
        }

    def _prepare_form_action(self, model, name, defaults, target="current"):
        """An action with a new record of ``model`` and these values in it."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "form"]],
            "target": target,
            "context": {f"default_{field}": value for field, value in defaults.items()},
        }
