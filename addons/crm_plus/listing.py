# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Several texts in one line: not all languages separate them by the same signs."""

from functools import reduce


def list_words(env, words):
    """``words`` in one line, in the user's language: one, another."""

    def join(one, other):
        return env._("%(one)s, %(other)s", one=one, other=other)

    return _reduce(join, words)


def list_sentences(env, sentences):
    """``sentences`` in one line, in the user's language: one; another."""

    def join(one, other):
        return env._("%(one)s; %(other)s", one=one, other=other)

    return _reduce(join, sentences)


def _reduce(join, texts):
    texts = list(texts)
    return reduce(join, texts) if texts else ""
