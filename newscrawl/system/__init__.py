"""The computer: environment variables, the project's folder, whole files, processes."""
