"""Captures as they looked: a page of the front around a frame of another origin."""
