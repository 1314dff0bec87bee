"""What an author sees in an editor: the real yaml-language-server, over its standard streams."""
