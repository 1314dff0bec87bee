"""The same job for several systems: accept a request, store it, deliver it."""
