"""Exports: what every target shares, whatever engine it writes for."""
