"""Is a 90% interval right nine times in ten? Worlds with a known truth, and a command over many."""
