# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from .dealer import DealerPortal


class DealerOrder(DealerPortal):
    """The order form of a dealer; the screen asks these routes and nothing else."""

    @http.route("/my/dealer/order", type="http", auth="user", website=True)
    def dealer_order(self, **kwargs):
        """The order form."""
        member = self._get_member()
        addresses = request.env["sale.order"].sudo()._get_dealer_addresses(member)
        return request.render(
            "distribution.portal_dealer_order",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dealer_order",
                "member": member,
                "props": {
                    "memberId": member.id,
                    "suppliers": self._prepare_suppliers(member),
                    "addresses": [
                        {"id": address.id, "name": _describe(address)}
                        for address in addresses
                    ],
                },
            },
        )

    def _prepare_suppliers(self, member):
        """Who may be ordered from: the company itself is number 0."""
        members, is_own = member._get_portal_suppliers()
        own = [{"id": 0, "name": member.company_id.name}] if is_own else []
        return own + [{"id": other.id, "name": other.name} for other in members]

    def _get_seller(self, supplier_id):
        """What to ask for products, prices and orders, and with which arguments.

        :raises NotFound: the user belongs to no member, or nobody of that number
            supplies it
        """
        member = self._get_member()
        company = member.company_id
        # sudo: a dealer has no rights on products, quotas and stock; see DealerPortal
        if not supplier_id:
            orders = request.env["sale.order"].sudo().with_company(company)
            return orders, (member,)
        members, _is_own = member._get_portal_suppliers()
        supplier = members.filtered(lambda other: other.id == supplier_id)
        if not supplier:
            raise request.not_found()
        orders = request.env["distribution.order"].sudo().with_company(company)
        return orders, (member, supplier)

    @http.route(
        "/my/dealer/order/products",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def dealer_products(self, text="", page=1, supplier_id=0):
        """A page of what is sold to the user's member."""
        orders, whom = self._get_seller(supplier_id)
        text = text if isinstance(text, str) else ""
        page = page if isinstance(page, int) and 0 < page < 10_000 else 1
        return orders._dealer_find_products(*whom, text, page)

    @http.route("/my/dealer/order/quote", type="jsonrpc", auth="user", website=True)
    def dealer_quote(self, lines=None, supplier_id=0):
        """Prices, dates and quotas of what is on the screen."""
        orders, whom = self._get_seller(supplier_id)
        return orders._dealer_quote(*whom, lines or [])

    @http.route("/my/dealer/order/send", type="jsonrpc", auth="user", website=True)
    def dealer_send(self, values=None, supplier_id=0):
        """Make the order; again with the same token: the same order."""
        orders, whom = self._get_seller(supplier_id)
        order = orders._dealer_create(*whom, values)
        if order._name == "sale.order":
            return {"name": order.name, "url": order.get_portal_url()}
        return {"name": order.name, "url": f"/my/network-orders/{order.id}"}


def _describe(address):
    parts = (address.name, address.street, address.city)
    return ", ".join(part for part in parts if part)
