# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from difflib import get_close_matches

from odoo import api, models
from odoo.fields import Domain

from ..tools import words

#: articles that are looked at closely
_CANDIDATES = 300
#: articles whose titles teach how words are spelled
_VOCABULARY = 2000
#: how alike a misspelled word has to be
_ALIKE = 0.75
_HEAD, _BEGIN, _BODY = 3, 2, 1  # what a hit counts in the title, at a word's begin


def _is_short(token):
    return len(token) < 4 and token.isascii()


class DocumentPageRelease(models.Model):
    """Finding articles: without accents, with misspelled words, best first."""

    _inherit = "document.page.release"

    @api.model
    def _find(self, query, lang=None, limit=10, domain=(), strict=False):
        """Articles for ``query`` that the user may read, best first.

        A handful of queries, whatever is found.

        :param lang: articles come in this language where they have it
        :param domain: narrows what may be found, for a search on behalf of others
        :param strict: only what is very likely meant; for suggestions from long texts
        """
        scope = Domain(domain) & Domain("is_current", "=", True)
        tokens = words(query)
        found = self._find_words(tokens, scope, strict)
        if tokens and not found:
            found = self._find_words(self._correct(tokens, scope), scope, strict)
        return found._in_language(lang or self.env.lang, scope)[:limit]

    @api.model
    def _find_words(self, tokens, scope, strict):
        if not tokens:
            return self.browse()
        hits = Domain.OR(Domain("search_text", "like", token) for token in tokens)
        candidates = self.search(scope & hits, limit=_CANDIDATES)
        candidates.fetch(["head_text", "search_text"])
        scores = {release: release._get_score(tokens) for release in candidates}
        least = 0.5 if strict else 0
        ranked = candidates.filtered(lambda release: scores[release] > least)
        return ranked.sorted(lambda release: (-scores[release], release.name))

    def _get_score(self, tokens):
        """How well this article fits; the share of the words that occur weighs most."""
        self.ensure_one()
        # with a space before the first word and after the last
        head, text = f" {self.head_text.strip()} ", f" {self.search_text.strip()} "
        points = hits = 0
        for token in tokens:
            # a short word is one of its own: "tra" is not in "tracking"
            if (f" {token} " if _is_short(token) else token) not in text:
                continue
            hits += 1
            points += _BODY + _HEAD * (token in head) + _BEGIN * (f" {token}" in head)
        full = (_HEAD + _BEGIN + _BODY) * min(len(tokens), 4)
        return hits / len(tokens) * points / full * 2

    @api.model
    def _correct(self, tokens, scope):
        """``tokens`` as titles and keywords spell them; unknown ones are left out."""
        rows = self.search(scope, limit=_VOCABULARY).mapped("head_text")
        known = {word for row in rows for word in words(row, limit=50)}
        corrected = []
        for token in tokens:
            corrected += get_close_matches(token, known, n=1, cutoff=_ALIKE)
        return corrected
