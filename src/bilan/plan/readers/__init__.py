"""From a file to a :class:`~bilan.plan.document.Document`: plain text, HTML, docx, PDF and legacy doc."""

from bilan.plan.readers.choose import read_document

__all__ = ["read_document"]
