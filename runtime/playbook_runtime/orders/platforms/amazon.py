"""Amazon's all-orders report: recognised, and refused, because it names no buyer."""

from playbook_runtime.orders.sources import Source

SOURCE = Source(
    name="amazon-all-orders",
    fingerprint=("amazon-order-id", "merchant-order-id", "purchase-date"),
    refusal="this is Amazon's all-orders report: it has no buyer, so nobody's return can be seen",
    advice="use the FBM order report, which has buyer-email: --source generic "
    "--map customer_id=buyer-email; or another sales channel's export",
)
