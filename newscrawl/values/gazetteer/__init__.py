"""Names that the news press prints: agencies, places, reporters, and how they are compared."""
