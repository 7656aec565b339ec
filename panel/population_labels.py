"""Dutch words for sets of figures."""

from core.administration.labels import name_kinds
from panel.models import SetKind

SET_KIND = {
    SetKind.SHIPPED: "meegeleverd bij het programma",
    SetKind.NEIGHBOURHOODS: "Kerncijfers wijken en buurten",
    SetKind.AGE_SEX: "Bevolking naar leeftijd en geslacht",
    SetKind.ADDRESSES: "Postcode en huisnummer met wijk en buurt",
    SetKind.OWN: "Eigen bestand in de vorm van dit programma",
}
WHERE_FROM = {
    SetKind.NEIGHBOURHOODS: "Van opendata.cbs.nl: de tabel Kerncijfers wijken en buurten van één jaar.",
    SetKind.AGE_SEX: "Van opendata.cbs.nl: tabel 03759ned (per gemeente) of 83502NED (per postcode).",
    SetKind.ADDRESSES: "Van cbs.nl: Buurt, wijk en gemeente voor postcode huisnummer. Het ZIP-bestand mag ook.",
    SetKind.OWN: "De kolommen staan in data/README.md.",
}
IMPORTABLE = tuple(SetKind)[1:]

name_kinds({"panel.import_population": "Bevolkingscijfers inlezen"})
