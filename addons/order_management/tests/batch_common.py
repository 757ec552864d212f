# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import Command

from ..models import order_batch_run
from .bulk_common import BulkCommon

#: orders in a part, instead of 100
CHUNK = 8


class BatchCommon(BulkCommon):
    """Orders of one company, and one user for each of the hub's roles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(order_batch_run, "CHUNK", CHUNK))
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.users = {
            role: cls._create_user(role)
            for role in ("clerk", "reviewer", "manager", "warehouse", "accountant")
        }
        cls.batches = cls.env["order.batch"]
        for product in cls.products:
            cls._add_stock(1000.0, product)
        cls._set_up_books()

    @classmethod
    def _set_up_books(cls):
        """What an invoice needs: a journal and two accounts."""
        accounts = cls.env["account.account"]
        cls.income, cls.receivable = accounts.create(
            [
                {
                    "name": name,
                    "code": code,
                    "account_type": kind,
                    "reconcile": kind == "asset_receivable",
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for name, code, kind in (
                    ("Sales", "HUB4", "income"),
                    ("Customers", "HUB1", "asset_receivable"),
                )
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Invoices",
                "code": "HINV",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": cls.income.id,
            }
        )
        customers = cls.customers.with_company(cls.company)
        customers.property_account_receivable_id = cls.receivable
        cls.products.invoice_policy = "order"

    def _specs(self, count):
        return [
            [(self.products[index % 3], 1.0 + index % 2), (self.products[3], 2.0)]
            for index in range(count)
        ]

    def _make(self, count, confirm=False):
        orders = self._create_orders(self._specs(count))
        if confirm:
            orders._confirm_in_bulk()
        return orders

    def _as(self, records, role):
        return records.with_user(self.users[role])

    def _start(self, kind, orders, role, **vals):
        """:return: the batch, not run yet"""
        batch = self._as(self.batches, role)._make(kind, orders, **vals)
        return batch

    def _do(self, kind, orders, role, **vals):
        """:return: the batch, run"""
        batch = self._start(kind, orders, role, **vals)
        batch._run_part(batch.line_ids.ids)
        self.env.invalidate_all()
        return batch

    def _get_texts(self, batch):
        return {line.order_id: line.message for line in batch.line_ids if line.message}

    def assertCounts(self, batch, done, failed=0, skipped=0, waiting=0):
        batch.invalidate_recordset()
        self.assertEqual(
            (
                batch.done_count,
                batch.failed_count,
                batch.skipped_count,
                batch.waiting_count,
            ),
            (done, failed, skipped, waiting),
            batch.sudo().line_ids.mapped("message"),
        )
