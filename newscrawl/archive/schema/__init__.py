"""Tables and views of the archive, and how it is opened and migrated."""
