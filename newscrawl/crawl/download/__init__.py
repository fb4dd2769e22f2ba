"""Guards between a request and its complete, decoded answer."""
