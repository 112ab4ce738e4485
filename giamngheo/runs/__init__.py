"""Notebooks executed, kept and made into pages."""

import sys

# jsonschema, which nbformat brings, would read a grammar that no notebook asks for: two seconds of each start.
sys.modules.setdefault("rfc3987_syntax", None)
