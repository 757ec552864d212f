# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install", "meets_others")
class TestImportPartners(ImportCommon):
    """OM-4: the same buyer is the same partner, every address is there once."""

    def _import_customer(self, number="A1", /, address=None, **customer):
        return self._import_order(number, customer=customer, shipping_address=address)

    def _create_partner(self, **values):
        return self.env["res.partner"].create({"name": "Known", **values})

    def test_new_customer(self):
        order = self._import_customer(
            external_id="C9",
            name="Trần Văn Minh",
            email="Minh@Example.com",
            phone="0987 654 321",
            address={"street": "45 Lê Lợi", "city": "Đà Nẵng", "country_code": "VN"},
        )
        partner = order.partner_id
        self.assertEqual(partner.name, "Trần Văn Minh")
        self.assertEqual(partner.email_normalized, "minh@example.com")
        self.assertEqual(partner.company_id, self.company)
        self.assertEqual(partner.street, "45 Lê Lợi")
        self.assertEqual(partner.country_id.code, "VN")
        self.assertEqual(partner.state_id.code, "VN-DN")
        self.assertEqual(order.partner_shipping_id, partner)
        self.assertFalse(partner.child_ids)

    def test_channel_customer_id(self):
        """The channel's own id counts before all else, whatever the name is by now."""
        first = self._import_customer("A1", external_id="C1", name="Hoa")
        self._create_partner(email="other@example.com")
        again = self._import_customer(
            "A2", external_id="C1", name="Hoa Nguyen", email="other@example.com"
        )
        self.assertEqual(again.partner_id, first.partner_id)
        self.assertEqual(first.partner_id.name, "Hoa")
        other = self._create_channel("Second shop", self.company)
        row = self._import(
            self._prepare_order(customer={"external_id": "C1", "name": "Somebody"}),
            channel=other,
        )
        self.assertNotEqual(row.sale_order_id.partner_id, first.partner_id)

    def test_email_then_phone_then_vat(self):
        by_email = self._create_partner(email="Hoa@Example.com")
        by_phone = self._create_partner(phone="+84 912 345 678")
        by_vat = self._create_partner(vat="VN-0101 248 141")
        by_vat.with_context(no_vat_validation=True).vat = "0101248141"
        for number, expected, customer in (
            (1, by_email, {"email": "hoa@example.COM", "phone": "0912345678"}),
            (2, by_phone, {"phone": "(0912) 345-678", "vat": "0101248141"}),
            (3, by_vat, {"vat": "0101.248-141"}),
        ):
            order = self._import_customer(f"L{number}", name="Hoa", **customer)
            self.assertEqual(order.partner_id, expected)

    def test_email_links_the_customer_id(self):
        partner = self._create_partner(email="hoa@example.com")
        self._import_customer("A1", external_id="C7", email="hoa@example.com")
        partner.email = False
        again = self._import_customer("A2", external_id="C7")
        self.assertEqual(again.partner_id, partner)

    def test_one_batch_one_customer(self):
        """A buyer who orders three times in one batch is made once."""
        rows = self._import(
            *[
                self._prepare_order(f"B{i}", customer=customer)
                for i, customer in enumerate(
                    [
                        {"external_id": "N1", "name": "Minh"},
                        {"email": "minh@example.com", "name": "Minh"},
                        {"external_id": "N1", "email": "minh@example.com"},
                        {"external_id": "N2", "name": "Other"},
                    ]
                )
            ]
        )
        partners = rows.mapped(lambda row: row.sale_order_id.partner_id.id)
        self.assertEqual(partners[0], partners[2])
        self.assertNotEqual(partners[0], partners[3])

    def test_corrected_email_is_still_found(self):
        """Who was made for an e-mail is found by it after a person corrected it."""
        first = self._import_customer("A1", name="Hoa", email="hoa@exmaple.com")
        first.partner_id.email = "hoa@example.com"
        again = self._import_customer("A2", name="Hoa", email="hoa@exmaple.com")
        self.assertEqual(again.partner_id, first.partner_id)
        self.assertFalse(
            self.env["channel.partner.map"].search(
                [("external_id", "ilike", "exmaple")]
            )
        )

    def test_several_fit(self):
        """The newest that stands for itself is taken, and the order says so."""
        old, new = (self._create_partner(email="hoa@example.com") for _i in range(2))
        self._create_partner(email="hoa@example.com", parent_id=old.id, type="delivery")
        order = self._import_customer(email="hoa@example.com")
        self.assertEqual(order.partner_id, new)
        self.assertIn("3 partners fit", order.import_note)

    def test_other_companies_are_not_seen(self):
        """X-4: a neighbour's customer is nobody here."""
        foreign = self._create_partner(
            email="hoa@example.com", company_id=self.other_company.id
        )
        order = self._import_customer(name="Hoa", email="hoa@example.com")
        self.assertNotEqual(order.partner_id, foreign)
        self.assertEqual(order.partner_id.company_id, self.company)

    def test_company_and_vat(self):
        order = self._import_customer(
            name="Minh", company="Minh Phát Co.", vat="not-a-number"
        )
        self.assertTrue(order.partner_id.is_company)
        self.assertEqual(order.partner_id.name, "Minh Phát Co.")
        self.assertEqual(order.partner_id.vat, "not-a-number")

    def test_guests(self):
        """Who tells nothing is the walk-in customer; each address stays apart."""
        orders = [
            self._import_customer(
                f"G{i}",
                name=name,
                address={"name": name, "street": street, "country": "Viet Nam"},
            )
            for i, (name, street) in enumerate(
                [("Hoa", "1 Lê Lợi"), ("Minh", "2 Lê Lợi"), ("HOA", "1  le loi")]
            )
        ]
        walkin = self.channel.walkin_partner_id
        self.assertEqual({order.partner_id for order in orders}, {walkin})
        self.assertEqual(orders[0].partner_shipping_id.name, "Hoa")
        self.assertEqual(orders[0].partner_shipping_id.street, "1 Lê Lợi")
        self.assertEqual(orders[0].partner_shipping_id.type, "delivery")
        self.assertEqual(orders[0].partner_shipping_id, orders[2].partner_shipping_id)
        self.assertEqual(len(walkin.child_ids), 2)

    def test_masked_buyers(self):
        """Masked e-mails and phones match nobody; a masked name is not kept."""
        self._create_partner(name="Trap", phone="****12", email="a***@example.com")
        masked = {"name": "N******a", "phone": "(+84) *****12", "email": "a***@x.vn"}
        walkin = self._import_customer("M1", **masked).partner_id
        self.assertEqual(walkin, self.channel.walkin_partner_id)
        first = self._import_customer("M2", external_id="88", **masked).partner_id
        self.assertNotEqual(first, walkin)
        self.assertEqual(first.name, "Shop buyer 88")
        self.assertFalse(first.phone or first.email)
        again = self._import_customer("M3", external_id="88", **masked).partner_id
        self.assertEqual(again, first)

    def test_addresses_without_doubles(self):
        """Written otherwise it is the same address; another one is a new contact."""
        home = {
            "name": "Hoa",
            "street": "12 Đường Nguyễn Huệ",
            "ward": "P. Bến Nghé",
            "city": "TP.HCM",
            "country_code": "VN",
        }
        same = {
            "name": "HOA",
            "street": "12 đ. nguyen hue",
            "ward": "Phường Bến Nghé",
            "state": "Sài Gòn",
            "country": "Viet Nam",
        }
        work = {**home, "street": "99 Hàm Nghi"}
        orders = [
            self._import_customer(
                f"D{i}", external_id="C5", name="Hoa", address=address
            )
            for i, address in enumerate([home, same, work, work])
        ]
        partner = orders[0].partner_id
        places = [order.partner_shipping_id for order in orders]
        self.assertEqual(places[:2], [partner, partner])
        self.assertEqual(places[2], places[3])
        self.assertEqual(partner.child_ids, places[2])
        self.assertEqual(partner.state_id.code, "VN-SG")

    def test_invoice_and_delivery_address(self):
        bill = {"name": "Minh Phát", "street": "1 Tràng Tiền", "country_code": "VN"}
        ship = {"name": "Kho Minh Phát", "street": "5 Cầu Giấy", "country_code": "VN"}
        order = self._import_order(
            customer={"external_id": "C6", "name": "Minh Phát"},
            invoice_address=bill,
            shipping_address=ship,
        )
        self.assertEqual(order.partner_invoice_id, order.partner_id)
        self.assertEqual(order.partner_shipping_id.name, "Kho Minh Phát")
        self.assertEqual(order.partner_shipping_id.parent_id, order.partner_id)

    def test_a_new_buyer_has_it_sent_to_somebody_else(self):
        """A present: who receives stands on the delivery, not only in the message."""
        order = self._import_order(
            customer={"external_id": "G1", "name": "Alice", "phone": "0912345678"},
            shipping_address={
                "name": "Bob",
                "phone": "0987654321",
                "street": "1 Lê Lợi",
                "country_code": "VN",
            },
        )
        contact = order.partner_shipping_id
        self.assertEqual((contact.name, contact.phone), ("Bob", "0987654321"))
        self.assertEqual(contact.parent_id, order.partner_id)
        self.assertEqual(order.partner_id.name, "Alice")
        again = self._import_order(
            "A2",
            customer={"external_id": "G1", "name": "Alice", "phone": "0912345678"},
            shipping_address={"name": "Alice", "street": "1 Lê Lợi"},
        )
        self.assertEqual(again.partner_id, order.partner_id)
        self.assertEqual(again.partner_shipping_id.name, "Alice")

    def test_text_that_no_index_holds(self):
        """A name of a thousand characters stops neither its order nor its batch."""
        endless = "".join(chr(0x4E00 + 7 * number) for number in range(1000))
        rows = self._import(
            self._prepare_order("A1", customer={"external_id": "L1", "name": endless}),
            self._prepare_order(
                "A2",
                customer={"external_id": "L2", "name": "Lan", "vat": endless},
                shipping_address={"name": endless, "street": endless},
            ),
            self._prepare_order("A3"),
        )
        self.assertEqual(rows.mapped("state"), ["imported"] * 3)
        orders = rows.sale_order_id
        self.assertEqual(len(orders[0].partner_id.name), 255)
        self.assertEqual(orders[1].partner_shipping_id.street, endless)
        for order in orders[:2]:
            self.assertIn("was cut", order.import_note)

    def test_contacts_are_of_their_customer(self):
        """A new address has the customer's tax number, terms and language, as one that
        a person enters: in every company."""
        term = self.env["account.payment.term"].create({"name": "Weekly"})
        partner = self._create_partner(
            email="hoa@example.com", vat="0101243150", property_payment_term_id=term.id
        )
        partner.with_company(self.other_company).property_payment_term_id = term
        address = {"name": "Dock", "street": "7 Way", "country_code": "VN"}
        order = self._import_customer(email="hoa@example.com", address=address)
        contact = order.partner_shipping_id
        self.assertEqual((contact.parent_id, contact.vat), (partner, "0101243150"))
        for company in (self.company, self.other_company):
            own = contact.with_company(company)
            expected = partner.with_company(company).property_payment_term_id
            self.assertEqual(own.property_payment_term_id, expected)
        self.assertEqual(contact.commercial_partner_id, partner)

    def test_what_a_person_wrote_stays(self):
        """A corrected address is found by what the channel sends, and not undone."""
        address = {"name": "Hoa", "street": "12 Nguyen Hue", "country_code": "VN"}
        first = self._import_customer("E1", external_id="C8", address=address)
        first.partner_id.street = "12 Nguyễn Huệ, tầng 3"
        again = self._import_customer("E2", external_id="C8", address=address)
        self.assertEqual(again.partner_shipping_id, first.partner_id)
        self.assertEqual(first.partner_id.street, "12 Nguyễn Huệ, tầng 3")
        self.assertFalse(first.partner_id.child_ids)

    def test_contact_that_a_person_made(self):
        partner = self._create_partner(email="hoa@example.com")
        contact = self._create_partner(
            name="Hoa",
            parent_id=partner.id,
            type="delivery",
            street="7 Lê Duẩn",
            country_id=self.env.ref("base.vn").id,
        )
        order = self._import_customer(
            email="hoa@example.com",
            address={"name": "hoa", "street": "7 le duan", "country": "Việt Nam"},
        )
        self.assertEqual(order.partner_shipping_id, contact)

    def test_places_as_the_world_writes_them(self):
        for number, (country, state, code, state_code) in enumerate(
            [
                ("EIRE", "", "IE", False),
                ("RSA", "", "ZA", False),
                ("Viet Nam", "TP.HCM", "VN", "VN-SG"),
                ("中国", "广东省", "CN", "粤"),
                ("U.S.A.", "CA", "US", "CA"),
                ("Australia", "New South Wales", "AU", "NSW"),
            ]
        ):
            address = {"street": "1 Street", "country": country, "state": state}
            order = self._import_customer(
                f"W{number}", external_id=f"W{number}", name="Buyer", address=address
            )
            place = order.partner_shipping_id
            self.assertEqual(place.country_id.code, code)
            self.assertEqual(place.state_id.code or False, state_code)

    def test_unknown_country_is_told(self):
        order = self._import_customer(
            external_id="U1", address={"street": "1 Way", "country": "Atlantis"}
        )
        self.assertFalse(order.partner_shipping_id.country_id)
        self.assertIn("Atlantis", order.import_note)

    def test_markup_is_text(self):
        """X-5: what a buyer types is shown as it is, never run."""
        name = "<script>alert(1)</script>"
        order = self._import_customer(external_id="X1", name=name)
        self.assertEqual(order.partner_id.name, name)
