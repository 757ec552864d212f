# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController

#: tickets that one person may send within an hour
_TICKETS_AN_HOUR = 10
_FILES = 10
_SUBJECT, _DESCRIPTION = 200, 20_000  # letters
_ORDERS = 40  # that can be chosen


class TicketForm(HelpdeskTicketController):
    """The portal's form: nothing sent through it is believed, nothing typed is lost."""

    @http.route(methods=["POST"])
    def support_ticket_close(self, **kw):
        """Override of `helpdesk_mgmt`: of one's own tickets only, and not by a link."""
        ticket = self._get_own_ticket(kw.get("ticket_id"))
        if not ticket:
            return request.redirect("/my/tickets")
        stage_id = self._as_id(kw.get("stage_id"))
        stages = ticket.team_id._get_applicable_stages()
        stage = stages.filtered(lambda s: s.id == stage_id and s.close_from_portal)
        if stage:
            ticket.stage_id = stage
        return request.redirect(f"/my/ticket/{ticket.id}")

    @http.route("/my/ticket/reopen", type="http", auth="user", methods=["POST"])
    def reopen_ticket(self, **kw):
        """Bring a closed ticket back, as long as the team allows it."""
        ticket = self._get_own_ticket(kw.get("ticket_id"))
        if not ticket:
            return request.redirect("/my/tickets")
        if ticket._can_reopen():
            ticket._reopen()
        return request.redirect(f"/my/ticket/{ticket.id}")

    def _get_own_ticket(self, value):
        """The ticket with all rights, once the rules have let this user read it."""
        found = request.env["helpdesk.ticket"].search(
            [("id", "=", self._as_id(value))], limit=1
        )
        return found.sudo()

    def _as_id(self, value):
        text = str(value or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def _get_own_orders(self):
        """Orders of this user's company, which its people read in the portal anyway."""
        partner = request.env.user.partner_id.commercial_partner_id
        return (
            request.env["sale.order"]
            .sudo()
            .search(
                [
                    # not "child_of": a subsidiary's order fits no ticket of this one
                    ("partner_id.commercial_partner_id", "=", partner.id),
                    ("state", "=", "sale"),
                ],
                limit=_ORDERS,
                order="date_order desc, id desc",
            )
        )

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        texts = ("subject", "description", "category", "team", "order")
        values["typed"] = {name: kw.get(name) or "" for name in texts}
        values["orders"] = self._get_own_orders()
        values["page_name"] = "ticket"
        return values

    @http.route(methods=["POST"])
    def submit_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: limits, and one's own orders."""
        if kw.get("website"):  # a field that people do not see
            return request.redirect("/my/tickets")
        kw = {**kw, **self._clean(kw)}
        error = self._get_form_error(kw)
        if error:
            values = self._get_create_new_ticket_values(**kw)
            return request.render(
                "helpdesk_mgmt.portal_create_ticket", {**values, "error": error}
            )
        response = super().submit_ticket(**kw)
        self._after_submit(response, kw)
        return response

    def _clean(self, kw):
        team = self._as_id(kw.get("team"))
        # teams of other companies are not for this form
        shown = self._get_teams()
        return {
            "subject": " ".join(self._as_text(kw.get("subject")).split()),
            "description": self._as_text(kw.get("description")).strip(),
            "category": str(self._as_id(kw.get("category")) or ""),
            "team": str(team) if shown and team in shown.ids else "",
        }

    def _as_text(self, value):
        """``value`` without what the database cannot hold; "" for a file."""
        return value.replace("\0", "") if isinstance(value, str) else ""

    def _get_form_error(self, kw):
        """What is wrong, in words, or None."""
        env = request.env
        files = request.httprequest.files.getlist("attachment")
        if not kw["subject"] or not kw["description"]:
            return env._("Please fill in a subject and a description.")
        if len(kw["subject"]) > _SUBJECT:
            return env._("Please use at most %(count)s letters.", count=_SUBJECT)
        if len(kw["description"]) > _DESCRIPTION:
            return env._(
                "The description is longer than %(count)s letters: please attach it "
                "as a file.",
                count=_DESCRIPTION,
            )
        if len(files) > _FILES:
            return env._("Please attach at most %(count)s files.", count=_FILES)
        if kw["category"] and int(kw["category"]) not in self._get_categories().ids:
            return env._("Please choose a category from the list.")
        return self._get_rate_error()

    def _get_rate_error(self):
        partner = request.env.user.partner_id.commercial_partner_id
        sent = (
            request.env["helpdesk.ticket"]
            .sudo()
            .search_count(
                [
                    ("commercial_partner_id", "=", partner.id),
                    ("create_uid", "=", request.env.uid),
                    ("create_date", ">=", fields.Datetime.now() - timedelta(hours=1)),
                ]
            )
        )
        if sent >= _TICKETS_AN_HOUR:
            return request.env._(
                "You have sent %(count)s tickets within an hour. Please write what "
                "you want to add into one of them.",
                count=sent,
            )
        return None

    def _prepare_submit_ticket_vals(self, **kw):
        vals = super()._prepare_submit_ticket_vals(**kw)
        order_id = self._as_id(kw.get("order"))
        order = self._get_own_orders().filtered(lambda order: order.id == order_id)
        if order and order.company_id.id == vals["company_id"]:
            vals["sale_order_id"] = order.id
        return vals

    def _after_submit(self, response, kw):
        ticket = self._get_own_ticket(response.location.rsplit("/", 1)[-1])
        ticket._send_first_answer()
        return ticket
