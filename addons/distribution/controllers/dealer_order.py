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
                    "addresses": [
                        {"id": address.id, "name": _describe(address)}
                        for address in addresses
                    ],
                },
            },
        )

    def _get_orders(self, member):
        # sudo: a dealer has no rights on products, quotas and stock; see DealerPortal
        return request.env["sale.order"].sudo().with_company(member.company_id)

    @http.route(
        "/my/dealer/order/products",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def dealer_products(self, text="", page=1):
        """A page of what is sold to the user's member."""
        member = self._get_member()
        text = text if isinstance(text, str) else ""
        page = page if isinstance(page, int) and 0 < page < 10_000 else 1
        return self._get_orders(member)._dealer_find_products(member, text, page)

    @http.route("/my/dealer/order/quote", type="jsonrpc", auth="user", website=True)
    def dealer_quote(self, lines=None):
        """Prices, dates and quotas of what is on the screen."""
        member = self._get_member()
        return self._get_orders(member)._dealer_quote(member, lines or [])

    @http.route("/my/dealer/order/send", type="jsonrpc", auth="user", website=True)
    def dealer_send(self, values=None):
        """Make the order; again with the same token: the same order."""
        member = self._get_member()
        order = self._get_orders(member)._dealer_create(member, values)
        return {"name": order.name, "url": order.get_portal_url()}


def _describe(address):
    parts = (address.name, address.street, address.city)
    return ", ".join(part for part in parts if part)
