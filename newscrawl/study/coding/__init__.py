"""The codebook, the codes of articles, and the agreement of their coders."""
