"""Display of archived values: cards, charts, citations, interface strings, colours."""
