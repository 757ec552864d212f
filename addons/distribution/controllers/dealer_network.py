# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import re
from datetime import date

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..tools.portal_text import clean_text
from ..tools.typed_number import read_number, show_number
from .dealer import DealerPortal

_MAX_BYTES = 10 * 1024 * 1024
_FIRST_MONTH = date(2000, 1, 1)
_MONTH = re.compile(r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$")
_FIELD = re.compile(r"^(quantity|reason)_(\d{1,12})$")


class DealerNetwork(DealerPortal):
    """Orders between members, and what members report of their stock and sales."""

    def _get_network_orders(self, member):
        # sudo: a dealer has no rights on orders; only those it buys or supplies
        orders = request.env["distribution.order"].sudo()
        orders = orders.with_company(member.company_id)
        return orders.search(orders._get_visible_domain(member), limit=200)

    def _get_network_order(self, order_id):
        """The member with one of its orders; :raises NotFound: somebody else's."""
        member = self._get_member()
        orders = request.env["distribution.order"].sudo()
        order = orders.with_company(member.company_id).search(
            [("id", "=", order_id), *orders._get_visible_domain(member)]
        )
        if not order:
            raise request.not_found()
        return member, order

    @http.route("/my/network-orders", type="http", auth="user", website=True)
    def network_orders(self, **kwargs):
        """What the member is asked to deliver, and what it ordered from others."""
        member = self._get_member()
        orders = self._get_network_orders(member)
        return self._render_network(
            "distribution.portal_network_orders",
            member,
            "dealer_network_orders",
            to_deliver=orders.filtered(lambda order: order.supplier_id == member),
            bought=orders.filtered(lambda order: order.buyer_id == member),
        )

    @http.route(
        "/my/network-orders/<int:order_id>", type="http", auth="user", website=True
    )
    def network_order(self, order_id, **kwargs):
        """One order between members."""
        member, order = self._get_network_order(order_id)
        return self._render_order(member, order)

    @http.route(
        "/my/network-orders/<int:order_id>/<any(confirm,refuse,deliver):answer>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def network_order_answer(self, order_id, answer, **values):
        """The supplier's answer; only the supplier has one."""
        member, order = self._get_network_order(order_id)
        if order.supplier_id != member:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                self._answer(order, answer, values)
        except (UserError, AccessError) as error:
            return self._render_order(member, order, values, str(error))
        return request.redirect(f"/my/network-orders/{order.id}")

    def _answer(self, order, answer, values):
        typed = {"quantity": {}, "reason": {}}
        for name, text in values.items():
            if match := _FIELD.match(name):
                typed[match[1]][int(match[2])] = text
        if set().union(*typed.values()) - set(order.line_ids.ids):
            raise UserError(
                request.env._("These lines are not on this order. Open it again.")
            )
        if answer == "refuse":
            order.action_refuse(clean_text(values.get("why"), 1000))
            return
        quantities = {
            line: self._read_quantity(text) for line, text in typed["quantity"].items()
        }
        if answer == "confirm":
            reasons = {
                line: clean_text(text, 500) for line, text in typed["reason"].items()
            }
            order.action_confirm(quantities, reasons)
        else:
            order.action_deliver(quantities)

    def _read_quantity(self, text):
        if not str(text).strip():
            return 0.0
        try:
            return read_number(text, self._get_number_signs())
        except ValueError as error:
            raise UserError(
                request.env._("%(text)s is no quantity.", text=str(text)[:40])
            ) from error

    def _get_number_signs(self):
        return request.env["res.lang"]._get_data(code=request.env.lang or "en_US")

    def _render_order(self, member, order, typed=None, error=""):
        signs = self._get_number_signs()
        return self._render_network(
            "distribution.portal_network_order",
            member,
            "dealer_network_orders",
            order=order,
            show_quantity=lambda value: show_number(value, signs),
            typed=typed or {},
            is_supplier=order.supplier_id == member,
            error=error,
        )

    @http.route("/my/stock-reports", type="http", auth="user", website=True)
    def stock_reports(self, **kwargs):
        """What the member reported, with a form for the next report."""
        return self._render_reports(self._get_member())

    @http.route("/my/stock-reports/template", type="http", auth="user", website=True)
    def stock_report_template(self, **kwargs):
        """A file to fill in, with the member's own product codes."""
        member = self._get_member()
        template = request.env["distribution.report.template"].sudo()
        content = base64.b64decode(template._get_template(member))
        return request.make_response(
            content,
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", http.content_disposition("report.xlsx")),
            ],
        )

    @http.route(
        "/my/stock-reports/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def stock_report_create(self, kind="", date_from="", **values):
        """Take a report in; the file is kept also when some of its rows are not."""
        member = self._get_member()
        try:
            with request.env.cr.savepoint():
                self._import_report(member, kind, date_from)
        except UserError as error:
            chosen = {"kind": kind, "date_from": date_from}
            return self._render_reports(member, chosen, str(error))
        return request.redirect("/my/stock-reports")

    def _import_report(self, member, kind, date_from):
        upload = request.httprequest.files.get("file")
        content = upload.read(_MAX_BYTES + 1) if upload else b""
        # sudo: the report is made for the user's own member and nobody else
        reports = request.env["distribution.report"].sudo()
        kinds = dict(reports._fields["kind"]._description_selection(request.env))
        month = self._read_month(date_from)
        if kind not in kinds or not month:
            raise UserError(request.env._("Choose what you report, and the month."))
        report = reports.with_company(member.company_id).create(
            {
                "name": clean_text(upload and upload.filename, 120) or "report.xlsx",
                "member_id": member.id,
                "company_id": member.company_id.id,
                "kind": kind,
                "date_from": month,
                "file": base64.b64encode(content),
            }
        )
        report.action_import()

    def _read_month(self, text):
        """The first day of a month that has begun; None for anything else."""
        text = clean_text(text, 10)
        if not _MONTH.match(text):
            return None
        try:
            month = date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            return None
        today = fields.Date.context_today(request.env.user)
        return month if _FIRST_MONTH <= month <= today else None

    @http.route(
        "/my/stock-reports/<int:report_id>/refused",
        type="http",
        auth="user",
        website=True,
    )
    def stock_report_refused(self, report_id, **kwargs):
        """The rows that were not understood, with the reasons."""
        report = self._get_reports(self._get_member()).filtered(
            lambda each: each.id == report_id and each.reject_file
        )
        if not report:
            raise request.not_found()
        return request.make_response(
            base64.b64decode(report.reject_file),
            headers=[
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", http.content_disposition(report.reject_name)),
            ],
        )

    def _get_reports(self, member):
        # sudo: see _import_report
        reports = request.env["distribution.report"].sudo()
        return reports.search([("member_id", "=", member.id)], limit=50)

    def _render_reports(self, member, chosen=None, error=""):
        reports = self._get_reports(member)
        kinds = reports._fields["kind"]._description_selection(request.env)
        return self._render_network(
            "distribution.portal_stock_reports",
            member,
            "dealer_stock_reports",
            reports=reports,
            kinds=kinds,
            chosen=chosen or {},
            error=error,
        )

    def _render_network(self, template, member, page_name, **values):
        return request.render(
            template,
            {
                **self._prepare_portal_layout_values(),
                "page_name": page_name,
                "member": member,
                **values,
            },
        )
