# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import pre_init_hook, uninstall_hook
from .common import OrderManagementCommon


@tagged("post_install", "-at_install", "meets_others")
class TestSaleChannel(OrderManagementCommon):
    """A channel belongs to exactly one company and shows what waits in its inbox."""

    def test_company_required(self):
        with self.assertRefusedByDatabase():
            self.env["sale.channel"].create({"name": "Nobody's", "company_id": False})

    def test_counts(self):
        """OM-1: new, held and wrong rows are counted for each channel."""
        self._create_row("A1")
        self._create_row("A2", state="held", error="why")
        self._create_row("A3", state="held", error="why")
        self._create_row("A4", state="error", error="why")
        self._create_row("A5", state="ignored")
        self._create_row("A1", channel=self.other_channel)
        order = self._create_order(sale_channel_id=self.channel.id)
        counts = ("received_count", "held_count", "error_count", "inbox_count")
        self.assertRecordValues(
            self.channel | self.other_channel,
            [
                dict(zip(counts, (1, 2, 1, 5), strict=True), order_count=1),
                dict(zip(counts, (1, 0, 0, 1), strict=True), order_count=0),
            ],
        )
        action = self.channel.with_context(inbox_state="held").action_view_inbox()
        self.assertEqual(action["context"], {"search_default_held": 1})
        self.assertEqual(self.env["channel.order"].search_count(action["domain"]), 5)
        action = self.channel.action_view_orders()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)

    def test_counts_in_few_queries(self):
        channels = self.channel | self.other_channel
        for number in range(10):
            channels |= self._create_channel(f"Shop {number}", self.company)
        self.env.flush_all()
        counts = []
        for batch in (channels, channels[:1], channels):  # the first fills caches
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.mapped("held_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_company_stays_once_used(self):
        free = self._create_channel("Unused", self.company)
        free.company_id = self.other_company
        self.assertEqual(free.company_id, self.other_company)
        self._create_row("A1")
        with self.assertRaisesRegex(UserError, "used by Inbox Order"):
            self.channel.company_id = self.other_company
        self.channel.company_id = self.company
        ordered = self._create_channel("With order", self.company)
        self._create_order(sale_channel_id=ordered.id)
        with self.assertRaisesRegex(UserError, "used by Sales Order"):
            ordered.company_id = self.other_company

    def test_order_of_another_company_refused(self):
        with self.assertRaises(UserError):
            self._create_order(sale_channel_id=self.other_channel.id)

    def test_uninstall_gives_way(self):
        """X-1: the addon's own rows go, history included; channels in use stay."""
        self._create_row("A1")._transition("held", "why")
        self._create_order(sale_channel_id=self.channel.id)
        idle = self._create_channel("Idle", self.company)
        for channel in self.channel | idle:
            self.env["ir.model.data"].create(
                {
                    "module": "order_management",
                    "name": f"test_channel_{channel.id}",
                    "model": "sale.channel",
                    "res_id": channel.id,
                }
            )
        uninstall_hook(self.env)
        for model in ("channel.order", "order.event", "order.quota.move"):
            self.assertFalse(self.env[model].search([], limit=1))
        self.assertFalse(self.channel.get_external_id()[self.channel.id])
        self.assertTrue(idle.get_external_id()[idle.id], "Odoo may delete this one")

    def test_install_gives_companies(self):
        """X-8: shared channels of a live database get a company, orders stay right."""
        self.env.flush_all()
        # as it is before the installation
        self.env.cr.execute("ALTER TABLE sale_channel ALTER company_id DROP NOT NULL")
        unused, shared = (
            self._create_channel(name, self.company) for name in ("Unused", "Shared")
        )
        ours = self._create_order(sale_channel_id=shared.id)
        ours |= self._create_order(sale_channel_id=shared.id)
        theirs = self._create_order(self.other_company)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET sale_channel_id = %s WHERE id = %s",
            [shared.id, theirs.id],
        )
        self.env.cr.execute(
            "UPDATE sale_channel SET company_id = NULL WHERE id = ANY(%s)",
            [(shared | unused).ids],
        )
        self.env.invalidate_all()
        pre_init_hook(self.env)
        self.assertEqual(unused.company_id, self.env.ref("base.main_company"))
        self.assertEqual(shared.company_id, self.company)
        self.assertEqual(ours.sale_channel_id, shared)
        self.assertNotEqual(theirs.sale_channel_id, shared)
        self.assertEqual(theirs.sale_channel_id.company_id, self.other_company)
        self.assertEqual(theirs.sale_channel_id.name, "Shared")
