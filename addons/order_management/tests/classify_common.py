# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo.fields import Command

from .import_common import ImportCommon


class ClassifyCase(ImportCommon):
    """Rules for new orders, and what they can give."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["order.rule"]
        cls.manager = cls._create_user("manager")
        cls.tag, cls.other_tag = cls.env["crm.tag"].create(
            [{"name": "Rule VIP"}, {"name": "Rule Express"}]
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Express Team", "company_id": cls.company.id}
        )
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "company_id": cls.company.id, "tz": "UTC"}
        )
        cls.company.resource_calendar_id = cls.calendar

    @classmethod
    def _make_rule(cls, name="Rule", **vals):
        return cls.rules.create({"name": name, "company_id": cls.company.id, **vals})

    def _get_why(self, order):
        return self.env["order.event"].search(
            [("order_id", "=", order.id), ("kind", "=", "classify")]
        )

    def _enter(self, **vals):
        """A quotation entered by the clerk, as a form sends it."""
        return (
            self.env["sale.order"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.lamp.id, "product_uom_qty": 2}
                        )
                    ],
                    **vals,
                }
            )
        )
