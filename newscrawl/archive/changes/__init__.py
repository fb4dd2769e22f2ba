"""Deletions, returns and moves of articles, derived from their visits."""
