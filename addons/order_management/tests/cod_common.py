# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import Command
from odoo.tests import new_test_user

from .invoice_common import InvoiceCase


class CodSlipCase(InvoiceCase):
    """Two carriers that collect at the doors, and the accounts of their slips."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier, cls.other_carrier = cls.env["delivery.carrier"].create(
            [
                {
                    "name": name,
                    "product_id": cls.env.ref(
                        "order_management.product_product_shipping"
                    ).id,
                    "delivery_type": "fixed",
                }
                for name in ("Fast", "Slow")
            ]
        )
        accounts = cls.env["account.account"].with_company(cls.company)
        cls.owed, cls.fees = accounts.create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "reconcile": kind == "asset_current",
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for name, code, kind in (
                    ("Carriers", "138888", "asset_current"),
                    ("Carriers' fees", "641888", "expense"),
                )
            ]
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Slips",
                "code": "CODS",
                "type": "general",
                "company_id": cls.company.id,
            }
        )
        cls.company.write(
            {
                "cod_journal_id": cls.journal.id,
                "cod_account_id": cls.owed.id,
                "cod_fee_account_id": cls.fees.id,
            }
        )
        cls.accountant = cls._make_user("accountant")

    @classmethod
    def _make_user(cls, role):
        return new_test_user(
            cls.env,
            login=f"cod_{role}",
            groups=f"base.group_user,order_management.group_{role}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _parcel(self, tracking, quantity=2, **values):
        """An order that is paid at the door and has left."""
        order = self._sell(quantity, cash_on_delivery=True, **values)
        picking = order.picking_ids
        picking.carrier_id = self.carrier
        self._deliver(order)
        picking.carrier_tracking_ref = tracking
        return picking

    def _slip(self, **values):
        return (
            self.env["cod.slip"]
            .with_user(self.accountant)
            .with_company(self.company)
            .create({"carrier_id": self.carrier.id, **values})
        )

    def _import(self, slip, text):
        self.env["cod.slip.import"].with_user(self.accountant).create(
            {
                "slip_id": slip.id,
                "file": base64.b64encode(text.encode()),
                "filename": "statement.csv",
            }
        ).action_import()
