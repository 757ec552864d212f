# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import TransactionCase

#: words that are the same in English and in the language
SAME = {
    "vi_VN": {"Email", "Email cc", "ID", "Lead", "Menu", "SLA", "Web"},
    "zh_CN": {"ID", "SLA"},
}
_ATTRIBUTES = ("string", "placeholder", "title", "aria-label", "help", "confirm")


class LanguageCase(TransactionCase):
    """Screens in Vietnamese and Chinese, whatever addon a text comes from."""

    @classmethod
    def _load(cls, models):
        """Make both languages active, with the texts of who made ``models``."""
        for code in SAME:
            cls.env["res.lang"]._activate_lang(code)
        cls.models = models
        fields = cls.env["ir.model.fields"].search([("model", "in", models)])
        views = cls.env["ir.ui.view"].search([("model", "in", models)])
        # the labels of a mixin's choices belong to whoever made the mixin
        modules = cls._modules(fields.selection_ids)
        modules |= cls._modules(fields) | cls._modules(views)
        cls.env["ir.module.module"].search(
            [("name", "in", list(modules - {"base"}))]
        )._update_translations(list(SAME))

    @classmethod
    def _modules(cls, records):
        domain = [("model", "=", records._name), ("res_id", "in", records.ids)]
        return set(cls.env["ir.model.data"].search(domain).mapped("module"))

    def _english(self, model, views, language):
        """What is left in English on ``views`` of ``model``: a sorted list.

        :param views: [(identifier of a view or False, its type), ...]
        """
        names = {name for _code, name in self.env["res.lang"].get_installed()}
        english = self._texts(model, views, "en_US")
        other = self._texts(model, views, language)
        self.assertEqual(len(english), len(other))
        return sorted(
            {
                text
                for text, said in zip(english, other, strict=True)
                if text == said
                and any(letter.isalpha() for letter in text)
                and text not in SAME[language] | names
            }
        )

    def _texts(self, model, views, language):
        found = (
            self.env[model]
            .with_context(lang=language)
            .get_views(
                [
                    (self.env.ref(name).id if name else False, kind)
                    for name, kind in views
                ]
            )
        )
        texts = []
        for kind in sorted(found["views"]):
            for node in etree.fromstring(found["views"][kind]["arch"]).iter():
                texts += [node.get(name, "") for name in _ATTRIBUTES]
                texts += [node.text or "", node.tail or ""]
        for name in sorted(set(found["models"]) & set(self.models)):
            for field in self._shown(found, name):
                texts.append(field["string"])
                texts += [label for _key, label in field.get("selection", ())]
        return [" ".join(text.split()) for text in texts]

    def _shown(self, found, model):
        """The fields of ``model`` that have a place on one of the views."""
        placed = set()
        for view in found["views"].values():
            placed |= set(
                etree.fromstring(view["arch"]).xpath("//field/@name | //label/@for")
            )
        fields = found["models"][model]["fields"]
        return [fields[name] for name in sorted(fields) if name in placed]
