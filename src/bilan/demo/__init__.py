"""The sample plan of a fictional city, written by ``tools/make_sample_plan.py``."""
