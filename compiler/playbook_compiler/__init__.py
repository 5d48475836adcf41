"""The playbook compiler: text in, trigger DAG out. Knows no orders, no network and no clock."""
