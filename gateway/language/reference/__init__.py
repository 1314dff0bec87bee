"""The language as pages to read, made from the schema and from the table of codes."""

from gateway.language.reference.diagnostics import diagnostics_page
from gateway.language.reference.language import language_page

__all__ = ["diagnostics_page", "language_page"]
