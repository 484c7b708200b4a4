"""Ambient air: GB 3095, HJ 633, HJ 663."""
