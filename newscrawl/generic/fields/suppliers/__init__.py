"""Suppliers of the story: dateline, credit, agencies and publisher."""
