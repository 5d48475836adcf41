"""One file a platform; each has a constant SOURCE (see playbook_runtime.orders.sources)."""
