# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

import psycopg2

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import BaseCommon

from . import kept_companies


class OrderManagementCommon(BaseCommon):
    """Two companies with a warehouse, a channel and a user a role in the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company, cls.other_company = kept_companies.take(
            cls.env, "hub", "Hub Company", "Neighbour"
        )
        # demo data puts it into Brussels, where it is tomorrow before midnight
        cls.env.user.tz = "UTC"
        cls.env.user.company_ids += cls.company + cls.other_company
        cls.env.user.company_id = cls.company
        cls.warehouse = cls._get_warehouse(cls.company)
        cls.channel = cls._create_channel("Shop", cls.company)
        cls.other_channel = cls._create_channel("Neighbour's shop", cls.other_company)
        cls.partner = cls.env["res.partner"].create({"name": "Nguyễn Thị Hoa"})
        cls.product = cls.env["product.product"].create(
            {"name": "Lamp", "is_storable": True, "list_price": 40.0, "taxes_id": False}
        )

    @classmethod
    def prepare_run(cls, registry):
        """Make the two companies once for all classes; see `kept_companies.make`."""
        kept_companies.make(registry, "hub", 2, cls.default_env_context())

    @classmethod
    def _get_warehouse(cls, company):
        return cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )

    @classmethod
    def _add_stock(cls, quantity, product=None, warehouse=None, **values):
        """Put goods on the shelf; ``values`` as of ``_update_available_quantity``."""
        warehouse = warehouse or cls.warehouse
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.product, warehouse.lot_stock_id, quantity, **values
        )

    @classmethod
    def _create_channel(cls, name, company, **values):
        return cls.env["sale.channel"].create(
            {"name": name, "company_id": company.id, **values}
        )

    @classmethod
    def _create_user(cls, role, company=None, **values):
        """A user who has only ``role`` (``clerk``, ``reviewer``, ...) in the hub."""
        company = company or cls.company
        group = f"order_management.group_{role}"
        return new_test_user(
            cls.env,
            login=f"hub_{role}_{company.id}",
            groups=f"base.group_user,{group}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _create_order(cls, company=None, quantity=2.0, **values):
        return cls._create_equal_orders(1, company, quantity, **values)

    @classmethod
    def _create_equal_orders(cls, number, company=None, quantity=2.0, **values):
        """Many at once take a fraction of the time that each takes alone."""
        company = company or cls.company
        line = {"product_id": cls.product.id, "product_uom_qty": quantity}
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                [
                    {
                        "company_id": company.id,
                        "partner_id": cls.partner.id,
                        "order_line": [Command.create(dict(line))],
                        **values,
                    }
                    for _number in range(number)
                ]
            )
        )

    @classmethod
    def _prepare_payload(cls, external_id="A1", **values):
        """A neutral order with everything that tells who bought."""
        return {
            "external_id": external_id,
            "number": f"NO-{external_id}",
            "placed_at": "2026-07-19T08:12:44+07:00",
            "currency": "VND",
            "customer": {"name": "Nguyễn Thị Hoa", "phone": "0912 345 678"},
            "shipping_address": {"name": "Nguyễn Thị Hoa", "street": "12 Nguyễn Huệ"},
            "lines": [
                {"sku": "LAMP", "quantity": "2", "unit_price": "890000", "name": "Đèn"}
            ],
            "shipping": {"fee": "25000", "method": "Nhanh"},
            "payment": {"amount": "1805000", "transaction_id": "T-7"},
            "total": "1805000",
            "note": "Giao sau 17 giờ",
            "raw": {"buyer": "hoa_1990"},
            **values,
        }

    @classmethod
    def _create_row(cls, external_id="A1", channel=None, payload=None, **values):
        if payload is None:
            payload = cls._prepare_payload(external_id)
        return cls.env["channel.order"].create(
            {
                "channel_id": (channel or cls.channel).id,
                "external_id": external_id,
                "payload": payload,
                **values,
            }
        )

    @contextmanager
    def assertRefusedByDatabase(self, constraint=None):
        """The database itself says no: by a constraint, an index or a trigger."""
        with (
            self.assertRaises(psycopg2.IntegrityError) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            yield
            self.env.flush_all()
        if constraint:
            self.assertEqual(caught.exception.diag.constraint_name, constraint)
