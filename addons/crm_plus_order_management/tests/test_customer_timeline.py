# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_plus.tests.view_common import CustomerViewCommon


@tagged("post_install", "-at_install", "meets_others")
class TestHubInCustomerView(CustomerViewCommon):
    """CP-1: returns, decisions and channels in the view of the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader.group_ids = [
            Command.link(cls.env.ref("order_management.group_reviewer").id)
        ]
        cls.channel = cls.env["sale.channel"].create(
            {"name": "View Shop", "company_id": cls.company.id}
        )

    def _make_return(self, order, **values):
        return self.env["channel.return"].create(
            {
                "partner_id": self.contact.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order.id,
                            "sale_line_id": order.order_line[:1].id,
                            "requested_qty": 1,
                            "refund_amount": 75,
                        }
                    )
                ],
                **values,
            }
        )

    def test_returns(self):
        order = self._make_order(quantity=3)
        record = self._make_return(order)
        [entry] = [e for e in self._entries() if e["kind"] == "return"]
        self.assertEqual(entry["res_id"], record.id)
        self.assertEqual(entry["amount"], -75)
        self.assertEqual(entry["state"], "requested")
        # who has no part in the hub does not see its returns
        self.assertNotIn("return", self._kinds(self.seller))

    def test_figures(self):
        """Counted in the snapshot, open ones on the tile; refused ones are none."""
        order = self._make_order(quantity=3)
        self._make_return(order)
        self._make_return(order).action_cancel()
        self.env["customer.snapshot"]._refresh(self.customer, self.company)
        overview = self.env["customer.overview"].with_user(self.leader)
        tiles = {t["key"]: t for t in overview.get_overview(self.customer.id)["tiles"]}
        self.assertEqual(tiles["returns"]["value"], 1)
        self.assertEqual(tiles["returns"]["note"], "1 open")

    def test_decisions(self):
        order = self._make_order()
        other = self._make_order(user=self.neighbour)
        for one in order + other:
            one._log_event("approval", "to_approve", "approved", "Pays on time")
        found = {e["open_id"]: e for e in self._entries() if e["kind"] == "decision"}
        self.assertEqual(found[order.id]["title"], "Approved")
        self.assertEqual(found[order.id]["detail"], "Pays on time")
        self.assertEqual(set(found), {order.id, other.id})

    def test_channels(self):
        for channel in (self.channel, self.channel, False):
            self._make_order(sale_channel_id=channel and channel.id)
        overview = self.env["customer.overview"].with_user(self.seller)
        facts = {
            fact["key"]: fact["value"]
            for fact in overview.get_overview(self.customer.id)["facts"]
        }
        self.assertEqual(facts["channels"], "View Shop (2)")

    def test_returns_have_the_figures_computed_again(self):
        order = self._make_order(quantity=3)
        record = self._make_return(order)
        dirty = self.env["customer.snapshot.dirty"].sudo()
        for change in (record.action_cancel, lambda: self._make_return(order)):
            self.env.cr.precommit.run()
            dirty.search([]).unlink()
            change()
            self.env.cr.precommit.run()
            self.assertIn(self.contact, dirty.search([]).partner_id)

    def test_erasing_a_person_blanks_the_channels_messages(self):
        order = self._make_order(quantity=3)
        order.buyer_note = "Ring twice at Hoa's"
        returned = self._make_return(order, note="Hoa is sad")
        [answer] = self.env["channel.order"].receive(
            self.channel.id, [{"external_id": "E-1", "customer": {"name": "Hoa"}}]
        )
        row = self.env["channel.order"].browse(answer["id"])
        row._transition("ignored", "here already")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE channel_order SET sale_order_id = %s WHERE id = %s",
            [order.id, row.id],
        )
        row.invalidate_recordset()
        self.customer.action_erase_personal_data()
        self.contact.action_erase_personal_data()
        self.assertFalse(order.buyer_note or returned.note)
        self.assertTrue(row.erased_at)
        self.assertNotIn("Hoa", str(row.payload))
