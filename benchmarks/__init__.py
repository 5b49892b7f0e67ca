"""Speed, memory and start-up of polykeras beside its peers: ``python -m benchmarks`` from a checkout."""
