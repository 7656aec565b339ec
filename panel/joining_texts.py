"""The words of the mails around joining, in the languages a member can choose."""

from panel.mail_texts import DUTCH, ENGLISH, MailText

CODE = {
    "sign_in": {DUTCH: "Uw code om in te loggen", ENGLISH: "Your code to sign in"},
    "confirm_email": {
        DUTCH: "Uw code om uw e-mailadres te bevestigen",
        ENGLISH: "Your code to confirm your e-mail address",
    },
    "change_email": {DUTCH: "Uw code voor uw nieuwe e-mailadres", ENGLISH: "Your code for your new e-mail address"},
}
TEXTS: dict[str, dict[str, MailText]] = {
    "code": {
        DUTCH: MailText(
            "{subject}",
            (
                "Uw code is:",
                "Typ deze code in het venster waar u hem hebt aangevraagd. De code werkt tien minuten en één keer.",
                "Hebt u niet om een code gevraagd? Dan hoeft u niets te doen. Geef de code aan niemand.",
            ),
            "Gebruik deze code",
        ),
        ENGLISH: MailText(
            "{subject}",
            (
                "Your code is:",
                "Type this code in the window where you asked for it. The code works for ten minutes, and once.",
                "Did you not ask for a code? Then you need not do anything. Give the code to nobody.",
            ),
            "Use this code",
        ),
    },
    "known": {
        DUTCH: MailText(
            "U bent al bij ons bekend",
            (
                "Beste {first_name},",
                "Iemand heeft u opnieuw aangemeld voor {panel}. U bent al bij ons bekend. Eén keer aanmelden is "
                "genoeg. Wilt u zien hoe het met uw aanmelding staat? Log dan in met uw e-mailadres.",
                "Was u dit niet? Dan hoeft u niets te doen.",
            ),
            "Log in",
        ),
        ENGLISH: MailText(
            "We know you already",
            (
                "Dear {first_name},",
                "Somebody signed you up for {panel} again. We know you already: signing up once is enough. "
                "Would you like to see how your application stands? Then sign in with your e-mail address.",
                "Was this not you? Then you need not do anything.",
            ),
            "Sign in",
        ),
    },
    "welcome": {
        DUTCH: MailText(
            "Welkom bij het panel",
            (
                "Beste {first_name},",
                "U bent nu lid van {panel}. Fijn dat u erbij bent.",
                "Een paar keer per jaar krijgt u een e-mail met een vragenlijst. U doet mee vanaf de eerste "
                "vragenlijst die na vandaag wordt aangekondigd. U krijgt ook te horen wat er met uw antwoorden is "
                "gedaan.",
                "Op Mijn panel ziet u uw gegevens. U kunt daar ook pauze nemen of stoppen.",
            ),
            "Ga naar Mijn panel",
        ),
        ENGLISH: MailText(
            "Welcome to the panel",
            (
                "Dear {first_name},",
                "You are now a member of {panel}. It is good to have you with us.",
                "A few times a year you get an e-mail with a questionnaire. You take part from the first questionnaire "
                "that is announced after today. We also tell you what was done with your answers.",
                "On My panel you see your details. There you can also pause or leave.",
            ),
            "Go to My panel",
        ),
    },
    "waiting": {
        DUTCH: MailText(
            "U staat op de wachtlijst: plaats {place} van {total}",
            (
                "Beste {first_name},",
                "Uw adres klopt. In uw leeftijdsgroep en wijk zijn nu alle plaatsen bezet.",
                "U staat op de wachtlijst, op plaats {place} van {total}. Wie het eerst kwam, is het eerst aan de "
                "beurt. Komt er een plaats vrij, dan krijgt u vanzelf bericht.",
                "Met de knop hieronder ziet u op elk moment uw plaats.",
            ),
            "Bekijk uw plaats",
        ),
        ENGLISH: MailText(
            "You are on the waiting list: place {place} of {total}",
            (
                "Dear {first_name},",
                "Your address is right. In your age group and district all places are taken now.",
                "You are on the waiting list, at place {place} of {total}. Who came first goes first. As soon as there "
                "is a place you hear from us.",
                "With the button below you can see your place at any time.",
            ),
            "See your place",
        ),
    },
    "duplicate": {
        DUTCH: MailText(
            "U stond twee keer in het panel",
            (
                "Beste {first_name},",
                "U stond twee keer in {panel}. Dat kan gebeuren. Wij hebben één van de twee inschrijvingen gewist. "
                "U blijft gewoon lid met de andere.",
                "Klopt dit niet? Bel of mail ons dan.",
            ),
            "Ga naar Mijn panel",
        ),
        ENGLISH: MailText(
            "You were in the panel twice",
            (
                "Dear {first_name},",
                "You were in {panel} twice. That can happen. We erased one of the two registrations. You remain a "
                "member with the other one.",
                "Is this not right? Then call or mail us.",
            ),
            "Go to My panel",
        ),
    },
}


def text_of(kind: str, language: str) -> MailText:
    """The words of a mail in the language of the member, Dutch where there is no other."""
    return TEXTS[kind].get(language) or TEXTS[kind][DUTCH]


def code_subject(purpose: str, language: str) -> str:
    """The subject of the mail with a one-time code."""
    return CODE[purpose].get(language) or CODE[purpose][DUTCH]
