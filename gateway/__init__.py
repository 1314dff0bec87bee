"""A declarative webhook gateway: a YAML file in git becomes a URL that starts a workflow."""

__version__ = "0.1.0"
