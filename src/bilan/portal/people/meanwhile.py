"""Forms of rows that two people may edit at once: each saves what he changed, nothing of the other's is lost."""

from __future__ import annotations

import json
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

SEEN = "seen"  # the field in which a page sends along what it showed


class EditForm(forms.ModelForm):
    """A form of a row that remembers what it showed.

    What the person left as it was stays as it is by now. Where somebody changed the same meanwhile he is told, and what
    he entered stays in the form: saved once more, it holds. Bind it to a row that nobody else can change.
    """

    def full_clean(self) -> None:
        overtaken = self._take_up() if self.is_bound and not self.instance._state.adding else []
        super().full_clean()
        for name in overtaken:
            self.add_error(name, self._told(name))

    def save(self, commit: bool = True) -> Any:
        """Write the changed columns alone: others may have been written since the row was read."""
        if self.instance._state.adding:
            return super().save(commit)
        if self.changed_data:
            self.instance.save(update_fields=self.changed_data)
        return self.instance

    @property
    def seen(self) -> str:
        """What the row holds now, as the page sends it back."""
        now = {} if self.instance._state.adding else {name: self._now(name) for name in self.fields}
        return json.dumps(now, ensure_ascii=False)

    def _take_up(self) -> list[str]:
        """Put what the row holds by now in place of what the person left alone; return the fields that both changed."""
        data, overtaken = cast(Any, self.data).copy(), []
        for name, shown in _shown(self.data.get(SEEN)).items():
            if name not in self.fields:
                continue
            key, now = self.add_prefix(name), self._now(name)
            entered = data.get(key, "")
            if entered == shown:
                data[key] = now
            elif now not in (shown, entered):
                overtaken.append(name)
        self.data = data
        return overtaken

    def _now(self, name: str) -> str:
        """The value of the row as a browser sends it."""
        field = self.fields[name]
        value = field.widget.format_value(field.prepare_value(self.get_initial_for_field(field, name)))
        return "".join(value) if isinstance(value, list) else str(value or "")

    def _told(self, name: str) -> str:
        now = self._now(name)
        choices = getattr(self.fields[name], "choices", ())
        words = next((str(label) for value, label in choices if str(value) == now), now)
        if not now:
            return _("别人刚把这一项清空了。您填的还在这里，再保存一次就以您填的为准。")
        return _("别人刚把这一项改成了“%s”。您填的还在这里，再保存一次就以您填的为准。") % words


def _shown(text: str | None) -> dict[str, str]:
    """What the page showed, by field; nothing where it does not say."""
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return {name: value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
