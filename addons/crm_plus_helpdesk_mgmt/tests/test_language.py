# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.crm_plus.tests.languages import SAME, LanguageCase

from ..words import WORDS, say


@tagged("post_install", "-at_install")
class TestLanguage(LanguageCase):
    """CP-5: what OCA's addons show is in the agent's language, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load(
            [
                "helpdesk.sla",
                "helpdesk.ticket",
                "helpdesk.ticket.merge",
                "helpdesk.ticket.sla",
                "helpdesk.ticket.stage",
                "helpdesk.ticket.team",
            ]
        )

    def _check(self, model, *views):
        for language in SAME:
            with self.subTest(model=model, language=language):
                self.assertEqual(self._english(model, views, language), [])

    def test_the_ticket(self):
        self._check(
            "helpdesk.ticket",
            ("helpdesk_mgmt.ticket_view_form", "form"),
            ("helpdesk_mgmt.ticket_view_tree", "list"),
            ("helpdesk_mgmt.view_helpdesk_ticket_kanban", "kanban"),
            ("helpdesk_mgmt.helpdesk_ticket_view_search", "search"),
        )

    def test_what_a_manager_sets_up(self):
        self._check("helpdesk.ticket.team", (False, "form"), (False, "list"))
        self._check("helpdesk.ticket.stage", (False, "form"), (False, "list"))
        self._check("helpdesk.sla", (False, "form"), (False, "list"))
        self._check("helpdesk.ticket.merge", (False, "form"))

    def test_stages_and_mails(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        mail = self.env.ref("helpdesk_mgmt_rating.rating_ticket_email_template")
        said = {
            language: (
                stage.with_context(lang=language).name,
                mail.with_context(lang=language).body_html,
            )
            for language in SAME
        }
        self.assertEqual(said["vi_VN"][0], "Đang xử lý")
        self.assertEqual(said["zh_CN"][0], "处理中")
        self.assertIn("Xin chào", said["vi_VN"][1])
        self.assertIn("您好", said["zh_CN"][1])
        for _name, body in said.values():
            self.assertIn("/rate/{{ access_token }}/5", body)
            self.assertNotIn("Hello", body)

    def test_what_somebody_has_worded_is_kept(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        stage.with_context(lang="vi_VN").name = "Tiếp nhận"
        modules = self.env["ir.module.module"].search(
            [("name", "in", ("helpdesk_mgmt", "crm_plus_helpdesk_mgmt"))]
        )
        modules._update_translations(["vi_VN"])
        self.assertEqual(stage.with_context(lang="vi_VN").name, "Tiếp nhận")

    def test_what_nobody_has_worded_stays(self):
        self.assertEqual(say(self.env, "Something new of OCA"), "Something new of OCA")

    def test_their_python_texts_are_known(self):
        tiles = self.env["helpdesk.ticket.team"].retrieve_dashboard()
        self.assertLessEqual({tile["name"] for tile in tiles}, set(WORDS))
