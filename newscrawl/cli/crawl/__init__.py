"""Commands around crawls: runs, scheduled jobs, messages, the crawler's identity."""
