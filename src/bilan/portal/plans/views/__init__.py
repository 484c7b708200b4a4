"""The pages: ``shelf`` (plans, upload), ``review``, ``items`` (decisions), ``history``, ``versions``, ``exchange``."""
