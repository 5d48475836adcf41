"""Rights of levels and members that Voucherify itself can give: standing discounts, and offers on
reaching a level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.model import Offer
from playbook_compiler.programmes import Programmes
from playbook_compiler.rights import Right
from playbook_compiler.targets.voucherify import discounts, naming
from playbook_compiler.targets.voucherify.campaigns import hands_out_codes
from playbook_compiler.targets.voucherify.cards import DRAFT
from playbook_compiler.targets.voucherify.discounts import Discount
from playbook_compiler.targets.voucherify.earning import earning_rule, has_room
from playbook_compiler.targets.voucherify.rules import Rule, validation_rule
from playbook_compiler.targets.voucherify.segments import level_segment, member_segment
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.values import dataclass

FREE_SHIPPING: Final = "free-shipping"
CAMPAIGN: Final = "programme.rights"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has rights: a level, or the members. `programme` is `tiers` or `membership`."""

    programme: str
    name: str
    rights: Sequence[Right]

    @property
    def key(self) -> str:
        """The holder's name among the names of all objects."""
        return f"level.{self.name}" if self.programme == "tiers" else self.name

    def segment(self, export: Export) -> str:
        """Return the segment of those who have them."""
        if self.programme == "tiers":
            return level_segment(export, self.name)
        return member_segment(export)


def holders(programmes: Programmes) -> list[Holder]:
    """Return who has rights, from the highest level down, then the members."""
    found = []
    if programmes.tiers is not None:
        found = [
            Holder("tiers", level, programmes.tiers.rights.get(level, ()))
            for level in reversed(programmes.tiers.in_order)
        ]
    if programmes.membership is not None:
        found.append(Holder("membership", "members", programmes.membership.rights))
    return found


def lower_promotions(export: Export, several: Sequence[Holder]) -> None:
    """Make one campaign with a promotion tier for each standing discount."""
    made: dict[str, dict[str, Any]] = {}
    standing = [one for holder in several for one in _standing(export, holder)]
    # The deepest first: it is the one that holds where the project applies only one.
    for one in sorted(standing, key=lambda one: -one.discount.body["percent_off"]):
        name = f"{CAMPAIGN}.{one.holder.key}.{one.word}"
        if name in made:
            continue
        rule = Rule(segments=(one.holder.segment(export),), products=one.discount.products)
        rules = validation_rule(export, name, f"{one.holder.key}: {one.banner}", rule)
        made[name] = {
            "name": export.title(f"{one.holder.key}: {one.banner}"),
            "banner": one.banner,
            "action": {"discount": one.discount.body},
            "active": False,
            "hierarchy": len(made) + 1,
            "validation_rules": rules,
            "metadata": export.identity("promotion-tier", name),
        }
    if not made:
        return
    export.make(
        "campaign",
        CAMPAIGN,
        {
            "name": export.title("rights of levels and members"),
            "campaign_type": "PROMOTION",
            "type": "STATIC",
            "active": False,
            "promotion": {"tiers": list(made.values())},
            "metadata": export.identity("campaign", CAMPAIGN),
        },
    )


def lower_gifts(export: Export, several: Sequence[Holder]) -> None:
    """Make the benefits that hand out an offer to whoever reaches a level or becomes a member."""
    for holder in several:
        for right in holder.rights:
            if not right.offer:
                continue
            construct, span = f"programme.{holder.programme}.rights.offer", right.origin.span()
            name = f"{holder.key}.{right.offer}"
            if export.has("earning-rule", f"reached.{name}"):
                continue
            benefit = benefit_of(export, right.offer)
            if benefit is None:
                why = f"the offer `{right.offer}` has no codes to hand out"
                export.lowering.note(
                    construct, holder.programme, span, why, Support.REFUSED, "nobody gets it"
                )
                continue
            if not has_room(export, construct, span):
                continue
            start = {
                "event": "customer.segment.entered",
                "segment": {"id": holder.segment(export)},
            }
            effect = {"type": "BENEFIT", "benefit": {"id": benefit}}
            label = f"{right.offer} on reaching {holder.name}"
            earning_rule(export, f"reached.{name}", label, start, [{"effects": [effect]}], {})
            export.lowering.note(construct, holder.programme, span)


def benefit_of(export: Export, name: str) -> str | None:
    """Return the placeholder of the benefit that an offer is, made where there is none yet."""
    if export.has("benefit", name):
        return ref("benefit", name)
    if not hands_out_codes(export, name):
        return None
    offer = export.playbook.offers[name]
    campaign = ref("campaign", name)
    digital: dict[str, Any] = {"type": "DISCOUNT_COUPONS"}
    if offer.credit is None:
        digital["discount_coupons"] = {"campaign_id": campaign}
    else:
        balance = discounts.amount(export, offer.credit)
        digital = {
            "type": "GIFT_VOUCHERS",
            "gift_vouchers": {"campaign_id": campaign, "balance": balance},
        }
    return export.make(
        "benefit",
        name,
        {
            "name": export.title(f"offer {name}"),
            "type": "DIGITAL",
            "status": DRAFT,
            "digital": digital,
            "stock": {"type": "UNLIMITED"},
        },
    )


def points_benefit(export: Export, offer: Offer, card: str) -> None:
    """Make the benefit that an offer of points is."""
    stock: dict[str, Any] = {"type": "UNLIMITED"}
    if offer.limit is not None:
        stock = {"type": "LIMITED", "limited": {"quantity": offer.limit}}
    export.make(
        "benefit",
        offer.id,
        {
            "name": export.title(f"offer {offer.id}"),
            "type": "POINTS",
            "status": DRAFT,
            "points": {"value": offer.points, "card_definition_id": card},
            "stock": stock,
        },
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """A discount that a holder has on every order."""

    holder: Holder
    word: str
    banner: str
    discount: Discount


def _note_right(export: Export, programme: str, right: Right) -> None:
    """Note what a right of the list becomes: all but one are words for the shop."""
    span = right.origin.key_span("right") if right.origin.has("right") else right.origin.span()
    how = f"`{right.right}`: "
    if right.right == FREE_SHIPPING:
        how += "a promotion tier for customers whose metadata say that they have it"
    elif programme == "tiers":
        how += "merely a word in the tier's metadata, which the shop carries out"
    else:
        how += "merely on the list of what the shop gives members"
    export.lowering.note(f"programme.{programme}.rights.right", programme, span, how)


def _standing(export: Export, holder: Holder) -> list[_Standing]:
    """Return the standing discounts of a holder; what the shop itself gives members is listed."""
    found = []
    for right in holder.rights:
        if right.right:
            _note_right(export, holder.programme, right)
        if right.right == FREE_SHIPPING:
            discount = discounts.free_shipping(export)
            found.append(_Standing(holder, FREE_SHIPPING, "free shipping", discount))
        elif right.percent_off is not None:
            number = str(right.percent_off).rstrip("%").replace(".", "_")
            discount = Discount(discounts.percent(right.percent_off))
            banner = f"{right.percent_off} off"
            found.append(_Standing(holder, f"discount-{number}", banner, discount))
        elif holder.programme == "membership" and (right.right or right.own):
            said = naming.inert(right.right or right.own)
            export.lowering.need("right", naming.slug(said), f"your shop gives members: {said}")
    return found
