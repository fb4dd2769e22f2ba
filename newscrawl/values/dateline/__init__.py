"""Datelines: where a story was filed, by which agency or reporter, and on which day."""

from newscrawl.values.dateline.parse import parse_dateline, split_dateline

__all__ = ["parse_dateline", "split_dateline"]
