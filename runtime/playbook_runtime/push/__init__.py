"""Sending an export to its engine: a plan, then one call after the other, each written down."""
