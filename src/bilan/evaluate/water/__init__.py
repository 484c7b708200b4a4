"""Surface water: GB 3838-2002, 环办〔2011〕22号."""
