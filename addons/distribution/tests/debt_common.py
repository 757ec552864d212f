# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import Command, fields

from .common import DistributionCommon


class DebtCommon(DistributionCommon):
    """A company with accounts whose distributor buys on credit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls.env["account.chart.template"].try_loading(
            "generic_coa", cls.company, install_demo=False
        )
        cls.buyer = cls.distributor.partner_id.with_env(cls.env)
        cls.product = cls.product.with_env(cls.env)
        cls.product.write({"list_price": 10.0, "invoice_policy": "order"})
        cls.today = fields.Date.today()
        cls.tm = cls._create_member_user("trade_manager")
        cls.supervisor = cls._create_member_user("supervisor")
        cls.accountant = cls._create_member_user("accountant")
        cls.credit_model = cls.env["distribution.credit"]

    @classmethod
    def _credit(cls, limit=100.0, policy="hold", partner=None, **values):
        return cls.env["distribution.credit"].create(
            {
                "partner_id": (partner or cls.buyer).id,
                "company_id": cls.company.id,
                "limit_amount": limit,
                "policy": policy,
                **values,
            }
        )

    @classmethod
    def _sell(cls, quantity=6.0, partner=None, **values):
        return cls._create_order(
            cls.company,
            quantity=quantity,
            partner_id=(partner or cls.buyer).id,
            **values,
        )

    @classmethod
    def _invoice(cls, amount=50.0, days_due=0, partner=None, post=True, **values):
        """An invoice without an order, due ``days_due`` days from today."""
        date = min(cls.today, cls.today + timedelta(days=days_due))
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.buyer).id,
                "company_id": cls.company.id,
                "invoice_date": date,
                "invoice_date_due": cls.today + timedelta(days=days_due),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": False}
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def _figures(self, partner=None):
        partner = partner or self.buyer
        return self.credit_model._get_exposure(partner, self.company)[partner.id]

    def _ship(self, picking):
        picking.move_ids.quantity = picking.move_ids[:1].product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
