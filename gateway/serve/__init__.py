"""One generation as a Litestar app, the switch that swaps apps, the request's way."""
