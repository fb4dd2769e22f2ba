"""Parsers from raw text to a typed value: dates, datelines, credits."""
