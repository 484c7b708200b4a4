"""The order of the repairs: spelling, carrier, scan damage, line wraps."""

from __future__ import annotations

from bilan.plan.document import Document
from bilan.plan.mapped import Edit, Mapped
from bilan.plan.repair.carrier import carrier_edits
from bilan.plan.repair.scan import scan_edits
from bilan.plan.repair.spelling import spell
from bilan.plan.repair.wraps import space_edits, wrap_edits


def repair(document: Document) -> Mapped:
    """The document's text ready for the grammar: one paragraph per line, half-width marks, no carrier noise.

    Tables are cut out (they are read by their cells). Every change of content is a :class:`~bilan.plan.model.Repair`
    in source characters; full-width forms and traditional characters are spelling and leave no trace.

    >>> d = Document("a.txt", "text/plain", "", "到２０２５年，\\n－ 1 －\\nＰＭ2.5浓度低于30ugm3。")
    >>> m = repair(d)
    >>> m.text
    '到2025年,PM2.5浓度低于30µg/m3。'
    >>> [r.rule for r in m.repairs]
    ['page mark', 'scan damage', 'line wrap']
    """
    mapped = spell(Mapped(document.text))
    mapped.apply(Edit(t.start, t.end, "\n", None) for t in document.tables)
    mapped.apply(carrier_edits(mapped.text))
    mapped.apply(space_edits(mapped.text))
    mapped.apply(scan_edits(mapped.text))
    mapped.apply(wrap_edits(mapped.text, plain=document.is_plain or document.media_type == "application/pdf"))
    return mapped.apply(scan_edits(mapped.text))
