"""Commands that read pages: a file, a folder of WARC files, the stored pages again."""
