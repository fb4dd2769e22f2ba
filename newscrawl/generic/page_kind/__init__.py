"""Page kind: article, listing, error page, consent wall and others."""
