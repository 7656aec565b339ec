"""Forms of the life of a member: moving, help, contacts, another way to be reached, a death."""

from typing import Any

from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, Regexp

from core.form_fields import Form, email_address, longest, options, required, strip
from panel.models import Area, HelperRole, NoteKind
from panel.profiles import Address
from panel.upkeep_labels import NOTE_KIND, WRITTEN_BY_HAND

SURE = "Zet een vinkje als u dit zeker weet."
POSTCODE = Regexp(r"^\s*[1-9]\d{3}\s?[A-Za-z]{2}\s*$", message="Schrijf de postcode als 1234 AB.")
FORMAL_ROLE = {
    HelperRole.READS_ALONG: "Leest mee",
    HelperRole.FILLS_IN: "Helpt bij het invullen",
    HelperRole.AUTHORISED: "Is gemachtigd en doet het woord",
}


def one_postcode(value: str | None) -> str:
    """A postcode, written one way."""
    plain = "".join((value or "").split()).upper()
    return f"{plain[:4]} {plain[4:]}"


class AddressForm(Form):
    """A new address within the municipality."""

    street = StringField("Straat", [required("Vul de straat in."), longest(120)], filters=[strip])
    house_number = StringField(
        "Huisnummer met toevoeging", [required("Vul het huisnummer in."), longest(20)], filters=[strip]
    )
    postcode = StringField("Postcode", [required("Vul de postcode in."), POSTCODE], filters=[strip])
    city = StringField("Woonplaats", [required("Vul de woonplaats in."), longest(120)], filters=[strip])
    district_code = SelectField("Wijk", [required("Kies de wijk.")])

    def offer_districts(self, areas: list[Area]) -> None:
        """Fill in the wijken to choose from; without figures the choice stays open to one unknown wijk."""
        pairs = [(area.code, area.name) for area in areas] or [("-", "mijn wijk staat er niet bij")]
        self.district_code.choices = options([("", "Kies een wijk"), *pairs])

    def address(self) -> Address:
        """The filled-in address."""
        return Address(
            street=self.street.data or "",
            house_number=self.house_number.data or "",
            postcode=one_postcode(self.postcode.data),
            city=self.city.data or "",
        )


class SureForm(Form):
    """One box to confirm what cannot be undone."""

    sure = BooleanField("Ja, dit klopt", [required(SURE)])


class HelperForm(Form):
    """Somebody who helps a member."""

    name = StringField("Naam van wie helpt", [required("Vul een naam in."), longest(120)], filters=[strip])
    role = RadioField(
        "Wat doet de helper?",
        [required("Kies wat de helper doet.")],
        choices=options((role.value, words) for role, words in FORMAL_ROLE.items()),
    )
    how = StringField(
        "Hoe bereiken wij de helper, en wanneer?", [required("Vul dit in."), longest(300)], filters=[strip]
    )
    consented = BooleanField("Het lid en de helper vinden het goed dat wij dit bewaren", [required(SURE)])

    def values(self) -> dict[str, Any]:
        """The filled-in helper."""
        return {
            "name": self.name.data or "",
            "role": HelperRole(self.role.data),
            "how": self.how.data or "",
            "consented": bool(self.consented.data),
        }


class NoteForm(Form):
    """A contact to write down."""

    kind = SelectField(
        "Wat gebeurde er?",
        [required("Kies wat er gebeurde.")],
        choices=options([("", "Kies"), *((kind.value, NOTE_KIND[kind]) for kind in WRITTEN_BY_HAND)]),
    )
    on = DateField("Op welke dag?", [InputRequired("Vul een datum in.")])
    text = TextAreaField("Notitie", [Optional(), longest(1000)], filters=[strip])

    def chosen(self) -> NoteKind:
        """The kind of contact."""
        return NoteKind(self.kind.data)


CHANNELS = (("email", "E-mail"), ("post", "Post"), ("phone", "Telefoon, met de brieven per post"))


class ChannelForm(Form):
    """Another way to reach a member."""

    channel = RadioField("Hoe wil het lid bereikt worden?", [required("Kies een manier.")], choices=options(CHANNELS))
    email = EmailField("E-mailadres", [Optional(), longest(254), email_address()], filters=[strip])


class DeathForm(Form):
    """A relative tells that somebody has died."""

    first_name = StringField(
        "Voornaam van de overledene", [required("Vul de voornaam in."), longest(80)], filters=[strip]
    )
    last_name = StringField(
        "Achternaam van de overledene", [required("Vul de achternaam in."), longest(120)], filters=[strip]
    )
    postcode = StringField("Postcode van de overledene", [required("Vul de postcode in."), POSTCODE], filters=[strip])
    house_number = StringField("Huisnummer met toevoeging", [required("Vul dit in."), longest(20)], filters=[strip])
    reporter = StringField(
        "Uw naam en telefoonnummer, als wij u mogen bellen", [Optional(), longest(200)], filters=[strip]
    )


class ProofForm(Form):
    """The number that proves an erasure."""

    reference = StringField("Bewijsnummer", [required("Vul het bewijsnummer in."), longest(40)], filters=[strip])


class ReasonForm(Form):
    """Why the burden cap does not hold for one questionnaire."""

    wave = SelectField("Vragenlijst", [required("Kies een vragenlijst.")])
    reason = TextAreaField(
        "Waarom kan deze vragenlijst niet wachten?", [required("Schrijf de reden op."), longest(500)], filters=[strip]
    )
