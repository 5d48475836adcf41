"""The playbook runtime: orders in, projection out; and the command line."""
