# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestClassifyBrokenRule(ImportCommon):
    """OM-8: a rule whose condition broke stops neither orders nor other rules."""

    def _classify(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": self.lamp.id})],
            }
        )
        order.action_apply_rules()
        return order

    def test_broken_rule(self):
        owner = self._create_user("manager")
        tags = self.env["crm.tag"].create([{"name": "Broken T"}, {"name": "Other T"}])
        domain = "[('amount_total', '>=', 0)]"
        broken, other = (
            self.env["order.rule"]
            .with_user(owner)
            .create(
                [
                    {
                        "name": name,
                        "company_id": self.company.id,
                        "set_tag_ids": [Command.set(tag.ids)],
                        "order_domain": domain,
                    }
                    for name, tag in zip(("Broken", "Other"), tags, strict=True)
                ]
            )
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE order_rule SET order_domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        for _time in range(2):
            self.assertEqual(self._classify().tag_ids, other.set_tag_ids)
        self.assertIn("gone", broken.error)
        self.assertFalse(other.error)
        self.assertEqual(broken.activity_ids.user_id, owner)
        self.assertEqual(len(broken.activity_ids), 1, "told once")
        trial = self.env["order.rule.trial"].with_user(owner)
        with self.assertRaisesRegex(UserError, "cannot be used any more"):
            trial.create({"rule_id": broken.id}).action_try()
        broken.order_domain = domain
        self.assertFalse(broken.error or broken.activity_ids)
        self.assertEqual(self._classify().tag_ids, tags)
