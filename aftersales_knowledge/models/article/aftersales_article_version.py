from contextlib import contextmanager

from odoo import api, fields, models

from odoo.addons.html_editor.models.diff_utils import generate_patch

VERSIONED = ("symptom", "cause", "remedy")


class AftersalesArticle(models.Model):
    """Versions of an article's texts, of each language its own.

    How it works: Odoo's mixin keeps one chain of differences per field, each to be
    applied to the text of today. A translated field has a text per language, so the
    chain the mixin sees is that of the reader's language. What a change in one
    language does to the texts of the others is kept in theirs.
    """

    _inherit = "aftersales.article"

    version_history = fields.Json(
        prefetch=False,
        copy=False,
        groups="aftersales_knowledge.group_knowledge_editor",
    )
    html_field_history = fields.Json(
        compute="_compute_html_field_history",
        inverse="_inverse_html_field_history",
        prefetch=False,
        groups="aftersales_knowledge.group_knowledge_editor",
    )
    html_field_history_metadata = fields.Json(
        groups="aftersales_knowledge.group_knowledge_editor"
    )

    @api.depends("version_history")
    @api.depends_context("lang")
    def _compute_html_field_history(self):
        for article in self:
            chains = article.version_history or {}
            article.html_field_history = chains.get(self._get_version_lang())

    def _inverse_html_field_history(self):
        for article in self:
            chains = article.version_history or {}
            chains[self._get_version_lang()] = article.html_field_history
            article._write_guarded({"version_history": chains})

    @api.depends_context("lang")
    def _compute_metadata(self):
        return super()._compute_metadata()

    @api.model
    def _get_versioned_fields(self):
        return list(VERSIONED)

    def write(self, vals):
        if not vals.keys() & set(VERSIONED):
            return super().write(vals)
        # The mixin keeps the version of the language that is written.
        with self._keeping_versions({self._get_version_lang()}):
            return super().write(vals)

    def _update_field_translations(self, field_name, *args, **kwargs):
        if field_name not in VERSIONED:
            return super()._update_field_translations(field_name, *args, **kwargs)
        with self._keeping_versions(set()):
            return super()._update_field_translations(field_name, *args, **kwargs)

    @api.model
    def _get_version_lang(self):
        return self.env.lang or "en_US"

    @contextmanager
    def _keeping_versions(self, kept_langs):
        """Keep the versions of the texts that change inside, in all other languages."""
        langs = {code for code, _name in self.env["res.lang"].get_installed()}
        langs = sorted((langs | {"en_US"}) - kept_langs)
        before = {lang: self._get_texts(lang) for lang in langs}
        yield
        for lang in langs:
            after = self._get_texts(lang)
            for article in self.sudo():
                old, new = before[lang][article.id], after[article.id]
                if old != new:
                    article.with_context(lang=lang)._keep_version(old, new)

    def _get_texts(self, lang):
        """{id: {field: text}} in a language."""
        return {
            article.id: {name: article[name] or "" for name in VERSIONED}
            for article in self.with_context(lang=lang)
        }

    def _keep_version(self, old, new):
        """Put the difference between two versions in front of the chain."""
        self.ensure_one()
        chains = self.html_field_history or {}
        for name in (name for name in VERSIONED if old[name] != new[name]):
            chain = chains.get(name) or []
            version = {
                "patch": generate_patch(new[name], old[name]),
                "revision_id": chain[0]["revision_id"] + 1 if chain else 1,
                "create_date": self.env.cr.now().isoformat(),
                "create_uid": self.env.uid,
                "create_user_name": self.env.user.name,
            }
            limit = self._html_field_history_size_limit
            chains[name] = [version, *chain][:limit]
        self._write_guarded({"html_field_history": chains})
