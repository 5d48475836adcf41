"""ISO 3166-1: the two-letter codes of countries that are officially assigned."""

from __future__ import annotations

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW"
)
# What shops write for the countries they ship to, in English and German.
NAMES: dict[str, str] = {
    **dict.fromkeys(("germany", "deutschland", "ger", "deu"), "DE"),
    **dict.fromkeys(("austria", "österreich", "aut"), "AT"),
    **dict.fromkeys(("switzerland", "schweiz", "che"), "CH"),
    **dict.fromkeys(("united kingdom", "uk", "england", "great britain", "gbr"), "GB"),
    **dict.fromkeys(("united states", "usa", "america", "u.s."), "US"),
    **dict.fromkeys(("france", "frankreich", "fra"), "FR"),
    **dict.fromkeys(("italy", "italien", "ita"), "IT"),
    **dict.fromkeys(("spain", "spanien", "esp"), "ES"),
    **dict.fromkeys(("netherlands", "holland", "niederlande", "nld"), "NL"),
    **dict.fromkeys(("belgium", "belgien", "bel"), "BE"),
    **dict.fromkeys(("luxembourg", "luxemburg"), "LU"),
    **dict.fromkeys(("poland", "polen", "pol"), "PL"),
    **dict.fromkeys(("denmark", "dänemark"), "DK"),
    **dict.fromkeys(("sweden", "schweden"), "SE"),
    **dict.fromkeys(("norway", "norwegen"), "NO"),
    **dict.fromkeys(("finland", "finnland"), "FI"),
    **dict.fromkeys(("ireland", "irland"), "IE"),
    **dict.fromkeys(("portugal",), "PT"),
    **dict.fromkeys(("china",), "CN"),
    **dict.fromkeys(("japan",), "JP"),
    **dict.fromkeys(("canada", "kanada"), "CA"),
    **dict.fromkeys(("australia", "australien"), "AU"),
}
COUNTRIES: tuple[str, ...] = tuple(_CODES.split())
