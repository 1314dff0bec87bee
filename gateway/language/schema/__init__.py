"""The JSON Schema of the language (draft 2020-12), made from the structs and their docstrings."""

from gateway.language.schema.generate import SCHEMA_ID, editor_schema, hook_schema, schema_text

__all__ = ["SCHEMA_ID", "editor_schema", "hook_schema", "schema_text"]
