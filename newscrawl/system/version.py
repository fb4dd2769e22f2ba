"""The version of newscrawl."""

VERSION = "0.1.0"
