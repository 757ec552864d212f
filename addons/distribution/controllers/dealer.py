# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class DealerPortal(CustomerPortal):
    """What a dealer or distributor does in the portal.

    Dealers have no rights on the models of the network. Every route begins with
    ``_get_member``, which finds the member of the logged-in user; from then on the
    methods it calls take that member and look at nothing else. Ids in addresses are
    looked for among what that member may see: anything else is "not found".
    """

    def _get_member(self):
        """The member of the user in the current company, with ``sudo()``.

        :raises NotFound: the user belongs to no member
        """
        member = self._find_member()
        if not member:
            raise request.not_found()
        return member

    def _find_member(self):
        company = request.env.company
        # sudo: see the class; the search is by the user's own commercial partner
        members = request.env["distribution.member"].sudo().with_company(company)
        return members._get_of_user(company)

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dealer_count" in counters:
            values["dealer_count"] = len(self._find_member())
        return values

    @http.route("/my/dealer", type="http", auth="user", website=True)
    def dealer_home(self, **kwargs):
        """Where a dealer stands: quotas, money, latest orders, and what can be done."""
        member = self._get_member()
        return request.render(
            "distribution.portal_dealer_home", self._prepare_dealer_home(member)
        )

    def _prepare_dealer_home(self, member):
        overview = member.partner_id._get_overview(member.company_id, 3)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer",
            "member": member,
            "quotas": member._get_portal_quotas(),
            "money": overview["money"],
            "currency": overview["currency"],
            "credit": member._get_portal_credit(),
            "orders": overview["orders"][:5],
            "is_own": True,
        }

    @http.route("/my/dealers", type="http", auth="user", website=True)
    def dealers(self, **kwargs):
        """The members below the user's: a distributor's own dealers."""
        member = self._get_member()
        below = (member._get_visible_members() - member).sorted("name")
        return request.render(
            "distribution.portal_dealers",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dealers",
                "member": member,
                "members": below,
            },
        )

    def _get_visible_member(self, member_id):
        """A member below the user's; :raises NotFound: any other."""
        visible = self._get_member()._get_visible_members()
        member = visible.filtered(lambda other: other.id == member_id)
        if not member:
            raise request.not_found()
        return member
