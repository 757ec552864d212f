# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.portal_text import clean_text
from .dealer import DealerPortal

_ID = re.compile(r"^[0-9]{1,12}$")


class DealerStatement(DealerPortal):
    """Statements of the user's member: read, accepted or disputed line by line."""

    def _get_statements(self, member):
        # a dealer has no rights on statements; the method looks at the member's only
        statements = request.env["distribution.statement"]
        return statements._get_for_portal(member.partner_id).filtered(
            lambda statement: statement.company_id == member.company_id
        )

    def _get_statement(self, statement_id):
        """The member with its statement; :raises NotFound: somebody else's."""
        member = self._get_member()
        statement = self._get_statements(member).filtered(
            lambda each: each.id == statement_id
        )
        if not statement:
            raise request.not_found()
        return member, statement

    @http.route("/my/statements", type="http", auth="user", website=True)
    def statements(self, **kwargs):
        """The member's statements, newest first."""
        member = self._get_member()
        return self._render_statement(
            "distribution.portal_statements",
            member,
            statements=self._get_statements(member),
        )

    @http.route(
        "/my/statements/<int:statement_id>", type="http", auth="user", website=True
    )
    def statement(self, statement_id, **kwargs):
        """One statement with its lines."""
        member, statement = self._get_statement(statement_id)
        return self._render_statement(
            "distribution.portal_statement", member, statement=statement
        )

    @http.route(
        "/my/statements/<int:statement_id>/<any(accept,dispute):answer>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def statement_answer(self, statement_id, answer, reason="", **values):
        """Accept or dispute; what is wrong with the answer is told on the page."""
        member, statement = self._get_statement(statement_id)
        by = request.env.user.partner_id
        lines = request.httprequest.form.getlist("line")
        # an id that is longer than any is nobody's, and takes long to read
        ticked = [int(line) if _ID.match(line) else 0 for line in lines]
        try:
            with request.env.cr.savepoint():
                if answer == "accept":
                    statement.action_accept(by)
                else:
                    statement.action_dispute(by, clean_text(reason, 5000), ticked)
        except UserError as error:
            return self._render_statement(
                "distribution.portal_statement",
                member,
                statement=statement,
                error=str(error),
                reason=reason,
                ticked=ticked,
            )
        return request.redirect(f"/my/statements/{statement.id}")

    @http.route(
        "/my/statements/<int:statement_id>/pdf", type="http", auth="user", website=True
    )
    def statement_pdf(self, statement_id, **kwargs):
        """The statement on paper."""
        _member, statement = self._get_statement(statement_id)
        content, _kind = (
            request.env["ir.actions.report"]
            .sudo()
            .with_context(lang=request.env.lang)
            ._render_qweb_pdf(
                "distribution.distribution_statement_pdf_report", statement.ids
            )
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                (
                    "Content-Disposition",
                    http.content_disposition(f"{statement.name}.pdf"),
                ),
            ],
        )

    def _render_statement(self, template, member, **values):
        return request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dealer_statements",
                "member": member,
                "error": "",
                "reason": "",
                "ticked": (),
                **values,
            },
        )
