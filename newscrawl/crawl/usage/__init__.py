"""Spider arguments, settings on the command line, and the spider loader."""
