"""The products that conditions, rewards and refill flows name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.kinds import ListOf, MapOf
from playbook_compiler.reading import Invalid, Kind, Node
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Duration, Money, Share
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import DURATION, MONEY, PART, PRODUCT, TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Record):
    """Something that the shop sells; its key is the shop's own (SKU)."""

    id: str
    name: str = key(TEXT, "Its name.", default="")
    category: str = key(TEXT, "Its category.", default="")
    lasts: Duration | None = key(DURATION, "How long one lasts: for refills.", default=None)
    goes_with: tuple[str, ...] = key(
        ListOf(PRODUCT, single=True), "Products that go with it.", default=()
    )
    price: Money | None = key(MONEY, "Its price.", default=None)
    margin: Share | None = key(PART, "Its gross margin, where it is its own.", default=None)


_LISTED: Final = MapOf(RecordOf(Product, "a product"), pattern=r"[^\x00-\x1f]+", noun="product")


class _Products(Kind):
    """Reads the products, or the name of a CSV file whose rows were joined as a document."""

    @property
    def expects(self) -> str:
        return "products by their keys, or a file such as products.csv"

    def read(self, node: Node) -> Mapping[str, Product] | Invalid:
        if isinstance(node.data, dict):
            return _LISTED.read(node)
        return {} if isinstance(node.data, str) else node.refuse_shape(self.expects)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        file = {"type": "string", "description": "a CSV file of the folder"}
        return {"anyOf": [_LISTED.schema(definitions), file]}


PRODUCTS: Final = _Products()
