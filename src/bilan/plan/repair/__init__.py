"""From the text as issued to the text that the grammar reads, through recorded repairs."""

from bilan.plan.repair.pipeline import repair

__all__ = ["repair"]
