"""What Prometheus reads: counted in each worker, summed and written where it is asked for."""
