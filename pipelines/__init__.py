"""Pipelines put Scrapy's shape around newscrawl functions."""

PROJECT = "newscrawl"
