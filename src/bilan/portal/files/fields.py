"""The form field of an upload: what it gives has been looked at."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from bilan.portal.files.checks import DOCUMENTS, UploadError, endings, examine, suffixes, too_big
from bilan.portal.files.handlers import TooBig


class CheckedFile(forms.FileField):
    """A file of one of ``kinds``; cleaned, it has the attribute ``kind``, what it really is."""

    def __init__(self, *, kinds: Collection[str] = DOCUMENTS, **options: Any) -> None:
        self.kinds = tuple(kinds)
        super().__init__(max_length=200, **options)

    @property
    def endings(self) -> str:
        """The endings of names that it takes, for the hint beside it."""
        return endings(self.kinds)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        accepted = ",".join(f".{suffix}" for suffix in suffixes(self.kinds))
        return {**super().widget_attrs(widget), "accept": accepted}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return file
        try:
            if isinstance(file, TooBig):
                raise too_big()
            file.kind = examine(cast(BinaryIO, file.file), file.name or "", self.kinds)  # type: ignore[attr-defined]
        except UploadError as refused:
            raise forms.ValidationError(str(refused), code="refused") from refused
        return file
