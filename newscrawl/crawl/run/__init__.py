"""The record of a run: its writer, its status, its evidence, its lock."""
