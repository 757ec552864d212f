# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from markupsafe import Markup, escape

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

_PLACEHOLDER = re.compile(r"\{\s*([a-z_]*)\s*\}")


class HelpdeskMacro(models.Model):
    """An answer prepared once: text, and what it does to the ticket."""

    _name = "helpdesk.macro"
    _description = "Prepared Answer"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    team_ids = fields.Many2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: every team."
    )
    body = fields.Html(
        string="Answer",
        translate=True,
        sanitize_overridable=False,
        help="{customer}, {number}, {title}, {order}, {agent} and {company} are "
        "replaced by what they are for each ticket.",
    )
    is_note = fields.Boolean(
        string="Internal Note", help="The customer does not get the text."
    )
    stage_id = fields.Many2one("helpdesk.ticket.stage", string="Move to Stage")
    tag_ids = fields.Many2many("helpdesk.ticket.tag", string="Add Tags")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        string="Set Priority",
    )
    assign = fields.Selection(
        [("keep", "Nobody Else"), ("me", "Me"), ("user", "This User")],
        string="Assign To",
        default="keep",
        required=True,
    )
    user_id = fields.Many2one("res.users", domain=[("share", "=", False)])

    @api.model
    def _get_placeholders(self):
        """``{name: function of a ticket}``, the words a text may hold."""
        return {
            "customer": lambda t: t.partner_id.name or t.partner_name or "",
            "number": lambda t: t.number,
            "title": lambda t: t.name,
            # its number is on the ticket for everyone who reads it
            "order": lambda t: t.sudo().sale_order_id.name or "",
            "agent": lambda t: self.env.user.name,
            "company": lambda t: t.company_id.name,
        }

    @api.constrains("body")
    def _check_placeholders(self):
        known = self._get_placeholders()
        for macro in self:
            unknown = set(_PLACEHOLDER.findall(macro.body or "")) - known.keys()
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Unknown in the text: %(unknown)s. These can be used: "
                        "%(known)s.",
                        unknown=", ".join(f"{{{name}}}" for name in sorted(unknown)),
                        known=", ".join(f"{{{name}}}" for name in known),
                    )
                )

    @api.constrains("assign", "user_id")
    def _check_user(self):
        if any(macro.assign == "user" and not macro.user_id for macro in self):
            raise ValidationError(self.env._("Say to which user tickets are assigned."))

    def _fill(self, body, ticket):
        """``body`` with the words of ``ticket``; values are escaped."""
        known = self._get_placeholders()

        def word(match):
            function = known.get(match[1])
            return str(escape(function(ticket))) if function else match[0]

        return Markup(_PLACEHOLDER.sub(word, body or ""))

    def _get_body(self, ticket):
        """The text for ``ticket`` in its customer's language."""
        self.ensure_one()
        lang = ticket.partner_id.lang or self.env.lang
        return self._fill(self.with_context(lang=lang).body, ticket)

    def _prepare_ticket_vals(self, ticket):
        vals = {}
        if self.stage_id:
            vals["stage_id"] = self.stage_id.id
        if self.priority:
            vals["priority"] = self.priority
        if self.tag_ids:
            vals["tag_ids"] = [Command.link(tag.id) for tag in self.tag_ids]
        user = {"me": self.env.user, "user": self.user_id}.get(self.assign)
        if user and user != ticket.user_id:
            vals["user_id"] = user.id
        return vals

    def _check_fits(self, tickets):
        """All or none: nobody wants to find out which of forty were answered."""
        for ticket in tickets:
            stages = ticket.team_id._get_applicable_stages()
            if self.team_ids and ticket.team_id not in self.team_ids:
                raise UserError(
                    self.env._(
                        "“%(macro)s” is not meant for the team of ticket %(ticket)s.",
                        macro=self.name,
                        ticket=ticket.number,
                    )
                )
            if self.stage_id and self.stage_id not in stages:
                raise UserError(
                    self.env._(
                        "The team of ticket %(ticket)s does not use the stage "
                        "“%(stage)s”.",
                        ticket=ticket.number,
                        stage=self.stage_id.name,
                    )
                )

    def _apply(self, tickets, body=None):
        """Answer ``tickets`` and change them; ``body`` replaces the text for one.

        :raises UserError: when it does not fit one of them; then none is touched
        """
        self.ensure_one()
        self._check_fits(tickets)
        for ticket in tickets:
            text = self._get_body(ticket) if body is None else Markup(body)
            if not is_html_empty(text):
                self._post(ticket, text)
            if vals := self._prepare_ticket_vals(ticket):
                ticket.write(vals)

    def _post(self, ticket, text):
        if self.is_note:
            ticket.message_post(body=text, subtype_xmlid="mail.mt_note")
            return
        partner, email = ticket._get_answer_address()
        ticket.message_post(
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
            outgoing_email_to=email,
        )
