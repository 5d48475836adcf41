"""WooCommerce's Analytics CSV: recognised, and refused, because it names no buyer."""

from playbook_runtime.orders.sources import Source

SOURCE = Source(
    name="woocommerce-analytics",
    fingerprint=("Date", "Order #", "Status", "Customer type"),
    refusal="this is WooCommerce's Analytics export: it has no buyer key, so nobody's return can "
    "be seen",
    advice="export the orders with customer_id or customer_email, for instance with an "
    "order export extension",
)
