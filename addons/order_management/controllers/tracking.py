# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.channel_return_request import PHOTO_COUNT, PHOTO_TYPES
from ..tools.throttle import Throttle
from .photos import read_photos

#: links that opened nothing, a minute and address
_bad_links = Throttle(attempts=30, seconds=60)
#: forms sent, a minute and address
_forms = Throttle(attempts=20, seconds=60)
#: a form with the longest text and all quantities of a long order needs much less
_MAX_BYTES = 256 * 1024
#: some photos of a telephone
_MAX_PHOTO_BYTES = 24 * 1024 * 1024

#: for whoever has the link; it works without session and cookie
_PAGE = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "save_session": False,
    "sitemap": False,
}
#: no token against foreign pages: the secret is the address itself
_FORM = {**_PAGE, "methods": ["POST"], "csrf": False}

#: the page holds nothing but itself, its style and the logo; nobody keeps or frames it
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class Tracking(http.Controller):
    """The page on which a customer follows an order, with a signed link alone.

    Whoever has the link may see the page and ask for something: it works without
    session and cookie, so that there is none that a foreign page could make use of.
    """

    @http.route("/order/track/<string:token>", readonly=True, **_PAGE)
    def track(self, token, lang=None, done=None, **_kwargs):
        """The page of one order; the same friendly page for all that opens nothing."""
        order_sudo = self._find(token)
        if not order_sudo:
            return self._render_nothing()
        return self._render(order_sudo, token, lang, {"done": done})

    @http.route(
        "/order/track/<string:token>/request",
        max_content_length=_MAX_BYTES,
        **_FORM,
    )
    def ask(
        self, token, lang=None, kind=None, text="", nonce=None, reason=None, **values
    ):
        """The customer asks for a change, the end of the order, or a return."""
        return self._ask(token, lang, kind, text, nonce, reason, values)

    @http.route(
        "/order/track/<string:token>/return",
        max_content_length=_MAX_PHOTO_BYTES,
        **_FORM,
    )
    def ask_with_photos(
        self, token, lang=None, text="", nonce=None, reason=None, **values
    ):
        """The customer asks for a return and sends photos of the goods."""
        values.pop("photos", None)
        values.pop("kind", None)
        return self._ask(
            token, lang, "return", text, nonce, reason, values, photos=read_photos
        )

    def _ask(self, token, lang, kind, text, nonce, reason, values, photos=tuple):
        """:param photos: what reads them, once the link is known to be good"""
        # a file that somebody sends in place of a text is none
        kind, text, nonce = (
            value if isinstance(value, str) else None for value in (kind, text, nonce)
        )
        return self._do(
            token,
            lang,
            lambda order: order._request_of_parts(
                kind,
                text,
                self._read_quantities(values),
                nonce,
                reason_id=reason,
                photos=photos(),
            ),
            draft={
                "kind": kind,
                "text": (text or "")[:10000],
                "reason": reason,
                "values": values,
            },
        )

    @http.route(
        "/order/track/<string:token>/shortage",
        max_content_length=_MAX_BYTES,
        **_FORM,
    )
    def answer_shortage(self, token, lang=None, shortage=None, option=None, **_kwargs):
        """The customer chooses what happens with goods that are not there."""
        return self._do(
            token,
            lang,
            lambda order: order._answer_shortage_of_parts(shortage, option),
        )

    @http.route("/order/track/<string:token>/slip/<int:picking_id>", **_PAGE)
    def slip(self, token, picking_id, **_kwargs):
        """The delivery slip of a parcel that has left."""
        order_sudo = self._find(token)
        if not order_sudo:
            return self._render_nothing()
        parts = order_sudo._get_tracking_parts()
        picking = parts._get_customer_pickings().filtered(
            lambda picking: picking.id == picking_id and picking.state == "done"
        )
        if not picking:
            return self._render_nothing()
        lang = order_sudo._get_customer_lang()
        report = request.env["ir.actions.report"].sudo().with_context(lang=lang)
        content, kind = report._render_qweb_pdf(
            "order_management.action_report_parcel_slip", [picking.id]
        )
        name = f"{picking.name.replace('/', '-')}.{kind}"
        mime = "application/pdf" if kind == "pdf" else "text/html"
        return request.make_response(
            content,
            [
                *_HEADERS.items(),
                ("Content-Type", mime),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    def _find(self, token):
        caller = request.httprequest.remote_addr
        orders = request.env["sale.order"]
        if _bad_links.is_over(caller):
            return orders.sudo()
        order_sudo = orders._find_by_tracking_token(token)
        if not order_sudo:
            _bad_links.note(caller)
        return order_sudo

    def _do(self, token, lang, step, draft=None):
        """One step on the order of a link, then the page anew; what is refused says
        why and keeps what was typed."""
        order_sudo = self._find(token)
        if not order_sudo:
            return self._render_nothing()
        lang = self._choose_lang(order_sudo, lang)
        order_sudo = order_sudo.with_context(lang=lang)
        caller = request.httprequest.remote_addr
        try:
            if _forms.is_over(caller):
                raise UserError(
                    order_sudo.env._("That was quick. Please wait a minute.")
                )
            _forms.note(caller)
            with request.env.cr.savepoint():
                step(order_sudo)
        except UserError as error:
            values = {"error": str(error), "draft": draft}
            return self._render(order_sudo, token, lang, values, status=422)
        # a new address, so that reloading the page sends nothing again
        response = request.redirect(
            f"/order/track/{token}?lang={lang}&done=1", code=303, local=True
        )
        response.headers.update(_HEADERS)
        return response

    def _read_quantities(self, values):
        """``{line id: quantity}`` of fields named ``qty_<line id>``."""
        quantities = {}
        for name, value in list(values.items())[:500]:
            number = name.removeprefix("qty_")
            if name == number or not str(value).strip():
                continue
            try:
                quantity = float(str(value).replace(",", "."))
                line_id = int(number)
            except ValueError:
                quantity = -1
            if not 0 <= quantity < 1e9:
                raise UserError(request.env._("Please enter quantities as numbers."))
            quantities[line_id] = quantity
        return quantities

    def _choose_lang(self, order_sudo, lang):
        installed = {code for code, _name in request.env["res.lang"].get_installed()}
        return lang if lang in installed else order_sudo._get_customer_lang()

    def _render(self, order_sudo, token, lang, values, status=200):
        lang = self._choose_lang(order_sudo, lang)
        order_sudo = order_sudo.with_context(lang=lang)
        company = order_sudo.company_id
        request.update_context(lang=lang)
        values = {
            **order_sudo._get_tracking_values(),
            "error": "",
            "done": "",
            "draft": None,
            **values,
            "token": token,
            "lang": lang,
            "langs": request.env["res.lang"].get_installed(),
            "nonce": secrets.token_hex(16),
            "company_name": company.name,
            "company_id": company.id,
            "contact": company.email or company.phone or "",
            "photo_types": ",".join(PHOTO_TYPES),
            "photo_count": PHOTO_COUNT,
        }
        return self._respond("order_management.tracking_page", values, status, company)

    def _render_nothing(self):
        values = {"company_name": request.env.company.name, "lang": "en"}
        company = request.env.company
        return self._respond("order_management.tracking_nothing", values, 404, company)

    def _respond(self, template, values, status, company):
        # sudo: templates are nobody's secret, the values are texts already
        qweb = request.env["ir.qweb"].sudo().with_company(company.id)
        body = qweb._render(template, values)
        response = request.make_response(
            f"<!DOCTYPE html>\n{body}",
            [*_HEADERS.items(), ("Content-Type", "text/html; charset=utf-8")],
        )
        response.status_code = status
        return response
