"""Reading for the pages, within a time limit: the archive, named questions, SQL of users."""
