# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .common import OrderManagementCommon


class ImportCommon(OrderManagementCommon):
    """A channel whose company sells in US dollars, with three products without taxes.

    ``_import`` sends payloads through ``receive`` and processes them as a clerk does.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        usd = cls.env.ref("base.USD")
        cls.company.currency_id = usd
        cls.company.country_id = cls.env.ref("base.vn")
        cls.inbox = cls.env["channel.order"]
        cls.machine = cls._create_user("channel")
        cls.clerk = cls._create_user("clerk")
        cls.lamp = cls._create_product("LAMP", 40)
        cls.desk = cls._create_product("DESK", 250)
        cls.bulb = cls._create_product("BULB", 2.5, barcode="8934567890123")

    @classmethod
    def _create_product(cls, code, price, **values):
        return cls.env["product.product"].create(
            {
                "name": code.title(),
                "default_code": code,
                "list_price": price,
                "is_storable": True,
                "taxes_id": False,
                **values,
            }
        )

    @classmethod
    def _prepare_order(cls, external_id="A1", lines=None, total=None, **values):
        """A good neutral order in USD; the total follows from the lines."""
        if lines is None:
            lines = [cls._prepare_line()]
        if total is None:
            total = f"{sum(float(x['unit_price']) * x['quantity'] for x in lines):.2f}"
        return {
            "schema_version": 1,
            "external_id": external_id,
            "number": f"NO-{external_id}",
            "placed_at": "2026-07-19T08:12:44+07:00",
            "status": "paid",
            "currency": "USD",
            "customer": {"external_id": "C1", "name": "Nguyễn Thị Hoa"},
            "lines": lines,
            "total": total,
            **values,
        }

    @classmethod
    def _prepare_line(cls, sku="LAMP", quantity=2, price="40.00", ref="1", **values):
        return {
            "external_id": ref,
            "sku": sku,
            "name": sku.title(),
            "quantity": quantity,
            "unit_price": price,
            **values,
        }

    def _receive(self, *payloads, channel=None):
        answers = self.inbox.with_user(self.machine).receive(
            (channel or self.channel).id, list(payloads)
        )
        return self.inbox.browse([answer["id"] for answer in answers])

    def _import(self, *payloads, channel=None):
        rows = self._receive(*payloads, channel=channel)
        rows.with_user(self.clerk).action_process()
        return rows

    def _import_order(self, *args, **values):
        """The sale order of one payload that must be imported."""
        row = self._import(self._prepare_order(*args, **values))
        self.assertIn(row.state, ("imported", "updated"), row.error)
        return row.sale_order_id

    def assertRow(self, row, state, code=False, words=""):
        self.assertEqual((row.state, row.error_code), (state, code), row.error)
        if words:
            self.assertIn(words, row.error)
