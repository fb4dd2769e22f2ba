"""Pages and forms of the study file: the work of researchers beside the archive."""
