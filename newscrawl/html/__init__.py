"""From the bytes of a page to a light tree of elements and text lines."""
