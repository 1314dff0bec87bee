"""What an author may write: YAML in, typed specs and diagnostics out. Knows no HTTP."""
