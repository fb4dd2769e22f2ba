"""Pages out of WARC and WET files, and responses into them. Only this package knows warcio.

Files are written as WARC 1.1, a gzip member or Zstandard frame a record, which its offset finds
alone. Files to read may come from anywhere; damage costs only the record that it is in.
"""

from newscrawl.warc.evidence_records import Answer, erase_record, erase_unpointed, read_answer
from newscrawl.warc.new_records import Exchange, Original, payload_digest
from newscrawl.warc.warc_pages import read_pages
from newscrawl.warc.writer import WarcWriter

__all__ = [
    "Answer",
    "Exchange",
    "Original",
    "WarcWriter",
    "erase_record",
    "erase_unpointed",
    "payload_digest",
    "read_answer",
    "read_pages",
]
