"""Where Django finds the bundle of charts: it is made when first asked for and lies in the data folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from bilan.portal.core import charts_bundle


class BundleFinder(BaseFinder):
    """For ``STATICFILES_FINDERS``. Raises NoChartsError where the extra ``charts`` is not installed."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        """Return the path of the bundle if it is that which is asked for."""
        found = [str(charts_bundle.write(_folder()))] if path == charts_bundle.NAME else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Give the bundle with the folder in which it lies."""
        if not matches_patterns(charts_bundle.NAME, list(ignore_patterns or ())):
            charts_bundle.write(_folder())
            yield charts_bundle.NAME, FileSystemStorage(_folder())


def _folder() -> Path:
    return Path(settings.BILAN_HOME) / "made"
