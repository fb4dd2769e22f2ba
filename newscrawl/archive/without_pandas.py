"""Import sqlite-utils without pandas and NumPy.

sqlite-utils 4 imports both where they are installed, to know their number types; the archive
stores none of these, and they cost each command 0.3 s of CPU. newscrawl.archive imports this
module before all others; pandas and NumPy are imported as usual afterwards.
"""

from __future__ import annotations

import sys

_UNUSED = ("pandas", "numpy")

if "sqlite_utils" not in sys.modules:
    _hidden = [name for name in _UNUSED if name not in sys.modules]
    # Python's own sign for "this import fails": an entry that is None.
    sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]
    try:
        import sqlite_utils  # noqa: F401
    finally:
        for _name in _hidden:
            del sys.modules[_name]
