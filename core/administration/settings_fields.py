"""How each municipal setting is asked: section, Dutch label, hint, kind and bounds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One setting on the form; `kind` is text, long, date, number, email, url, time or ladder."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    minimum: int = 0
    maximum: int = 0
    unit: str = ""


@dataclass(frozen=True)
class Section:
    """A group of settings under one heading."""

    title: str
    explanation: str
    settings: tuple[Setting, ...]


PERIODS = "Eén periode per regel, bijvoorbeeld 10 juli 2027 t/m 22 augustus 2027."
SECTIONS = (
    Section(
        "De gemeente",
        "Deze gegevens staan op elke pagina en in elke mail.",
        (
            Setting("municipality", "Naam van de gemeente"),
            Setting("gm_code", "CBS-code van de gemeente", "Bijvoorbeeld GM0355."),
            Setting("panel_name", "Naam van het panel"),
            Setting("telephone", "Telefoonnummer voor deelnemers"),
            Setting("email", "E-mailadres voor deelnemers", kind="email"),
            Setting("postal_address", "Postadres", kind="long"),
        ),
    ),
    Section(
        "Spelregels",
        "De raad stelt de spelregels vast. Zonder raadsbesluit gaat er geen uitnodiging uit.",
        (
            Setting("rules_decision_number", "Nummer van het raadsbesluit"),
            Setting("rules_decision_url", "Link naar het raadsbesluit", kind="url"),
            Setting("rules_decision_on", "Datum van het raadsbesluit", kind="date"),
            Setting("deciding_body", "Wie beslist over een opdracht?", "Bijvoorbeeld het presidium."),
            Setting("ladder", "Participatieladder", "Kies meeweten-meebeslissen of informeren-meebeslissen.", "ladder"),
            Setting("feedback_term_days", "Termijn voor de terugkoppeling", "", "number", 1, 365, "dagen"),
            Setting(
                "feedback_reminder_days", "Herinnering aan de terugkoppeling", "", "number", 1, 180, "dagen ervoor"
            ),
            Setting("recess", "Reces", PERIODS, "long"),
            Setting(
                "quiet_period",
                "Stille periode",
                f"Voor een verkiezing. {PERIODS}",
                "long",
            ),
            Setting("values_test", "Toets op waarden", "De vragen die bij elke opdracht gesteld worden.", "long"),
            Setting("rewards", "Beloning voor deelnemers", "Bijvoorbeeld geen, of een cadeaubon."),
            Setting("indicators", "Tien indicatoren voor het jaaroverzicht", "Eén per regel.", "long"),
        ),
    ),
    Section(
        "Privacy",
        "Dit moet vaststaan voor de eerste uitnodiging.",
        (
            Setting("controller", "Verwerkingsverantwoordelijke"),
            Setting("register_legal_basis", "Grondslag voor de steekproef uit het register", kind="long"),
            Setting("dpia_on", "Datum van de DPIA", kind="date"),
            Setting("privacy_contact", "Contact voor privacyvragen"),
            Setting("retention_sample_days", "Steekproef bewaren", "", "number", 1, 730, "dagen"),
            Setting("retention_weighting_classes_days", "Weegklassen bewaren", "", "number", 1, 1825, "dagen"),
            Setting("retention_left_member_days", "Reservekopieën wissen binnen", "", "number", 0, 365, "dagen"),
        ),
    ),
    Section(
        "Uitvoering",
        "Zo werkt het panel van dag tot dag.",
        (
            Setting("panel_target", "Streefaantal panelleden", "", "number", 50, 1_000_000, "leden"),
            Setting("minimum_age", "Jongste leeftijd", "", "number", 12, 25, "jaar"),
            Setting("privacy_floor", "Kleinste groep die herkenbaar mag zijn", "", "number", 5, 100, "mensen"),
            Setting("publication_base", "Kleinste groep om over te publiceren", "", "number", 10, 1000, "antwoorden"),
            Setting("fieldwork_days", "Hoelang een vragenlijst open staat", "", "number", 3, 90, "dagen"),
            Setting("paper_term_workdays", "Extra tijd voor papier", "", "number", 0, 30, "werkdagen"),
            Setting("results_hour", "Tijd waarop uitslagen verschijnen", "Bijvoorbeeld 10:00.", "time"),
        ),
    ),
    Section(
        "Leden onderhouden",
        "Met deze getallen werken de regels onder Panelleden, Onderhoud. De griffie zet elke regel zelf aan.",
        (
            Setting("profile_check_months", "Profiel laten nakijken na", "", "number", 6, 36, "maanden"),
            Setting("profile_reminder_days", "Eén herinnering daaraan na", "", "number", 7, 90, "dagen"),
            Setting("pause_notice_days", "Mail voor het einde van een pauze", "", "number", 1, 30, "dagen ervoor"),
            Setting(
                "dormant_after_unanswered",
                "Wekmail na",
                "Achter elkaar, en alleen van wie een e-mailadres heeft.",
                "number",
                2,
                50,
                "vragenlijsten zonder antwoord",
            ),
            Setting("wake_up_days", "Slapend na de wekmail", "", "number", 7, 180, "dagen later"),
            Setting("dormant_keep_months", "Wie slaapt, krijgt een laatste bericht na", "", "number", 6, 60, "maanden"),
            Setting("last_call_days", "Gegevens wissen na dat bericht", "", "number", 14, 180, "dagen later"),
            Setting("bounce_limit", "Van e-mail naar post na", "", "number", 1, 10, "geweigerde e-mails"),
            Setting(
                "burden_cap",
                "Ten hoogste zoveel uitnodigingen per lid",
                "Een uitzondering legt de griffie vast, met een reden.",
                "number",
                1,
                60,
                "uitnodigingen",
            ),
            Setting("burden_months", "Geteld over de laatste", "", "number", 1, 36, "maanden"),
        ),
    ),
)
SETTINGS = {setting.name: setting for section in SECTIONS for setting in section.settings}
