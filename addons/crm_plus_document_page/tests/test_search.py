# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestSearch(ArticleCase):
    """What is found, in which order and language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.back = cls._page(keywords="refund, exchange")
        cls.parcel = cls._page(
            "Where is my parcel?", content="<p>Tracking. Later you may return it.</p>"
        )
        cls.vietnamese = cls._page(
            "Đổi trả hàng",
            lang="vi_VN",
            origin_id=cls.back.id,
            content="<p>Gửi lại</p>",
        )
        cls.chinese = cls._page(
            "退货政策", lang="zh_CN", origin_id=cls.back.id, content="<p>寄回</p>"
        )

    def test_the_title_weighs_most(self):
        self.assertEqual(
            self._found("return"), ["How to return goods", "Where is my parcel?"]
        )

    def test_without_accents_and_with_them(self):
        for query in ("doi tra", "ĐỔI TRẢ", "đổi"):
            self.assertEqual(self._found(query, lang="vi_VN"), ["Đổi trả hàng"], query)

    def test_chinese_has_no_spaces(self):
        self.assertEqual(self._found("怎么退货", lang="zh_CN"), ["退货政策"])

    def test_misspelled(self):
        self.assertEqual(self._found("retrun godos")[0], "How to return goods")
        self.assertEqual(self._found("refnud")[0], "How to return goods")
        self.assertFalse(self._found("zebra"))

    def test_in_the_reader_s_language_or_the_next_best(self):
        self.assertEqual(self._found("refund", lang="vi_VN"), ["Đổi trả hàng"])
        self.assertEqual(self._found("refund", lang="zh_TW"), ["退货政策"])
        self.assertEqual(self._found("refund", lang="fr_FR"), ["How to return goods"])
        self.assertEqual(self._found("tracking", lang="vi_VN"), ["Where is my parcel?"])

    def test_a_translation_that_is_not_for_the_reader_is_not_shown(self):
        self.vietnamese.audience = "internal"
        self.vietnamese._publish()
        self.assertEqual(self._found("refund", lang="vi_VN"), ["How to return goods"])

    def test_signs_of_the_database_are_just_signs(self):
        for query in ("%", "_", "'", "\\", "a' OR 1=1 --", "  ", "%%return"):
            self._found(query)
        self.assertFalse(self._found("%"))

    def test_strict_leaves_out_what_only_touches(self):
        releases = self.env["document.page.release"]
        text = "My kettle broke, the lid is loose and it must be repaired later"
        self.assertFalse(releases._find(text, strict=True))
        self.assertTrue(releases._find("I want to return goods", strict=True))

    def test_queries_do_not_grow_with_what_is_found(self):
        def count(query):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._found(query, self.visitor)
            return self.env.cr.sql_log_count - before

        count("return")
        few = count("return")
        for index in range(20):
            self._page(f"Return {index}")
        self.assertLessEqual(count("return"), few)

    def test_misses_are_counted_once_a_wording(self):
        misses = self.env["document.search.miss"]
        for query in ("Tháp nước", "thap  NUOC", "a", "jo@example.com", "x" * 500):
            misses._note(query, "vi_VN")
        found = misses.search([("query", "=", "thap nuoc")])
        self.assertEqual(found.count, 2)
        self.assertEqual(len(misses.search([("query", "like", "example")])), 0)
        page = misses.browse(found.id)
        page.with_user(self.editor).action_write_article()
        self.assertEqual((found.state, found.page_id.lang), ("answered", "vi_VN"))
        self.assertEqual(found.page_id.state, "draft")
