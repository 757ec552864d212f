# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from ..tools.portal_text import clean_text
from .dealer import DealerPortal

#: proof a claim may carry: photos and documents
_MIMETYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
_MAX_FILES = 6
_MAX_BYTES = 8 * 1024 * 1024


class DealerClaim(DealerPortal):
    """Claims of the user's member: the list, one of them, a new one with its proof."""

    def _get_claims(self, member):
        # sudo: a dealer has no rights on claims; only the member's own are looked at
        return request.env["distribution.claim"].sudo().with_company(member.company_id)

    @http.route("/my/claims", type="http", auth="user", website=True)
    def claims(self, **kwargs):
        """The member's claims, newest first."""
        member = self._get_member()
        claims = self._get_claims(member).search([("member_id", "=", member.id)])
        return self._render("distribution.portal_claims", member, claims=claims)

    @http.route("/my/claims/<int:claim_id>", type="http", auth="user", website=True)
    def claim(self, claim_id, **kwargs):
        """One claim with its answer; somebody else's is not found."""
        member = self._get_member()
        claim = self._get_claims(member).search(
            [("id", "=", claim_id), ("member_id", "=", member.id)]
        )
        if not claim:
            raise request.not_found()
        return self._render("distribution.portal_claim", member, claim=claim)

    @http.route(
        "/my/claims/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def claim_form(self, **kwargs):
        """An empty form."""
        return self._render_form(self._get_member(), {})

    @http.route(
        "/my/claims/new", type="http", auth="user", website=True, methods=["POST"]
    )
    def claim_create(self, **values):
        """Send a claim; what is wrong is told above the form, its values kept."""
        member = self._get_member()
        try:
            with request.env.cr.savepoint():
                files = self._read_files()
                claim = self._get_claims(member)._portal_create(member, values)
                self._attach(claim, files)
        except UserError as error:
            return self._render_form(member, values, str(error))
        return request.redirect(f"/my/claims/{claim.id}")

    def _render(self, template, member, **values):
        return request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dealer_claims",
                "member": member,
                **values,
            },
        )

    def _render_form(self, member, values, error=""):
        kinds = self._get_claims(member)._fields["kind"]
        return self._render(
            "distribution.portal_claim_form",
            member,
            values=values,
            error=error,
            token=values.get("token") or secrets.token_hex(16),
            kinds=kinds._description_selection(request.env),
            accept=",".join(_MIMETYPES),
        )

    def _read_files(self):
        """The uploaded proof: ``[(name, mimetype, bytes)]``.

        :raises UserError: too many, too large, or nothing a picture or PDF can be
        """
        files = [
            file for file in request.httprequest.files.getlist("proof") if file.filename
        ]
        if len(files) > _MAX_FILES:
            raise UserError(
                request.env._("Send at most %(count)s files.", count=_MAX_FILES)
            )
        return [self._read_file(file) for file in files]

    def _read_file(self, file):
        content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise UserError(
                request.env._(
                    "%(name)s is larger than 8 MB. Send a smaller picture.",
                    name=file.filename[:80],
                )
            )
        mimetype = guess_mimetype(content, default="")
        if mimetype not in _MIMETYPES:
            raise UserError(
                request.env._(
                    "%(name)s is no picture and no PDF. Send a photo, a scan or a PDF.",
                    name=file.filename[:80],
                )
            )
        return clean_text(file.filename, 120) or "proof", mimetype, content

    def _attach(self, claim, files):
        if claim.message_attachment_count:
            return  # sent twice
        claim.message_post(
            body=request.env._("Sent in the portal."),
            attachments=[(name, content) for name, _mimetype, content in files],
            author_id=request.env.user.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
