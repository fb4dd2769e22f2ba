"""Link lists of articles and front pages over time."""
