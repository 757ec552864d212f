# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from odoo import http
from odoo.http import request

from ..tools import Throttle

#: within a minute, from one address
_SEARCHES = Throttle(30, 60)
_SUGGESTIONS = Throttle(60, 60)
_VOTES = Throttle(20, 60)
#: searches without a result that one address has counted within an hour
_MISSES = Throttle(20, 3600)
_QUERY, _TEXT = 100, 1000  # letters that are read
_LISTED, _FOUND, _SUGGESTED = 300, 20, 5


class HelpCentre(http.Controller):
    """Articles for everybody, as far as the rules let the reader read them.

    Nothing here runs with more rights than the visitor's, but for counting votes and
    searches.
    """

    def _releases(self):
        return request.env["document.page.release"]

    def _passes(self, throttle):
        return throttle.allows(request.httprequest.remote_addr)

    @http.route("/help", type="http", auth="public", website=True, sitemap=False)
    def help_centre(self, search="", **_kw):
        """All articles by category, or what was searched."""
        query = (search or "").strip()[:_QUERY]
        values = {"query": query, "page_name": "help", "busy": False}
        if not query:
            values["categories"] = self._get_categories()
        elif self._passes(_SEARCHES):
            values["found"] = self._search(query)
        else:
            values["busy"] = True
        return request.render("crm_plus_document_page.help_centre", values)

    def _get_categories(self):
        releases = self._releases().search([("is_current", "=", True)], limit=_LISTED)
        groups = {}
        for release in releases._in_language(request.env.lang):
            groups.setdefault(release.category or "", []).append(release)
        return sorted(groups.items())

    def _search(self, query):
        found = self._releases()._find(query, request.env.lang, _FOUND)
        if not found and self._passes(_MISSES):
            # a visitor may count a search, not read what others searched
            request.env["document.search.miss"].sudo()._note(query, request.env.lang)
        return found

    @http.route(
        "/help/<string:slug>", type="http", auth="public", website=True, sitemap=False
    )
    def article(self, slug, lang="", **_kw):
        """One article in the reader's language; old addresses lead to the new one."""
        release = self._releases()._get_by_slug(slug, lang or request.env.lang)
        if not release:
            raise request.not_found()
        if release.url != f"/help/{slug}" and not lang:
            return request.redirect(release.url, code=301)
        values = {
            "article": release,
            "others": self._get_other_languages(release),
            "page_name": "help",
        }
        return request.render("crm_plus_document_page.help_article", values)

    def _get_other_languages(self, release):
        names = dict(request.env["res.lang"].sudo().get_installed())
        others = self._releases().search(
            [("is_current", "=", True), ("number", "=", release.number)]
        )
        return [
            (other, names.get(other.lang, other.lang)) for other in others - release
        ]

    @http.route("/help/suggest", type="jsonrpc", auth="public", readonly=True)
    def suggest(self, text="", **_kw):
        """Titles and addresses that may answer what is being typed."""
        if not isinstance(text, str) or not self._passes(_SUGGESTIONS):
            return []
        found = self._releases()._find(
            text[:_TEXT], request.env.lang, _SUGGESTED, strict=True
        )
        return [
            {"id": release.id, "title": release.name, "url": release.url}
            for release in found
        ]

    @http.route("/help/vote", type="jsonrpc", auth="public")
    def vote(self, article=0, useful=True, comment="", source="article", **_kw):
        """Whether an article helped; false when it is not there for this reader."""
        if not isinstance(article, int) or not self._passes(_VOTES):
            return False
        release = self._releases().search(
            [("id", "=", article), ("is_current", "=", True)], limit=1
        )
        if not release:
            return False
        # the reader may read the article, as found above; votes are counted for it
        request.env["document.page.vote"].sudo()._vote(
            release.sudo().page_id,
            self._get_voter(),
            "yes" if useful else "no",
            "ticket" if source == "ticket" else "article",
            comment if isinstance(comment, str) else "",
        )
        return True

    def _get_voter(self):
        if not request.env.user._is_public():
            return f"user:{request.env.uid}"
        token = request.session.get("help_visitor")
        if not token:
            token = request.session["help_visitor"] = secrets.token_hex(16)
        return f"visitor:{token}"
