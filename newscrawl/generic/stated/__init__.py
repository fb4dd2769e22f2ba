"""Bodies that a page states and does not print: in JSON-LD, and in the state of scripts."""
