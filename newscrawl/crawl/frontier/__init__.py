"""The next request of a crawl: the frontier, the scheduler, revisits and quotas."""
