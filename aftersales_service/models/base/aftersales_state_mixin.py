from odoo import api, models
from odoo.exceptions import AccessError, UserError

# Known to this process only: a caller over RPC can put a key into the context
# but can never produce this object.
_GUARD = object()
_GUARD_KEY = "aftersales_guard"


class AftersalesStateMixin(models.AbstractModel):
    """A life in states that nothing but its own actions can move.

    What: a model that inherits this declares a Selection ``state`` and, beside
    it, ``TRANSITIONS``: for each state the states that may follow.
    How to use: actions call ``_update_state(target, **vals)``. Columns that only
    code may write are named in ``_guarded_fields``; ``_unguarded()`` gives the
    records on which code writes them.
    How it works: create and write refuse a guarded column unless the context
    carries a sentinel that cannot come from outside.
    """

    _name = "aftersales.state.mixin"
    _description = "Life in states"
    _inherit = ["aftersales.guard.mixin"]

    TRANSITIONS: dict[str, tuple[str, ...]] = {}
    _guarded_fields: tuple[str, ...] = ("state",)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_unguarded():
            self._check_guarded_defaults(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_unguarded():
            self._refuse_guarded(
                [name for name in self._guarded_fields if name in vals]
            )
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy begins a life of its own: guarded columns are not taken over."""
        return [
            {n: v for n, v in vals.items() if n not in self._guarded_fields}
            for vals in super().copy_data(default)
        ]

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | set(self._guarded_fields)

    def _check_guarded_defaults(self, vals_list):
        """Refuse a new record that brings a guarded value other than the default."""
        names = [
            n for n in self._guarded_fields if any(n in vals for vals in vals_list)
        ]
        defaults = self.default_get(names) if names else {}
        self._refuse_guarded(
            [
                name
                for name in names
                if any(
                    (vals.get(name) or False) != defaults.get(name, False)
                    for vals in vals_list
                )
            ]
        )

    def _refuse_guarded(self, names):
        if names:
            labels = ", ".join(
                self._fields[name]._description_string(self.env) for name in names
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s changes only by its own buttons.",
                    fields=labels,
                    # A portal user may not read models, but may know their names.
                    model=self.env["ir.model"].sudo()._get(self._name).name,
                )
            )

    def _is_unguarded(self):
        return self.env.context.get(_GUARD_KEY) is _GUARD

    def _unguarded(self):
        """The same records, on which code of ours may write guarded columns."""
        return self.with_context(**{_GUARD_KEY: _GUARD})

    def _guarded_again(self):
        """The same records as a caller from outside has them."""
        return self.with_context(**{_GUARD_KEY: False})

    def _write_guarded(self, vals):
        """Write ``vals`` though they are guarded; the caller has checked why."""
        return self._unguarded().write(vals)

    def _check_transition(self, target):
        """Raise when a record cannot go to ``target``, naming both states."""
        for record in self:
            if target not in self.TRANSITIONS.get(record.state, ()):
                labels = dict(record._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(record)s is “%(current)s” and cannot become “%(target)s”.",
                        record=record.display_name,
                        current=labels.get(record.state, record.state),
                        target=labels.get(target, target),
                    )
                )

    def _update_state(self, target, **vals):
        """Move all of ``self`` to ``target`` and write ``vals`` with it.

        :raise UserError: a record's present state does not allow it.
        """
        self._check_transition(target)
        return self._write_guarded({**vals, "state": target})
