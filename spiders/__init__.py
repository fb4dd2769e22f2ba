"""Spiders find pages; they never read them."""

PROJECT = "newscrawl"
