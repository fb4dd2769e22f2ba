"""The layout of text dumps: fields by the order of lines."""
