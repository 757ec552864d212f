# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import xlsxwriter

from odoo import Command, fields

from .common import DistributionCommon


class SecondaryCommon(DistributionCommon):
    """A distributor with a price list and stock, a dealer and an outlet below it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.channel_stock_policy = "block"
        cls.supervisor = cls._create_member_user("supervisor")
        cls.manager = cls._create_member_user("trade_manager")
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Distributor's prices",
                "company_id": cls.company.id,
                "currency_id": cls.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 50.0,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        cls.distributor.secondary_pricelist_id = cls.pricelist
        cls.shop = cls._create_member("Quán Ba", "outlet", cls.distributor)
        cls.box = cls.env["uom.uom"].create(
            {
                "name": "Box of 12",
                "relative_factor": 12,
                "relative_uom_id": cls.product.uom_id.id,
            }
        )
        cls.product.uom_ids = cls.box
        cls.product.default_code = "LAMP"
        cls.today = fields.Date.context_today(cls.env.user)
        cls.Ledger = cls.env["distribution.ledger"]

    @classmethod
    def _create_other_rep(cls):
        return cls.rep.copy({"login": "network_rep_other", "name": "Other"})

    @classmethod
    def _post(cls, kind, quantity, member=None, product=None, date=None, **vals):
        cls.sequence = getattr(cls, "sequence", 0) + 1
        return cls.Ledger._post(
            [
                {
                    "member_id": (member or cls.distributor).id,
                    "product_id": (product or cls.product).id,
                    "kind": kind,
                    "quantity": quantity,
                    "date": date or cls.today,
                    "key": f"test:{cls.sequence}",
                    **vals,
                }
            ]
        )

    @classmethod
    def _get_stock(cls, member=None, product=None):
        """``(in stock, promised)`` of the counter row."""
        row = cls.env["distribution.stock"].search(
            [
                ("member_id", "=", (member or cls.distributor).id),
                ("product_id", "=", (product or cls.product).id),
            ]
        )
        return row.quantity, row.promised_qty

    @classmethod
    def _create_secondary(cls, quantity=10, buyer=None, user=None, **vals):
        return (
            cls.env["distribution.order"]
            .with_user(user or cls.env.user)
            .create(
                {
                    "buyer_id": (buyer or cls.shop).id,
                    "company_id": cls.company.id,
                    "line_ids": [
                        Command.create(
                            {"product_id": cls.product.id, "product_qty": quantity}
                        )
                    ],
                    **vals,
                }
            )
        )

    @classmethod
    def _make_file(cls, *rows, titles=("SKU", "Quantity", "Date")):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet()
            for column, title in enumerate(titles):
                sheet.write_string(0, column, title)
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    if hasattr(value, "year"):
                        sheet.write_datetime(number, column, value, day)
                    elif isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value)
        return base64.b64encode(buffer.getvalue())
