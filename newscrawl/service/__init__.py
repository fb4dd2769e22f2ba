"""Answers for programs, the same for the JSON API and the MCP server; nothing writes."""
