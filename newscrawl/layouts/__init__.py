"""Site declarations, their layouts, and the rules that select fields on a page."""
