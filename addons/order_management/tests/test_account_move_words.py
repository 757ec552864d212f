# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestAccountMoveWords(AccountTestInvoicingCommon):
    """OM-21: the total of an invoice in the words of the customer's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("vi_VN", "zh_CN", "fr_FR", "th_TH", "mn_MN"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env.user.group_ids += cls.env.ref("base.group_multi_currency")
        cls.env.company.display_invoice_amount_total_words = True

    def _create_invoice_in(self, currency, amount):
        record = self.env.ref(f"base.{currency}")
        record.active = True
        invoice = self.init_invoice("out_invoice", amounts=[amount], currency=record)
        invoice.invoice_line_ids.tax_ids = False
        return invoice

    def _words(self, invoice, language):
        return invoice.with_context(lang=language).amount_total_words

    def test_languages_of_the_customer(self):
        invoice = self._create_invoice_in("USD", 1005.5)
        expected = {
            "en_US": "One thousand and five US dollars and fifty cents",
            "vi_VN": "Một nghìn không trăm linh năm đô la Mỹ và năm mươi xu",
            "zh_CN": "壹仟零伍美元伍拾美分",
            "fr_FR": "Mille cinq dollars américains et cinquante cents",
        }
        for language, words in expected.items():
            self.assertEqual(self._words(invoice, language), words)

    def test_currency_without_decimals(self):
        invoice = self._create_invoice_in("VND", 1250000.4)
        self.assertEqual(
            self._words(invoice, "vi_VN"),
            "Một triệu hai trăm năm mươi nghìn đồng",
        )

    def test_other_currency_and_language_stay_odoo(self):
        francs = self._create_invoice_in("CHF", 21)
        self.assertIn("Twenty-One", self._words(francs, "en_US"))
        self.assertTrue(self._words(francs, "th_TH"))
        self.assertTrue(self._words(francs, "vi_VN").startswith("Hai mươi mốt "))

    def test_unknown_language_is_english(self):
        invoice = self._create_invoice_in("USD", 1005.5)
        words = self._words(invoice, "mn_MN").lower()
        self.assertIn("one thousand", words)
        self.assertIn("fifty", words)

    def test_on_the_printed_invoice(self):
        invoice = self._create_invoice_in("CNY", 107000.53)
        invoice.partner_id.lang = "zh_CN"
        invoice.action_post()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", invoice.ids
        )[0]
        self.assertIn("人民币壹拾万柒仟元伍角叁分", html.decode())
