# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.languages import SAME, LanguageCase


@tagged("post_install", "-at_install")
class TestLanguage(LanguageCase):
    """CP-11: the call log of OCA in the caller's language."""

    def test_the_call_log(self):
        self._load(["crm.phonecall", "crm.phonecall2phonecall"])
        views = [
            ("crm_phonecall.crm_case_phone_form_view", "form"),
            ("crm_phonecall.crm_case_phone_tree_view", "list"),
            ("crm_phonecall.view_crm_case_phonecalls_filter", "search"),
        ]
        for language in SAME:
            with self.subTest(language=language):
                self.assertEqual(self._english("crm.phonecall", views, language), [])
                wizard = self._english(
                    "crm.phonecall2phonecall", [(False, "form")], language
                )
                self.assertEqual(wizard, [])
