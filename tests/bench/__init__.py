"""Benches: printed beside a peer in the same run, never part of the test command."""
