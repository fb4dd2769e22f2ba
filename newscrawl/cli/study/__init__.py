"""Commands on the study file beside an archive."""
