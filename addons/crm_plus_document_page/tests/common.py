# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import TransactionCase, new_test_user


class ArticleCase(TransactionCase):
    """Writers, and readers of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("vi_VN", "zh_CN"):
            cls.env["res.lang"]._activate_lang(code)
        cls.env["document.page.release"].search([]).is_current = False
        cls.editor = new_test_user(
            cls.env, "article_editor", "document_page.group_document_editor"
        )
        cls.manager = new_test_user(
            cls.env, "article_manager", "document_page.group_document_manager"
        )
        cls.employee = new_test_user(cls.env, "article_employee", "base.group_user")
        cls.portal = new_test_user(cls.env, "article_portal", "base.group_portal")
        cls.visitor = cls.env.ref("base.public_user")

    @classmethod
    def _page(cls, name="How to return goods", publish=True, **vals):
        page = cls.env["document.page"].create(
            {
                "name": name,
                "content": "<p>Send the parcel back to us.</p>",
                "audience": "public",
                "lang": "en_US",
                "draft_name": "1",
                "draft_summary": "first",
                "company_id": False,
                **vals,
            }
        )
        if publish:
            page._publish()
        return page

    def _found(self, query, user=None, lang="en_US"):
        releases = self.env["document.page.release"].with_user(user or self.visitor)
        return releases._find(query, lang).mapped("name")
