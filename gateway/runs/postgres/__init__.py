"""The store that gateways on any number of hosts share: a PostgreSQL database."""
