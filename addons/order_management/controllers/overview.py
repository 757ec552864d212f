# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

_PERIODS = (3, 12, 36)


class Overview(CustomerPortal):
    """Goods, money and messages of one customer, for the customer and for staff."""

    @http.route(
        ["/my/overview", "/my/overview/<int:partner_id>"],
        type="http",
        auth="user",
        website=True,
    )
    def overview(self, partner_id=None, months=12, **kwargs):
        """The page; of another customer than one's own only for those who may.

        Whoever may not is told that there is no such page: also a page that does not
        exist tells something.
        """
        partner = request.env.user.partner_id.commercial_partner_id
        if partner_id and partner_id != partner.id:
            partner = request.env["res.partner"].browse(partner_id)
            # sudo: the method itself asks for what the user may read
            if not partner.sudo().exists() or not partner._may_see_overview():
                raise request.not_found()
        months = int(months) if str(months) in map(str, _PERIODS) else 12
        return request.render(
            "order_management.portal_overview",
            self._prepare_overview_values(partner, months),
        )

    def _prepare_overview_values(self, partner, months):
        # sudo: a customer has no rights on figures; the partner was checked above, and
        # every query of the page is about this partner in this company
        values = partner.sudo()._get_overview(request.env.company, months)
        return {
            **self._prepare_portal_layout_values(),
            **values,
            "page_name": "overview",
            "periods": _PERIODS,
            "is_own": partner == request.env.user.partner_id.commercial_partner_id,
        }
