# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Close matches of names and SKUs: what a person would have tried first."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

#: candidates that are compared letter by letter
_MOST = 12
#: trigrams that more entries than this have say nothing
_COMMON = 2000


def normalise(text: str) -> str:
    """Lower case without accents and punctuation: "Đèn-bàn 02" is "den ban 02"."""
    text = unicodedata.normalize("NFKD", (text or "").casefold().replace("đ", "d"))
    kept = (c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def _trigrams(text):
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


class Catalogue:
    """Products by what they are called; asked for what is close to a text."""

    def __init__(self, entries: Iterable[tuple[int, Iterable[str]]]):
        """:param entries: (product, its names and codes)"""
        self._texts = []
        self._index = defaultdict(list)
        for product, texts in entries:
            for text in {normalise(text) for text in texts if text} - {""}:
                self._add(product, text)

    def _add(self, product, text):
        place = len(self._texts)
        self._texts.append((product, text))
        for gram in _trigrams(text):
            self._index[gram].append(place)

    def closest(self, texts: Iterable[str], least: float = 0.75):
        """The product that is closest to one of the texts.

        :param least: how much of the text must be the same, 0 to 1
        :return: ``(product, likeness)``, or None when nothing is close enough or two
            products are equally close
        """
        best = {}
        for text in {normalise(text) for text in texts if text} - {""}:
            for product, likeness in self._compare(text, least):
                best[product] = max(best.get(product, 0.0), likeness)
        ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
        if not ranked:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 0.01:
            return None
        return ranked[0]

    def _compare(self, text, least):
        hits = Counter()
        for gram in sorted(_trigrams(text)):
            places = self._index.get(gram, ())
            if len(places) <= _COMMON:
                hits.update(places)
        matcher = SequenceMatcher(b=text, autojunk=False)
        for place, _count in hits.most_common(_MOST):
            product, other = self._texts[place]
            matcher.set_seq1(other)
            if matcher.quick_ratio() >= least and (found := matcher.ratio()) >= least:
                yield product, round(found, 4)
