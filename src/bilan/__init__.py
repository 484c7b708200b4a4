"""Compiles environmental action plans into linked lists and judges them against monitoring data."""

__version__ = "0.10.2"
