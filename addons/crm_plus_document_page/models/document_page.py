# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

AUDIENCES = [
    ("internal", "Employees"),
    ("portal", "Customers with an Account"),
    ("public", "Everybody"),
]
_MANAGER = "document_page.group_document_manager"
_IMAGE = re.compile(r"(/web/image/(\d+)(?:-\w+)?[^\"'\s?]*)(?:\?[^\"'\s]*)?(?=[\"'])")


class DocumentPage(models.Model):
    """A page that is written, looked at by a second person, and then published.

    What is published is a copy, a `document.page.release`: drafts, history and
    discussion of a page are never within reach of customers.
    """

    _inherit = "document.page"

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("review", "In Review"),
            ("published", "Published"),
            ("archived", "Archived"),
        ],
        default="draft",
        required=True,
        tracking=True,
        copy=False,
        index=True,
    )
    audience = fields.Selection(
        AUDIENCES,
        string="For",
        default="internal",
        required=True,
        tracking=True,
        help="Who reads it once it is published.",
    )
    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        # while addons are installed nobody has a language
        default=lambda self: self.env.lang or self.env.user.lang or "en_US",
        required=True,
    )
    origin_id = fields.Many2one(
        "document.page",
        string="Translation Of",
        domain="[('type', '=', 'content'), ('origin_id', '=', False), "
        "('id', '!=', id)]",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
    translation_ids = fields.One2many("document.page", "origin_id", "Translations")
    abstract = fields.Text(
        help="One or two sentences, shown where articles are listed."
    )
    keywords = fields.Char(help="Other words that people search with.")
    release_ids = fields.One2many("document.page.release", "page_id", readonly=True)
    release_id = fields.Many2one(
        "document.page.release",
        string="Published Version",
        compute="_compute_release_id",
    )
    has_changes = fields.Boolean(string="Changed Since", compute="_compute_has_changes")
    vote_ids = fields.One2many("document.page.vote", "page_id", readonly=True)
    helpful_count = fields.Integer(compute="_compute_votes", string="Useful")
    unhelpful_count = fields.Integer(compute="_compute_votes", string="Not Useful")
    deflected_count = fields.Integer(
        compute="_compute_votes",
        string="Tickets Saved",
        help="Customers who found their answer here while they wrote a ticket.",
    )

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("history_ids")
    def _compute_history_head(self):
        """Override of `document_page`: the newest, even where the cache has it last."""
        for page in self:
            page.history_head = page.history_ids.sorted(
                lambda row: row._origin.id or 0, reverse=True
            )[:1]

    @api.depends("release_ids.is_current")
    def _compute_release_id(self):
        current = self.env["document.page.release"].search(
            [("page_id", "in", self.ids), ("is_current", "=", True)]
        )
        by_page = {release.page_id.id: release for release in current}
        for page in self:
            page.release_id = by_page.get(page.id, False)

    @api.depends("release_id", "history_head", "name", "audience", "abstract")
    def _compute_has_changes(self):
        names = ("name", "audience", "abstract", "keywords", "lang")
        for page in self:
            release = page.release_id
            page.has_changes = bool(release) and (
                release.history_id != page.history_head
                or any((release[name] or "") != (page[name] or "") for name in names)
            )

    @api.depends("vote_ids.value", "vote_ids.source")
    def _compute_votes(self):
        rows = self.env["document.page.vote"]._read_group(
            [("page_id", "in", self.ids)], ["page_id", "value", "source"], ["__count"]
        )
        counts = {}
        for page, value, source, count in rows:
            key = "deflected" if source == "ticket" else value
            counts[page.id, key] = counts.get((page.id, key), 0) + count
        for page in self:
            page.helpful_count = counts.get((page.id, "yes"), 0)
            page.unhelpful_count = counts.get((page.id, "no"), 0)
            page.deflected_count = counts.get((page.id, "deflected"), 0)

    @api.constrains("origin_id", "lang")
    def _check_one_page_a_language(self):
        for page in self.filtered("origin_id"):
            origin = page.origin_id
            others = (origin | origin.translation_ids) - page
            if origin.origin_id or page.translation_ids:
                raise ValidationError(
                    self.env._("A translation is made of the original article only.")
                )
            if page.lang in others.mapped("lang"):
                raise ValidationError(
                    self.env._("The article is there in this language already.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_may_set_state(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_may_set_state(vals)
        if "active" in vals and "state" not in vals:
            vals = {**vals, "state": "draft" if vals["active"] else "archived"}
        result = super().write(vals)
        if vals.get("state", "published") != "published" or vals.get("active") is False:
            self._withdraw()
        elif "audience" in vals:
            self._narrow_audience()
        return result

    def _narrow_audience(self):
        """Who may not read it any more must not wait for a new version; who shall
        read it from now on gets it with the next one, by a manager's decision."""
        order = [value for value, _label in AUDIENCES]
        for page in self.sudo():
            release = page.release_id
            if release and order.index(page.audience) < order.index(release.audience):
                release.audience = page.audience

    def _check_may_set_state(self, vals):
        if vals.get("state") == "published" and not self.env.su:
            raise AccessError(
                self.env._("Articles are published by the button of a manager.")
            )

    def action_submit(self):
        """Ask a second person to read it."""
        for page in self:
            if is_html_empty(page.content):
                raise UserError(self.env._("%(article)s is empty.", article=page.name))
        self.filtered(lambda page: page.state == "draft").state = "review"

    def action_reject(self):
        """Back to the author."""
        self.filtered(lambda page: page.state == "review").state = "draft"

    def action_publish(self):
        """Publish what is written now; readers see it from here on.

        :raises AccessError: for anybody but managers of pages
        """
        if not self.env.user.has_group(_MANAGER):
            raise AccessError(self.env._("Only managers of pages publish articles."))
        self.check_access("write")
        self._publish()

    def action_withdraw(self):
        """Take it from its readers, and go on writing."""
        self.filtered(lambda page: page.state == "published").state = "draft"

    def action_view_releases(self):
        """Open what was published when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_plus_document_page.document_page_release_action"
        )
        return {**action, "domain": [("page_id", "=", self.id)]}

    def action_open_article(self):
        """Open the published article as its readers see it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": self.release_id.url,
            "target": "new",
        }

    def _publish(self):
        # releases are written by publishing only, whoever may publish
        pages = self.sudo().filtered(lambda page: page.type == "content")
        former = pages.release_ids
        pages._withdraw()
        number = {}
        for release in former:
            page_id = release.page_id.id
            number[page_id] = max(number.get(page_id, 0), release.version)
        self.env["document.page.release"].sudo().create(
            [page._prepare_release_vals(number.get(page.id, 0) + 1) for page in pages]
        )
        pages.state = "published"
        self.invalidate_recordset(["release_id", "has_changes"])

    def _withdraw(self):
        current = self.sudo().release_ids.filtered("is_current")
        current.is_current = False
        current.flush_recordset()

    def _prepare_release_vals(self, version):
        self.ensure_one()
        return {
            "page_id": self.id,
            "number": (self.origin_id or self).id,
            "is_original": not self.origin_id,
            "version": version,
            "is_current": True,
            "history_id": self.history_head.id,
            "name": self.name,
            "lang": self.lang,
            "audience": self.audience,
            "abstract": self.abstract,
            "keywords": self.keywords,
            "category": self.parent_id.name,
            "content": self._get_public_content(),
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
        }

    def _get_public_content(self):
        """The text, with pictures of this page that its readers may load."""
        content = str(self.content or "")
        if self.audience == "internal":
            return content
        ids = [int(match[1]) for match in _IMAGE.findall(content)]
        files = self.env["ir.attachment"].search(
            [
                ("id", "in", ids),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
            ]
        )
        tokens = dict(zip(files.ids, files.generate_access_token(), strict=True))

        def address(match):
            token = tokens.get(int(match[2]))
            return f"{match[1]}?access_token={token}" if token else match[0]

        return _IMAGE.sub(address, content)
