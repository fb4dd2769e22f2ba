"""Reading articles, versions, captures and statistics back."""
