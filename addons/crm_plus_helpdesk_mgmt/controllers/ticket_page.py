# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..words import say


class TicketPage(CustomerPortalHelpdesk):
    @route()
    def portal_my_tickets(self, *args, **kw):
        """Override of `helpdesk_mgmt`: the filter in the reader's language."""
        response = super().portal_my_tickets(*args, **kw)
        filters = getattr(response, "qcontext", {}).get("searchbar_filters")
        if filters:  # the others are names of stages
            self._say_labels({"all": filters["all"]})
        return response

    def _ticket_get_searchbar_sortings(self):
        return self._say_labels(super()._ticket_get_searchbar_sortings())

    def _ticket_get_searchbar_groupby(self):
        return self._say_labels(super()._ticket_get_searchbar_groupby())

    def _ticket_get_searchbar_inputs(self):
        return self._say_labels(super()._ticket_get_searchbar_inputs())

    def _say_labels(self, choices):
        for choice in choices.values():
            choice["label"] = say(request.env, choice["label"])
        return choices

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        values["can_reopen"] = ticket._can_reopen()
        values["rating_token"] = self._get_rating_token(ticket, values["user"])
        return values

    def _get_rating_token(self, ticket, user):
        """What the customer of a closed ticket says how it went with, once."""
        family = user.partner_id.commercial_partner_id
        if not ticket.closed or ticket.commercial_partner_id != family:
            return False
        rated = ticket.sudo().rating_ids.filtered("consumed")
        if rated or ticket.rating_status == "no_rate" or not ticket.user_id:
            return False
        return ticket.sudo()._rating_get_access_token()
