"""The door through which stored files leave."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views import View

from bilan.portal.audit.record import record
from bilan.portal.files.checks import FILE_KINDS
from bilan.portal.files.models import StoredFile
from bilan.portal.rights.views import Guarded


class Download(Guarded, View):
    """Gives a file to those who may see its row, always as a download: no browser shows it on this site."""

    guards = ("file", "read")

    def get(self, request: HttpRequest, pk: int, **_: Any) -> FileResponse:
        row = get_object_or_404(self.rows(StoredFile.objects.all()), pk=pk)
        if not row.path.is_file():
            raise Http404
        record("file.export", row=row, new={"sha256": row.sha256})  # what the log does not take does not leave
        return FileResponse(
            row.path.open("rb"), as_attachment=True, filename=row.name, content_type=FILE_KINDS[row.kind].content_type
        )
