# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import uuid

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.channel_return_request import PHOTO_BYTES, PHOTO_COUNT, PHOTO_TYPES
from .photos import read_photos

_PAGE = 20


class ReturnsPortal(CustomerPortal):
    """What a signed-in customer sees of returns and asks for.

    Odoo makes one class of all portals: names here say that they are about returns.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "return_count" in counters:
            # sudo: customers have no rights on returns, only their own are counted
            values["return_count"] = (
                request.env["channel.return"]
                .sudo()
                .search_count(self._get_my_returns_domain())
            )
        return values

    def _get_my_returns_domain(self):
        """Those of the customer's whole company, as with orders."""
        partner = request.env.user.partner_id.commercial_partner_id
        return [("partner_id", "child_of", partner.ids)]

    @http.route(
        ["/my/returns", "/my/returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def my_returns(self, page=1, **kwargs):
        """The customer's returns, newest first."""
        # sudo: see above
        returns = request.env["channel.return"].sudo()
        domain = self._get_my_returns_domain()
        pages = pager("/my/returns", returns.search_count(domain), page, _PAGE)
        return request.render(
            "order_management.portal_my_returns",
            {
                **self._prepare_portal_layout_values(),
                "returns": returns.search(domain, limit=_PAGE, offset=pages["offset"]),
                "pager": pages,
                "page_name": "returns",
            },
        )

    @http.route("/my/returns/<int:return_id>", type="http", auth="user", website=True)
    def my_return(self, return_id, **kwargs):
        """One return; another customer's does not exist."""
        record = self._get_my_return(return_id)
        return request.render(
            "order_management.portal_my_return",
            {
                **self._prepare_portal_layout_values(),
                "record": record,
                "page_name": "returns",
                "is_new": kwargs.get("new"),
            },
        )

    @http.route(
        "/my/returns/<int:return_id>/label", type="http", auth="user", website=True
    )
    def my_return_label(self, return_id, **kwargs):
        """The label for the parcel back."""
        record = self._get_my_return(return_id)
        if not record.return_label or record.state in ("requested", "refused"):
            raise request.not_found()
        return (
            request.env["ir.binary"]
            ._get_stream_from(
                record,
                "return_label",
                filename=record.return_label_name or f"{record.name}.pdf",
            )
            .get_response(as_attachment=True)
        )

    @http.route(
        "/my/returns/<int:return_id>/cancel",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def my_return_cancel(self, return_id, **kwargs):
        """The customer keeps the goods after all, as long as nothing is decided."""
        record = self._get_my_return(return_id)
        if record.state == "requested":
            record._transition("cancelled", request.env._("By the customer"))
        return request.redirect(f"/my/returns/{record.id}")

    def _get_my_return(self, return_id):
        domain = [*self._get_my_returns_domain(), ("id", "=", return_id)]
        # sudo: see above
        record = request.env["channel.return"].sudo().search(domain, limit=1)
        if not record:
            raise request.not_found()
        return record

    @http.route(
        "/my/orders/<int:order_id>/return",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def ask_for_return(self, order_id, **post):
        """Choose what of an order comes back and why; twice is no second request."""
        order_sudo = self._get_order_to_return(order_id)
        error = None
        if request.httprequest.method == "POST":
            try:
                # what was begun is undone, and the page tells what to change
                with request.env.cr.savepoint():
                    record = self._take_return_request(order_sudo, post)
            except UserError as problem:
                error = str(problem)
            else:
                return request.redirect(f"/my/returns/{record.id}?new=1")
        return request.render(
            "order_management.portal_ask_for_return",
            self._prepare_return_values(order_sudo, post, error),
        )

    def _get_order_to_return(self, order_id):
        """The customer's own order; nobody gets in here by a link."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id)
        except (AccessError, MissingError) as error:
            raise request.not_found() from error
        mine = request.env.user.partner_id.commercial_partner_id
        theirs = order_sudo.partner_id.commercial_partner_id
        if order_sudo.state != "sale" or (request.env.user.share and mine != theirs):
            raise request.not_found()
        return order_sudo

    def _prepare_return_values(self, order_sudo, post, error):
        lines = order_sudo.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        room = lines._get_returnable_qty()
        # sudo: customers have no rights on reasons
        reasons = request.env["channel.return.reason"].sudo().search([])
        kinds = request.env["channel.return"]._fields["return_type"]
        return {
            **self._prepare_portal_layout_values(),
            "order": order_sudo,
            "lines": [
                {
                    "line": line,
                    "left": room[line],
                    "obstacle": line._get_return_obstacle(),
                    "policy": request.env["channel.return.policy"]._find(
                        line, order_sudo.company_id
                    ),
                }
                for line in lines
            ],
            "reasons": reasons,
            "kinds": [
                (key, label)
                for key, label in kinds._description_selection(request.env)
                if key in ("return_refund", "exchange", "replacement", "refund_only")
            ],
            "token": post.get("token") or uuid.uuid4().hex,
            "post": post,
            "error": error,
            "photo_types": ",".join(PHOTO_TYPES),
            "photo_count": PHOTO_COUNT,
            "photo_megabytes": PHOTO_BYTES // 1024 // 1024,
            "page_name": "returns",
        }

    def _take_return_request(self, order_sudo, post):
        """:raises UserError: in the customer's words, what to change"""
        quantities = {}
        for line in order_sudo.order_line:
            text = (post.get(f"quantity_{line.id}") or "").strip()
            if text:
                quantities[line] = self._read_return_quantity(text)
        reasons = request.env["channel.return.reason"].sudo()
        reason_id = post.get("reason_id") or ""
        reason = reasons.browse(int(reason_id) if reason_id.isdecimal() else ())
        kinds = ("return_refund", "exchange", "replacement", "refund_only")
        kind = post.get("return_type")
        token = (post.get("token") or "")[:64]
        values = {"return_type": kind if kind in kinds else "return_refund"}
        if token:
            # of another user, or for another order, the same word is another request
            owner = f"{request.env.uid}:{order_sudo.id}"
            values["request_token"] = f"{owner}:{token}"
        return request.env["channel.return"]._request_for_order(
            order_sudo,
            quantities,
            reason=reason.exists(),
            note=(post.get("note") or "").strip(),
            attachments=read_photos(),
            **values,
        )

    def _read_return_quantity(self, text):
        try:
            quantity = float(text.replace(",", "."))
        except ValueError:
            quantity = -1
        if not 0 <= quantity < 1e9:
            raise UserError(request.env._("“%(text)s” is no quantity.", text=text[:20]))
        return quantity
