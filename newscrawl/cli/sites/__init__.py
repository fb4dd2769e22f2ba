"""Commands on declared sites: the list, a new one, changes of their pages."""
