"""Who is started by whom: the server with its workers, their signals, their end."""
