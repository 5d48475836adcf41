"""The compiled event loop: docs/reference/simulation-kernel.md says what it does."""
