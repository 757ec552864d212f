# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import BaseCase

from ..tools import Throttle, fold, slug, words


class TestText(BaseCase):
    def test_accents_do_not_matter(self):
        self.assertEqual(fold("Đổi TRẢ hàng"), "doi tra hang")
        self.assertEqual(fold("Crème ﬁne Æon Straße"), "creme fine aeon straße")
        self.assertEqual(fold(None), "")

    def test_words_of_three_languages(self):
        self.assertEqual(words("How do I return the goods?"), ["return", "goods"])
        self.assertEqual(words("Đổi trả ở đâu"), ["doi", "tra", "dau"])
        self.assertEqual(words("退货政策 B2"), ["退货", "货政", "政策", "b2"])
        self.assertEqual(words("货"), ["货"])
        self.assertEqual(words("%_'; -- "), [])
        self.assertEqual(len(words(" ".join(f"w{n}" for n in range(99)))), 12)

    def test_an_address_of_any_title(self):
        self.assertEqual(slug("Đổi & trả: 30 ngày!"), "doi-tra-30-ngay")
        self.assertEqual(slug("退货"), "")
        self.assertLessEqual(len(slug("long " * 90)), 80)

    def test_the_throttle_counts_each_key_by_its_window(self):
        clock = [0.0]
        throttle = Throttle(2, 10, size=3, now=lambda: clock[0])
        self.assertEqual([throttle.allows("a") for _n in range(3)], [True, True, False])
        self.assertTrue(throttle.allows("b"))
        clock[0] = 10.0
        self.assertTrue(throttle.allows("a"))
        for key in "cde":
            throttle.allows(key)
        self.assertLessEqual(len(throttle._counts), 3)
