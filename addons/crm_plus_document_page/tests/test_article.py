# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestArticle(ArticleCase):
    """From draft to published, and who may read what."""

    def test_an_editor_asks_and_a_manager_publishes(self):
        page = self._page(publish=False).with_user(self.editor)
        page.action_submit()
        self.assertEqual(page.state, "review")
        with self.assertRaises(AccessError):
            page.action_publish()
        with self.assertRaises(AccessError):
            page.state = "published"
        page.with_user(self.manager).action_publish()
        self.assertEqual(page.state, "published")
        self.assertEqual(page.release_id.version, 1)
        self.assertFalse(page.has_changes)

    def test_an_empty_article_is_not_reviewed(self):
        page = self._page(publish=False, content="<p><br></p>")
        with self.assertRaisesRegex(UserError, "is empty"):
            page.action_submit()

    def test_readers_see_what_was_published_last(self):
        page = self._page()
        page.content = "<p>Secret plan</p>"
        self.assertTrue(page.has_changes)
        self.assertNotIn("Secret", page.release_id.content)
        page._publish()
        self.assertEqual(page.release_id.version, 2)
        self.assertIn("Secret", page.release_id.content)
        self.assertEqual(len(page.release_ids.filtered("is_current")), 1)

    def test_withdrawn_and_archived_articles_are_gone(self):
        for step in ("action_withdraw", "action_archive"):
            page = self._page()
            self.assertTrue(self._found("return"))
            getattr(page, step)()
            self.assertFalse(self._found("return"))
            self.assertFalse(page.release_id)
        self.assertEqual(page.state, "archived")
        page.action_unarchive()
        self.assertEqual(page.state, "draft")

    def test_one_current_version_is_kept_by_the_database(self):
        page = self._page()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            page.release_id.copy({"version": 9})
            self.env.flush_all()

    def test_each_audience_reads_its_own(self):
        for audience in ("internal", "portal", "public"):
            self._page(f"Return for {audience}", audience=audience)

        def read(user):
            return {name.split()[-1] for name in self._found("return", user)}

        self.assertEqual(read(self.visitor), {"public"})
        self.assertEqual(read(self.portal), {"public", "portal"})
        self.assertEqual(read(self.employee), {"public", "portal"})
        self.assertEqual(read(self.editor), {"public", "portal", "internal"})

    def test_fewer_readers_at_once_and_more_with_the_next_version(self):
        page = self._page("Return for all", audience="public")
        page.with_user(self.editor).audience = "portal"
        self.assertFalse(self._found("return", self.visitor))
        self.assertTrue(self._found("return", self.portal))
        page.with_user(self.editor).audience = "public"
        self.assertFalse(self._found("return", self.visitor))
        self.assertTrue(page.has_changes)
        page._publish()
        self.assertTrue(self._found("return", self.visitor))

    def test_readers_get_nothing_but_releases(self):
        page = self._page()
        old = page.release_id
        page._publish()
        for user in (self.visitor, self.portal):
            for model in (
                "document.page",
                "document.page.history",
                "document.page.vote",
                "document.search.miss",
            ):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                old.with_user(user).read(["content"])
            with self.assertRaises(AccessError):
                page.release_id.with_user(user).read(["page_id"])
            with self.assertRaises(AccessError):
                page.release_id.with_user(user).write({"name": "Hacked"})

    def test_nothing_that_runs_in_a_browser_is_published(self):
        page = self._page(
            content="<p onclick='x()'>Text<script>x()</script>"
            "<a href='javascript:x()'>l</a><iframe src='//e.example'></iframe>"
            "<form action='//e.example'><input name='p'></form>"
            "<img src='x' onerror='x()'></p>"
        )
        content = page.release_id.content
        self.assertIn("Text", content)
        for bad in ("script", "onclick", "onerror", "iframe", "<form", "<input"):
            self.assertNotIn(bad, content)

    def test_pictures_of_the_page_can_be_loaded_and_no_others(self):
        page = self._page(publish=False)
        mine, foreign = self.env["ir.attachment"].create(
            [
                {"name": "a.png", "res_model": "document.page", "res_id": page.id},
                {"name": "b.png", "res_model": "res.partner", "res_id": 1},
            ]
        )
        page.content = (
            f'<p><img src="/web/image/{mine.id}-abc/a.png">'
            f'<img src="/web/image/{foreign.id}"></p>'
        )
        page._publish()
        self.assertTrue(mine.access_token)
        self.assertFalse(foreign.access_token)
        self.assertIn(
            f"/web/image/{mine.id}-abc/a.png?access_token={mine.access_token}",
            page.release_id.content,
        )

    def test_one_page_a_language(self):
        origin = self._page()
        self._page("Đổi trả", lang="vi_VN", origin_id=origin.id)
        with self.assertRaises(ValidationError):
            self._page("Trả hàng", lang="vi_VN", origin_id=origin.id)
        with self.assertRaises(ValidationError):
            self._page("Again", lang="en_US", origin_id=origin.id)

    def test_one_vote_each(self):
        page = self._page()
        votes = self.env["document.page.vote"]
        for value in ("yes", "no", "no"):
            votes._vote(page, "visitor:1", value)
        votes._vote(page, "visitor:2", "yes")
        votes._vote(page, "visitor:2", "yes", "ticket")
        self.assertEqual((page.helpful_count, page.unhelpful_count), (1, 1))
        self.assertEqual(page.deflected_count, 1)
