# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class CustomerViewCommon(TransactionCase):
    """A customer with a contact, three people of sales, and makers of what happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.seller = cls._make_user("view_seller", "sales_team.group_sale_salesman")
        cls.neighbour = cls._make_user(
            "view_neighbour", "sales_team.group_sale_salesman"
        )
        cls.leader = cls._make_user(
            "view_leader",
            "sales_team.group_sale_salesman_all_leads,account.group_account_invoice",
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Thành Công Foods",
                "is_company": True,
                "user_id": cls.seller.id,
                "email": "hello@thanhcong.example",
                "phone": "+84 28 5555 0100",
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Lan Buyer", "parent_id": cls.customer.id, "type": "contact"}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "View tea",
                "type": "service",
                "list_price": 100,
                "taxes_id": [Command.clear()],
                "invoice_policy": "order",
            }
        )

    @classmethod
    def _make_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_order(cls, partner=None, user=None, quantity=1, confirm=True, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.contact).id,
                "user_id": (user or cls.seller).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        order.write({"date_order": fields.Datetime.now(), **values})
        return order

    @classmethod
    def _make_snapshot(cls, partner=None, **values):
        """Figures as the nightly run would leave them."""
        partner = partner or cls.customer
        snapshots_sudo = cls.env["customer.snapshot"].sudo()
        snapshots_sudo.search([("partner_id", "=", partner.id)]).unlink()
        return snapshots_sudo.create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": partner.user_id.id,
                **values,
            }
        )

    def _page(self, user=None, partner=None, **arguments):
        timeline = self.env["customer.timeline"].with_user(user or self.leader)
        return timeline.get_page((partner or self.customer).id, **arguments)

    def _entries(self, user=None, partner=None, **arguments):
        return self._page(user, partner, **{"limit": 200, **arguments})["entries"]

    def _kinds(self, user=None, partner=None, **arguments):
        return {entry["kind"] for entry in self._entries(user, partner, **arguments)}

    def _ids(self, records, user=None, partner=None, **arguments):
        """Which of ``records`` are on the timeline."""
        shown = {
            entry["res_id"]
            for entry in self._entries(user, partner, **arguments)
            if entry["res_model"] == records._name
        }
        return records.filtered(lambda record: record.id in shown)
