"""The words of the mails about somebody's own membership, in the languages a member can choose."""

from collections.abc import Mapping
from dataclasses import dataclass

DUTCH, ENGLISH = "nl", "en"


@dataclass(frozen=True)
class MailText:
    """Subject, paragraphs and the label of the one button; values stand between braces."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""

    def fill(self, values: Mapping[str, object]) -> "MailText":
        """The same text with its values."""
        return MailText(
            self.subject.format_map(values), tuple(p.format_map(values) for p in self.paragraphs), self.button
        )


TEXTS: dict[str, dict[str, MailText]] = {
    "profile_check": {
        DUTCH: MailText(
            "Klopt uw profiel nog?",
            (
                "Beste {first_name},",
                "Eén keer per jaar vragen wij of uw gegevens nog kloppen. Zo blijft het panel een goede "
                "afspiegeling van alle inwoners.",
                "Uw profiel staat al ingevuld. Klopt alles? Dan bent u met één klik klaar. Het kost ongeveer een "
                "minuut.",
            ),
            "Bekijk mijn profiel",
        ),
        ENGLISH: MailText(
            "Is your profile still right?",
            (
                "Dear {first_name},",
                "Once a year we ask whether your details are still right. That keeps the panel a good picture of "
                "all residents.",
                "Your profile is filled in already. Is everything right? Then one click is enough. It takes about "
                "a minute.",
            ),
            "Look at my profile",
        ),
    },
    "profile_reminder": {
        DUTCH: MailText(
            "Herinnering: klopt uw profiel nog?",
            (
                "Beste {first_name},",
                "Een tijdje terug vroegen wij of uw gegevens nog kloppen. Wilt u dat nog bekijken? Het kost "
                "ongeveer een minuut.",
                "Dit is de enige herinnering. U blijft lid, ook als u niets doet.",
            ),
            "Bekijk mijn profiel",
        ),
        ENGLISH: MailText(
            "Reminder: is your profile still right?",
            (
                "Dear {first_name},",
                "Some time ago we asked whether your details are still right. Would you have a look? It takes "
                "about a minute.",
                "This is the only reminder. You remain a member if you do nothing.",
            ),
            "Look at my profile",
        ),
    },
    "pause_ending": {
        DUTCH: MailText(
            "Uw pauze eindigt op {until}",
            (
                "Beste {first_name},",
                "U hebt pauze tot en met {until}. Daarna krijgt u vanzelf weer vragenlijsten. U hoeft niets te doen.",
                "Wilt u langer pauze? Kies dan een nieuwe datum op Mijn panel.",
            ),
            "Bekijk mijn pauze",
        ),
        ENGLISH: MailText(
            "Your break ends on {until}",
            (
                "Dear {first_name},",
                "Your break lasts until {until}. After that you will get questionnaires again. There is nothing "
                "you need to do.",
                "Would you like a longer break? Choose another date on your own page.",
            ),
            "Look at my break",
        ),
    },
    "wake_up": {
        DUTCH: MailText(
            "Wilt u nog meedoen?",
            (
                "Beste {first_name},",
                "De laatste {unanswered} vragenlijsten kregen wij niet van u terug. Dat geeft niet. Wij willen u "
                "alleen niet lastigvallen.",
                "Wilt u lid blijven? Laat het weten met één klik. Horen wij voor {before} niets, dan sturen wij "
                "geen uitnodigingen meer. U kunt later altijd terugkomen.",
                "Wilt u stoppen of een tijd pauze? Dat kan op Mijn panel.",
            ),
            "Ik doe weer mee",
        ),
        ENGLISH: MailText(
            "Would you like to stay?",
            (
                "Dear {first_name},",
                "We did not get your answers to the last {unanswered} questionnaires. That is all right. We only "
                "do not want to bother you.",
                "Would you like to stay a member? Tell us with one click. If we hear nothing before {before}, we "
                "will send no more invitations. You can always come back later.",
                "Would you rather stop or take a break? You can do so on your own page.",
            ),
            "I would like to stay",
        ),
    },
    "last_call": {
        DUTCH: MailText(
            "Wij wissen bijna uw gegevens",
            (
                "Beste {first_name},",
                "U doet al lang niet meer mee. Wij bewaren uw gegevens niet langer dan nodig. Daarom wissen wij "
                "ze op {before}.",
                "Wilt u toch lid blijven? Eén klik is genoeg. Anders hoeft u niets te doen.",
            ),
            "Ik doe weer mee",
        ),
        ENGLISH: MailText(
            "We will soon erase your details",
            (
                "Dear {first_name},",
                "You have not taken part for a long time. We keep your details no longer than needed. We will "
                "erase them on {before}.",
                "Would you like to stay after all? One click is enough. Otherwise there is nothing you need to do.",
            ),
            "I would like to stay",
        ),
    },
}
ERASED = {
    DUTCH: (
        "Uw naam, adres, e-mailadres, telefoonnummer en profiel zijn weg, en ook wat wij van gesprekken "
        "met u noteerden. "
        "Alleen een leeg lidnummer blijft over, met het moment en de reden van het stoppen.",
        "Bewijsnummer: {reference}",
        "Met dit nummer kunt u op onze website laten zien dat wij uw gegevens hebben gewist. Reservekopieën van de "
        "computer zijn binnen {days} dagen overschreven.",
        "Dit is onze laatste e-mail aan u. Uw e-mailadres bewaren wij nog twee dagen, alleen om deze "
        "e-mail te kunnen sturen.",
    ),
    ENGLISH: (
        "Your name, address, e-mail address, telephone number and profile are gone, and so is what we noted of talks "
        "with you. Only an empty member number remains, with the moment and the reason of leaving.",
        "Receipt: {reference}",
        "With this number you can show on our website that we erased your details. Backups of the computer are "
        "overwritten within {days} days.",
        "This is our last e-mail to you. We keep your e-mail address for two more days, only to send this e-mail.",
    ),
}
FAREWELL: dict[str, dict[str, tuple[str, str]]] = {
    DUTCH: {
        "own_wish": ("Uw gegevens zijn gewist", "U bent gestopt met {panel}. Bedankt voor uw bijdrage."),
        "moved_away": (
            "Bedankt, en veel geluk in uw nieuwe woonplaats",
            "U bent verhuisd naar een andere gemeente. Daarom bent u geen lid meer van {panel}. Bedankt dat u met ons "
            "meedacht. Veel plezier in uw nieuwe huis!",
        ),
        "dormant": (
            "Uw gegevens zijn gewist",
            "Wij hoorden lang niets van u. Daarom bent u geen lid meer van {panel}. Bedankt voor uw bijdrage. "
            "U kunt zich altijd opnieuw aanmelden.",
        ),
    },
    ENGLISH: {
        "own_wish": ("Your details have been erased", "You have left {panel}. Thank you for your contribution."),
        "moved_away": (
            "Thank you, and good luck in your new home",
            "You have moved to another municipality. So you are no longer a member of {panel}. Thank you for thinking "
            "along with us. We wish you well in your new home!",
        ),
        "dormant": (
            "Your details have been erased",
            "We had not heard from you for a long time. So you are no longer a member of {panel}. Thank you for your "
            "contribution. You can always sign up again.",
        ),
    },
}


def text_of(kind: str, language: str) -> MailText:
    """The words of a mail in the language of the member, Dutch where there is no other."""
    return TEXTS[kind].get(language) or TEXTS[kind][DUTCH]


def farewell_of(reason: str, language: str) -> MailText:
    """The words of the last mail; every reason without words of its own is somebody's own wish."""
    chosen = language if language in FAREWELL else DUTCH
    subject, opening = FAREWELL[chosen].get(reason) or FAREWELL[chosen]["own_wish"]
    return MailText(subject, (opening, *ERASED[chosen]))
