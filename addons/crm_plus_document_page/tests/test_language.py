# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.languages import SAME, LanguageCase


@tagged("post_install", "-at_install")
class TestLanguage(LanguageCase):
    """CP-5: the page that articles are written on, in the writer's language."""

    def test_the_article(self):
        self._load(["document.page", "document.page.history"])
        views = [
            ("document_page.view_wiki_form", "form"),
            ("document_page.view_wiki_tree", "list"),
            ("document_page.view_wiki_filter", "search"),
        ]
        for language in SAME:
            with self.subTest(language=language):
                self.assertEqual(self._english("document.page", views, language), [])
                history = self._english(
                    "document.page.history", [(False, "form")], language
                )
                self.assertEqual(history, [])
