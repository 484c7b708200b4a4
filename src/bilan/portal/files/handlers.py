"""Receiving an upload: what is too large is read to its end, so that the page can say so, but kept nowhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

_HOPELESS = 4  # times the limit: not even read


class TooBig(SimpleUploadedFile):
    """Stands for a file that was larger than any may be."""


class LargestUpload(FileUploadHandler):
    """Stands before the handlers that keep a file and passes on to them only what they may keep."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > _HOPELESS * settings.BILAN_MOST_UPLOAD:
            raise RequestDataTooBig(f"{content_length} bytes")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= settings.BILAN_MOST_UPLOAD else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.received > settings.BILAN_MOST_UPLOAD:
            return TooBig(self.file_name or "", b"-", self.content_type or "")
        return None
