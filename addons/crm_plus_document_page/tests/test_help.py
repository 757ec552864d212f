# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.crm_plus_document_page.controllers import help_centre
from odoo.addons.crm_plus_document_page.tools import Throttle

from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestHelp(ArticleCase, HttpCase):
    """The pages of the help centre, for visitors and customers."""

    def setUp(self):
        super().setUp()
        # the tests come from one address, and quickly
        for name in ("_SEARCHES", "_SUGGESTIONS", "_VOTES", "_MISSES"):
            self.startPatcher(patch.object(help_centre, name, Throttle(1000, 60)))
        self.page = self._page(abstract="In three steps")
        self.account = self._page("Return with an account", audience="portal")
        self.internal = self._page("Return: what we pay", audience="internal")

    def _call(self, path, **params):
        answer = self.url_open(
            path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json().get("result")

    def test_a_visitor_sees_what_is_for_everybody(self):
        for path in ("/help", "/help?search=return"):
            text = self.url_open(path).text
            self.assertIn("How to return goods", text)
            self.assertNotIn("Return with an account", text)
            self.assertNotIn("what we pay", text)

    def test_a_customer_sees_more(self):
        self.portal.password = "portal-pass-1"
        self.authenticate("article_portal", "portal-pass-1")
        text = self.url_open("/help").text
        self.assertIn("Return with an account", text)
        self.assertNotIn("what we pay", text)
        self.assertIn("/help", self.url_open("/my/home").text)

    def test_an_article_by_its_address(self):
        release = self.page.release_id
        self.assertIn("Send the parcel", self.url_open(release.url).text)
        moved = self.url_open(
            f"/help/old-title-{release.number}", allow_redirects=False
        )
        self.assertEqual(moved.status_code, 301)
        self.assertTrue(moved.headers["Location"].endswith(release.url))
        for hidden in (self.account, self.internal):
            self.assertEqual(self.url_open(hidden.release_id.url).status_code, 404)
        for bad in ("x-99999999", "x", "-1", "1' OR 1=1", "9" * 40):
            self.assertEqual(self.url_open(f"/help/{bad}").status_code, 404, bad)

    def test_what_is_typed_is_escaped(self):
        text = self.url_open('/help?search=<script>alert(1)</script>"><b>').text
        self.assertNotIn("<script>alert(1)", text)

    def test_a_search_without_a_result_is_noted(self):
        self.assertIn("o_help_nothing", self.url_open("/help?search=Zeppelin").text)
        miss = self.env["document.search.miss"].search([("query", "=", "zeppelin")])
        self.assertEqual(miss.count, 1)

    def test_signs_that_no_database_holds(self):
        answer = self.url_open("/help?search=zep%00pelin")
        self.assertEqual(answer.status_code, 200)
        misses = self.env["document.search.miss"]
        self.assertTrue(misses.search([("query", "=", "zeppelin")]))
        number = self.page.release_id.id
        for sign in ("\0", "\ud800"):
            self.assertTrue(
                self._call("/help/vote", article=number, comment=f"no{sign}thing")
            )
        self.page.invalidate_recordset()
        self.assertEqual(set(self.page.vote_ids.mapped("comment")), {"nothing"})

    def test_suggestions_while_typing(self):
        found = self._call("/help/suggest", text="I want to return goods")
        self.assertEqual([row["title"] for row in found], ["How to return goods"])
        self.assertEqual(self._call("/help/suggest", text=["x"]), [])

    def test_one_vote_a_session(self):
        number = self.page.release_id.id
        self.authenticate(None, None)
        for useful in (True, False, False):
            self.assertTrue(self._call("/help/vote", article=number, useful=useful))
        self.page.invalidate_recordset()
        self.assertEqual((self.page.helpful_count, self.page.unhelpful_count), (0, 1))
        self._call("/help/vote", article=number, source="ticket")
        self.assertEqual(self.page.deflected_count, 1)

    def test_nobody_votes_on_what_is_not_for_him(self):
        hidden = self.internal.release_id.id
        for article in (hidden, 0, "1", None, {"id": hidden}):
            self.assertFalse(self._call("/help/vote", article=article))
        self.assertFalse(self.internal.vote_ids)

    def test_floods_are_stopped(self):
        with patch.object(help_centre, "_SUGGESTIONS", Throttle(2, 60)):
            answers = [self._call("/help/suggest", text="return") for _n in range(3)]
        self.assertEqual([bool(answer) for answer in answers], [True, True, False])
        with patch.object(help_centre, "_SEARCHES", Throttle(0, 60)):
            self.assertIn("wait a moment", self.url_open("/help?search=return").text)
