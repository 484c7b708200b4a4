"""Reported statistics: figures that no monitor gives, as reported or computed from their reported parts."""
