"""Progress, log lines and the drift alarm of a crawl."""
