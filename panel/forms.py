"""Forms of the panel: the shape of input and its Dutch words; rules of the product belong to services."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from core.form_fields import Form, email_address, longest, options, required, strip
from panel.labels import CONSENT, EDUCATION, PROFILE_FAULT, SEX, TENURE
from panel.models import Area, ConsentPurpose, Education, Sex, Tenure
from panel.profiles import Address, ProfileInput
from panel.services.membership import ProfileChange

LANGUAGES = (("nl", "Nederlands"), ("en", "Engels"))
WHOLE_YEAR = "Schrijf het jaar met vier cijfers, bijvoorbeeld 1980."
WHOLE_DATE = "Vul een datum in."
MAILBOX = [required("Vul uw e-mailadres in."), longest(254), email_address()]
SEXES = options((k.value, v) for k, v in SEX.items())
SURE = "Zet een vinkje als u dit zeker weet."


class CodeForm(Form):
    """The code of a letter."""

    code = StringField("Code uit uw brief", [required("Vul de code uit uw brief in."), longest(40)], filters=[strip])


class DigitsForm(Form):
    """The six digits of an e-mail."""

    code = StringField("Code uit de e-mail", [required("Vul de code in."), longest(12)], filters=[strip])


class EmailForm(Form):
    """A mailbox."""

    email = EmailField(
        "E-mailadres", [required("Vul uw e-mailadres in."), longest(254), email_address()], filters=[strip]
    )


class ProfileForm(Form):
    """What everybody tells about themselves."""

    first_name = StringField("Voornaam", [required("Vul uw voornaam in."), longest(80)], filters=[strip])
    last_name = StringField("Achternaam", [required("Vul uw achternaam in."), longest(120)], filters=[strip])
    phone = TelField("Telefoonnummer", [Optional(), longest(30)], filters=[strip])
    birth_year = IntegerField("Geboortejaar", [InputRequired(WHOLE_YEAR), NumberRange(1900, 2100, WHOLE_YEAR)])
    sex = RadioField(
        "Geslacht",
        [required("Kies uw geslacht, of ‘zeg ik liever niet’.")],
        choices=options((k.value, v) for k, v in SEX.items()),
    )
    district_code = SelectField("Wijk", [required("Kies uw wijk.")])
    education = RadioField(
        "Hoogste opleiding met diploma",
        [required("Kies uw opleiding.")],
        choices=options((k.value, v) for k, v in EDUCATION.items()),
    )
    tenure = RadioField(
        "Woont u in een koopwoning of huurwoning?",
        [required("Kies of u een koopwoning of een huurwoning hebt.")],
        choices=options((k.value, v) for k, v in TENURE.items()),
    )

    no_district = "Kies uw wijk"

    def offer_districts(self, areas: list[Area]) -> None:
        """Fill in the wijken to choose from; without figures the choice stays open to one unknown wijk."""
        pairs = [(area.code, area.name) for area in areas] or [("-", "mijn wijk staat er niet bij")]
        self.district_code.choices = options([("", self.no_district), *pairs])

    def change(self) -> ProfileChange:
        """The filled-in profile as a change."""
        return ProfileChange(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            phone=self.phone.data or None,
            birth_year=self.birth_year.data or 0,
            sex=Sex(self.sex.data),
            district_code=self.district_code.data or "",
            education=Education(self.education.data),
            tenure=Tenure(self.tenure.data),
        )

    def profile(self, email: str | None, address: Address | None = None, language: str = "nl") -> ProfileInput:
        """The filled-in profile."""
        return ProfileInput(**vars(self.change()), email=email, address=address, language=language)


class ConsentFields(Form):
    """The consents, each by itself."""

    participate = BooleanField(CONSENT[ConsentPurpose.PARTICIPATE], [required(PROFILE_FAULT["consent"])])
    link_waves = BooleanField(CONSENT[ConsentPurpose.LINK_WAVES])
    talk_further = BooleanField(CONSENT[ConsentPurpose.TALK_FURTHER])

    def consents(self) -> frozenset[ConsentPurpose]:
        """The purposes that were ticked."""
        return frozenset(purpose for purpose in ConsentPurpose if self[purpose.value].data)


class JoinForm(ProfileForm, ConsentFields):
    """Joining by letter: the address is known, e-mail is not required."""

    email = EmailField("E-mailadres", [Optional(), longest(254), email_address()], filters=[strip])


class AddressedForm(ProfileForm, ConsentFields):
    """A profile with an address; the wijk follows from it where the postcodes tell."""

    no_district = "Zoek mijn wijk op"
    district_code = SelectField("Wijk", [Optional()])
    street = StringField("Straat", [required("Vul uw straat in."), longest(120)], filters=[strip])
    house_number = StringField(
        "Huisnummer met toevoeging", [required("Vul uw huisnummer in."), longest(20)], filters=[strip]
    )
    postcode = StringField(
        "Postcode",
        [
            required("Vul uw postcode in."),
            Regexp(r"^\s*[1-9]\d{3}\s?[A-Za-z]{2}\s*$", message="Schrijf de postcode als 1234 AB."),
        ],
        filters=[strip],
    )
    city = StringField("Woonplaats", [required("Vul uw woonplaats in."), longest(120)], filters=[strip])

    def address(self) -> Address:
        """The address, with the postcode written one way."""
        postcode = "".join((self.postcode.data or "").split()).upper()
        return Address(
            street=self.street.data or "",
            house_number=self.house_number.data or "",
            postcode=f"{postcode[:4]} {postcode[4:]}",
            city=self.city.data or "",
        )


class SignUpForm(AddressedForm):
    """Open sign-up."""

    email = EmailField(
        "E-mailadres", [required("Vul uw e-mailadres in."), longest(254), email_address()], filters=[strip]
    )
    website = StringField("Laat dit veld leeg", [Optional()])
    started = StringField("", [Optional()])


class RegisterForm(AddressedForm):
    """What the griffie fills in for somebody who calls, writes or stands at the desk."""

    channel = RadioField(
        "Hoe meldt deze persoon zich?",
        [required("Kies hoe deze persoon zich meldt.")],
        choices=options((("paper", "kaart of brief"), ("telephone", "telefoon"), ("desk", "balie"))),
    )
    letter_code = StringField("Code uit de brief", [Optional(), longest(40)], filters=[strip])

    def without_address(self) -> None:
        """The letter tells the address: only the wijk is still asked."""
        for name in ("street", "house_number", "postcode", "city"):
            self[name].validators = [Optional()]
        self.district_code.validators = [required("Kies de wijk.")]

    def address_given(self) -> Address | None:
        """The address, or nothing where the letter tells it."""
        return None if self.letter_code.data else self.address()


class PauseForm(Form):
    """A pause with its end."""

    until = DateField("Tot en met welke dag wilt u geen uitnodigingen?", [InputRequired(WHOLE_DATE)])


class PreferencesForm(Form):
    """Language, mails and consents that are not needed to be a member."""

    language = RadioField("Taal van e-mails en van Mijn panel", [required()], choices=options(LANGUAGES))
    newsletter = BooleanField("Stuur mij ook een e-mail als er nieuws is over het panel")
    link_waves = BooleanField(CONSENT[ConsentPurpose.LINK_WAVES])
    talk_further = BooleanField(CONSENT[ConsentPurpose.TALK_FURTHER])

    def consents(self) -> frozenset[ConsentPurpose]:
        """The purposes that were ticked."""
        chosen = (ConsentPurpose.LINK_WAVES, ConsentPurpose.TALK_FURTHER)
        return frozenset(purpose for purpose in chosen if self[purpose.value].data)


class LeaveForm(Form):
    """Leaving is confirmed."""

    sure = BooleanField("Ja, ik wil stoppen en mijn gegevens laten wissen", [required(SURE)])


class RoundForm(Form):
    """A new recruitment round."""

    name = StringField("Naam van de ronde", [required("Geef de ronde een naam."), longest(120)], filters=[strip])
    letter_on = DateField("Datum op de brief", [InputRequired(WHOLE_DATE)])
    respond_by = DateField("Reageren tot en met", [InputRequired(WHOLE_DATE)])
    sample_delete_on = DateField("Gegevens van wie geen lid wordt wissen op", [InputRequired(WHOLE_DATE)])


class SampleForm(Form):
    """The sample file."""

    file = FileField("Steekproefbestand (CSV)")


class SecondLetterForm(Form):
    """The date of the second letter."""

    on = DateField("Datum op de tweede brief", [InputRequired(WHOLE_DATE)])


class NoLettersForm(Form):
    """Who wants no more letters."""

    number = StringField(
        "Code uit de brief, of nummer uit het steekproefbestand", [required("Vul een code of nummer in.")]
    )


class SeatsForm(Form):
    """Seats for open sign-up."""

    total = IntegerField(
        "Aantal plaatsen voor wie zichzelf aanmeldt",
        [InputRequired("Vul een aantal in."), NumberRange(1, 100_000, "Vul een getal in tussen 1 en 100.000.")],
    )


def add_faults(form: Any, faults: dict[str, str], words: dict[str, str]) -> None:
    """Put the refusals of a service at their fields."""
    for name, code in faults.items():
        field = form[name] if name in form else form["participate"]
        field.errors = [*field.errors, words.get(code, code)]
