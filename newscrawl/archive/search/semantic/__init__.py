"""Search by meaning: vectors of articles by a model of the user's, beside the search index."""
