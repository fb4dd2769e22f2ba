"""Scheduled crawls: jobs, timers, states, health and messages."""

from newscrawl.jobs.job import Job, parse_interval
from newscrawl.jobs.jobs_file import add_job, read_jobs
from newscrawl.jobs.state import JobState, JobStates

__all__ = ["Job", "JobState", "JobStates", "add_job", "parse_interval", "read_jobs"]
