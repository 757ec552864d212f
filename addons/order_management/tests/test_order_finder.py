# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import OrderManagementCommon


@tagged("post_install", "-at_install", "meets_others")
class TestOrderFinder(OrderManagementCommon):
    """OM-28: one box for everything an order can be asked for by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.vn")
        cls.partner.write(
            {
                "phone": "0912 345 678",
                "email": "hoa.nguyen@example.com",
                "street": "12 Đường Nguyễn Huệ",
                "city": "Quận 1",
            }
        )
        cls.product.write({"default_code": "LMP-77", "barcode": "8930000000077"})
        cls.order = cls._create_order(
            sale_channel_id=cls.channel.id,
            channel_number="2611ABC9",
            client_order_ref="PO/778",
        )
        cls.other = cls._create_order(
            partner_id=cls.env["res.partner"].create({"name": "Trần Văn Bé"}).id
        )
        cls.other.order_line.product_id = cls.env["product.product"].create(
            {"name": "Chair", "is_storable": True}
        )
        cls.clerk = cls._create_user("clerk")
        cls.row = cls._create_row("WAIT-55", number="NO-55")

    def _find(self, text, user=None, model="order.hub"):
        found = self.env[model].with_user(user or self.clerk)
        return found.search([("find", "ilike", text)])

    def _assert_found(self, text):
        found = self._find(text).sale_order_id
        self.assertIn(self.order, found, text)
        self.assertNotIn(self.other, found, text)

    def test_every_name_of_an_order(self):
        for text in (
            "2611ABC9",
            "2611abc",
            "PO/778",
            "hoa.nguyen@example.com",
            "LMP-77",
            "lmp-77",
            "8930000000077",
            "nguyen thi HOA",
            "hoa nguyen",
            "Nguyễn Thị Hoa",
            "duong nguyen hue",
            "hue quan 1",
        ):
            with self.subTest(text=text):
                self._assert_found(text)
        self.assertIn(self.order, self._find(self.order.name).sale_order_id)

    def test_phone_in_any_writing(self):
        for text in (
            "0912345678",
            "+84 912 345 678",
            "(+84) 0912-345-678",
            "0084912345678",
            "912.345.678",
            "345678",
        ):
            with self.subTest(text=text):
                self._assert_found(text)

    def test_the_address_it_went_to(self):
        address = self.env["res.partner"].create(
            {
                "name": "Kho Bình Tân",
                "type": "delivery",
                "parent_id": self.partner.id,
                "phone": "+84 28 3456 7890",
            }
        )
        self.order.partner_shipping_id = address
        for text in ("binh tan", "028 3456 7890"):
            self._assert_found(text)

    def test_parcel_and_documents(self):
        self.env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 10
        )
        self.order.action_confirm()
        self.order.picking_ids.carrier_tracking_ref = "VN123456789CN"
        for text in ("vn123456789cn", "123456789", self.order.picking_ids.name):
            self.assertIn(self.order, self._find(text).sale_order_id, text)
        row = self._find("2611ABC9")
        self.assertEqual(row.parcels, "VN123456789CN")
        self.assertEqual(row.payment, "none")

    def test_inbox_rows(self):
        for text in ("WAIT-55", "wait-5", "NO-55", "hoa NGUYEN"):
            with self.subTest(text=text):
                self.assertIn(self.row, self._find(text).channel_order_id)

    def test_what_finds_nothing(self):
        for text in (
            "%",
            "_",
            "zz",
            "\\",
            "' OR 1=1 --",
            "9" * 30,
            "đ" * 999,
        ):
            with self.subTest(text=text[:20]):
                self.assertFalse(self._find(text).sale_order_id & self.order)

    def test_short_terms_are_whole(self):
        self.order.client_order_ref = "X9"
        self.assertIn(self.order, self._find("x9").sale_order_id)
        self.order.client_order_ref = "AX9B"
        self.assertNotIn(self.order, self._find("x9").sale_order_id)

    def test_nobody_finds_a_neighbours_order(self):
        foreign = self._create_order(self.other_company, channel_number="FOREIGN-1")
        self.assertFalse(self._find("FOREIGN-1").sale_order_id)
        neighbour = self._create_user("clerk", self.other_company)
        found = self._find("FOREIGN-1", neighbour)
        self.assertEqual(found.sale_order_id, foreign)

    def test_on_the_list_of_sales_orders(self):
        manager = self._create_user("manager")
        self.assertIn(self.order, self._find("hoa nguyen", manager, "sale.order"))

    def test_a_changed_partner_is_found_by_the_new_name(self):
        self.partner.write({"name": "Lê Thị Mai", "email": False})
        self._assert_found("le thi mai")
        self.assertNotIn(self.order, self._find("nguyen thi hoa").sale_order_id)

    def test_figures_of_a_page_cost_the_same(self):
        hub = self.env["order.hub"].with_user(self.clerk)
        spec = {"parcels": {}, "hold_count": {}, "return_count": {}, "payment": {}}
        for _number in range(12):
            self._create_order()

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            hub.web_search_read([("sale_order_id", "!=", False)], spec, limit=limit)
            return self.cr.sql_log_count - before

        count(12)
        self.assertEqual(count(3), count(12))
