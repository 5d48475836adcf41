"""What each strategy of the catalogue says, in a sentence or two."""

from __future__ import annotations

SAYS = {
    "F1": "A shop goes through five stages, from winning its first customers to keeping them first."
    " Programmes and automation come when there are enough customers to keep.",
    "F2": "Effort is divided between winning and keeping, and the share of keeping grows from stage"
    " to stage.",
    "F3": "How often goods are bought and how much an order is worth decide the focus: what is"
    " bought often leans on retention; what is rare and dear on acquisition, recommendation and"
    " order value.",
    "F4": "What must happen after every order stands on a list: thanks, tracking, sending on time,"
    " asking, and coming back to the customer.",
    "F5": "Winning a customer costs more than keeping one, and one who leaves before the cost of"
    " winning him is earned is a loss. Margin, order costs and cost per customer are part of the"
    " playbook.",
    "F6": "Retention rate, repeat purchase rate, frequency, order value and customer value decide,"
    " each defined once. A playbook says what a projection of them must show, and"
    " `simulate --check` holds it to that.",
    "F7": "Customers are not alike: by recency, frequency and value, by where they are in their"
    " life with the shop, by whether they still read.",
    "F8": "Whom, when, on which channel and how often: in the recipient's waking hours, within"
    " the cap, and not on a second channel where the first has reached somebody.",
    "F9": "A hypothesis, a cheap test, and the better arm stays.",
    "F10": "Marketplaces limit the number and the content of messages to their buyers. A playbook"
    " states the limits, and every send is held to them.",
    "F11": "Discounts teach customers to wait. They are for first orders and for the lapsed, not"
    " deeper than the margin allows; others get credit, gifts, points or free shipping.",
    "S1": "Several letters after sign-up: who writes, what for, where to start, and last, not at"
    " once, something for the first order.",
    "S2": "Every order is confirmed with thanks and with what happens next. A week after a first"
    " one, thanks again, with what goes with it.",
    "S3": "Shipped, on its way today, arrived, late: customers hear of it before they ask.",
    "S4": "A question after delivery. Whoever is unhappy gets help first, whoever is happy is asked"
    " for a review; answers are sorted and their causes mended.",
    "S5": "What goes with what was bought.",
    "S6": "A reminder when what was bought is about to be used up.",
    "S7": "From the first order to the second: advice, then a code.",
    "S8": "Those who have gone quiet hear what is new, then get an offer, on the channel that"
    " reaches them; those who stay silent are written to less, then not at all.",
    "S9": "A cart left, goods looked at, a wish noted: a reminder, help, and where it pays an"
    " offer.",
    "S10": "Birthdays, the day of the first order, holidays: a greeting, and a present in time.",
    "S11": "An account is offered after the first order and never demanded before it; guest orders"
    " are found in it.",
    "S12": "Readers get tips on use; those who stay silent get one question.",
    "S13": "Every few weeks, what fits the history or the interest; the next category; what is"
    " new.",
    "S14": "Those who looked and did not buy are shown ads, until the day they buy.",
    "S15": "A group for customers: they are invited by card and mail, help choose what comes next,"
    " and see one promotion a week at most.",
    "S16": "Buyers on a marketplace are told of the shop's other channels, where the marketplace"
    " allows it.",
    "S17": "A letter worth opening without buying: recipes and tips on what was bought.",
    "P1": "Points for orders and other deeds. How they are redeemed, when they lapse and what is"
    " set aside for them is decided before the first one is issued.",
    "P2": "Levels by what a customer does, with different rights; the lowest is open to all.",
    "P3": "A fee, and rights for it, with a trial first.",
    "P4": "Members choose their reward.",
    "P5": "Customers bring customers: something for the friend, something for the one who told.",
    "P6": "What is used up comes by itself, and can be paused, skipped and changed at will.",
    "P7": "The best customers get service instead of discounts: they are answered first, see new"
    " things first, and find a card written by hand.",
    "P8": "Something that only followers can buy.",
    "O1": "Orders leave and arrive within the time that was promised. Their lists say what data are"
    " to show it; that is not evaluated yet.",
    "O2": "Sending something back is free and simple, and its cost is known.",
    "O3": "Questions are answered soon, on every channel that is named, and the best customers'"
    " first.",
    "O4": "Ordering again takes one click: account, address and payment are kept.",
    "O5": "Quality, assortment, reviews and the speed of pages are looked at regularly.",
    "O6": "The parcel speaks for the shop: a card, now and then a gift.",
}
