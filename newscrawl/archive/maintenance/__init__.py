"""Checking, merging, measuring and withdrawing."""
