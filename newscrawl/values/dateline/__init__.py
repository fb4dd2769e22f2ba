"""Datelines: where a story was filed, its agency or reporter, and its day."""

from newscrawl.values.dateline.parse import parse_dateline, split_dateline

__all__ = ["parse_dateline", "split_dateline"]
