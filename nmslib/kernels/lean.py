"""Imported before papermill, Altair and nbconvert, it spares each process the second that one optional checker takes.

jsonschema checks URI formats through ``rfc3987_syntax`` where that can be imported; notebooks never need it. None in
``sys.modules`` is Python's way of saying that a module cannot be imported, and jsonschema then does without.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
