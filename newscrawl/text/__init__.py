"""Text and addresses: normalisation for storage, folding and stems for search."""
