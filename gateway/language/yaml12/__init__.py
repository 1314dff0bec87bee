"""YAML 1.2 as hook files use it: any bytes in, documents with places and findings out.

What makes YAML hard to review is refused with its place: aliases, anchors, merge keys, tags,
duplicate keys, keys that are not text. PyYAML's parser is used for its events alone, because its
composer is recursive (libyaml's dies of 200,000 nested `[`) and resolves scalars as YAML 1.1 does.
"""

from gateway.language.yaml12.documents import documents
from gateway.language.yaml12.tree import UNREADABLE, Document, Node, Steps

__all__ = ["UNREADABLE", "Document", "Node", "Steps", "documents"]
