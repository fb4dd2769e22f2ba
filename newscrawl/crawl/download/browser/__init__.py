"""Pages drawn by Chromium, which reaches the web only through a guarded proxy."""
