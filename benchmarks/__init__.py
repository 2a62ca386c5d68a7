"""Measurements of what the clock and its books cost: `python -m benchmarks.speed`."""
