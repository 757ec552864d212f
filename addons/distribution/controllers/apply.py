# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.misc import hmac

#: documents of one application, and bytes of each
MAX_DOCUMENTS = 5
MAX_BYTES = 5 * 1024 * 1024
_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")
#: letters of what is typed, a field
_LENGTHS = {
    "name": 128,
    "contact_name": 128,
    "phone": 32,
    "email": 128,
    "vat": 32,
    "street": 256,
    "city": 128,
    "message": 4000,
}
_REQUIRED = ("name", "contact_name", "phone", "email", "street", "city")


class ApplyController(http.Controller):
    """The form on which a shop or dealer asks to join the network.

    The answer is the same for strangers, customers and members: the form tells nobody
    who is known.
    """

    @http.route(
        "/distribution/apply",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def form(self):
        """The empty form."""
        self._get_company()
        return self._render({}, {})

    @http.route(
        "/distribution/apply",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=(MAX_DOCUMENTS * MAX_BYTES) + 1024 * 1024,
    )
    def send(self, **post):
        """Store an application; with mistakes, the form again as it was filled in."""
        company = self._get_company()
        if post.get("website_url"):
            # a field no person sees: machines fill it in, and are thanked
            return request.redirect("/distribution/apply/thanks")
        values = {
            name: str(post.get(name) or "").replace("\x00", "").strip()
            for name in _LENGTHS
        }
        errors = self._find_errors(values)
        documents = self._read_documents(errors)
        # public users may do nothing with applications; this form is the way in
        Application = request.env["distribution.application"].sudo()
        remote = hmac(
            request.env(su=True),
            "distribution-apply",
            request.httprequest.remote_addr or "",
        )
        if not errors and Application._is_flooded(company, remote):
            errors["form"] = request.env._(
                "Too many applications came from here. Try again in an hour, or call "
                "us."
            )
        if errors:
            return self._render(values, errors)
        Application.with_company(company)._receive(company, values, documents, remote)
        return request.redirect("/distribution/apply/thanks")

    @http.route(
        "/distribution/apply/thanks",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def thanks(self):
        """What everybody reads who sent the form."""
        self._get_company()
        return request.render("distribution.apply_thanks", {})

    def _get_company(self):
        """The company of the site, when it takes applications at all."""
        company = request.env.company.sudo()
        if not company.distribution_apply_open:
            raise NotFound()
        return company

    def _render(self, values, errors):
        return request.render(
            "distribution.apply_form",
            {
                "values": values,
                "errors": errors,
                "max_documents": MAX_DOCUMENTS,
                "max_megabytes": MAX_BYTES // 1024 // 1024,
                "company": request.env.company.sudo(),
            },
        )

    def _find_errors(self, values):
        """``{field: what to do}`` for what is missing or wrong."""
        errors = {}
        for name, longest in _LENGTHS.items():
            if name in _REQUIRED and not values[name]:
                errors[name] = request.env._("Please fill this in.")
            elif len(values[name]) > longest:
                errors[name] = request.env._(
                    "Too long: at most %(count)s letters.", count=longest
                )
        if "email" not in errors and not email_normalize(values["email"]):
            errors["email"] = request.env._("Write it as name@example.com.")
        digits = sum(char.isdigit() for char in values["phone"])
        if "phone" not in errors and digits < 7:
            errors["phone"] = request.env._("A telephone number has 7 digits or more.")
        return errors

    def _read_documents(self, errors):
        """The uploaded files ``[(name, bytes, mimetype)]``; their faults in ``errors``.

        What a file is, its content says, not its name.
        """
        files = [
            file for file in request.httprequest.files.getlist("documents") if file
        ]
        if len(files) > MAX_DOCUMENTS:
            errors["documents"] = request.env._(
                "At most %(count)s files.", count=MAX_DOCUMENTS
            )
            return []
        documents = []
        for file in files:
            content = file.read(MAX_BYTES + 1)
            mimetype = guess_mimetype(content)
            if len(content) > MAX_BYTES or mimetype not in _TYPES:
                errors["documents"] = request.env._(
                    "“%(name)s” is not taken: send PDF, JPEG, PNG or WebP of at most "
                    "%(size)s MB.",
                    name=file.filename[:80],
                    size=MAX_BYTES // 1024 // 1024,
                )
                continue
            documents.append((file.filename[:128], content, mimetype))
        return documents
