"""The forms of signing in and of accounts."""

from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, Length

from core.accounts.labels import BODY_KINDS, ROLES
from core.accounts.passwords import LONGEST
from core.form_fields import Form, email_address, longest, options, required, strip


class SignInForm(Form):
    """First step: address and password."""

    email = EmailField("E-mailadres", [required("Vul uw e-mailadres in."), longest(254)], filters=[strip])
    password = PasswordField("Wachtwoord", [required("Vul uw wachtwoord in."), longest(LONGEST * 4)])


def _code() -> StringField:
    checks = [required("Vul de code in."), Length(min=6, max=8, message="De code heeft 6 cijfers.")]
    return StringField("Code uit uw app", checks, filters=[strip])


def _password() -> PasswordField:
    return PasswordField("Nieuw wachtwoord", [required("Kies een wachtwoord."), longest(LONGEST)])


def _again() -> PasswordField:
    same = EqualTo("password", "De twee wachtwoorden zijn niet gelijk.")
    return PasswordField("Nieuw wachtwoord, nog een keer", [same])


def _name() -> StringField:
    return StringField("Naam", [required("Vul de naam in."), longest(120)], filters=[strip])


def _roles() -> SelectMultipleField:
    choices = options((role.value, label) for role, label in ROLES.items())
    return SelectMultipleField("Rollen", [required("Kies een rol of meer.")], choices=choices)


class CodeForm(Form):
    """Second step: the code of the app."""

    code = _code()


class SetupForm(Form):
    """A new password and the first code of the app."""

    password = _password()
    again = _again()
    code = _code()


class PasswordForm(Form):
    """Change one's own password."""

    old = PasswordField("Uw wachtwoord van nu", [required("Vul uw wachtwoord van nu in."), longest(LONGEST * 4)])
    password = _password()
    again = _again()


class AccountForm(Form):
    """Change an account."""

    name = _name()
    roles = _roles()
    bodies = SelectMultipleField("Organen", choices=[])


class NewAccountForm(Form):
    """Create an account."""

    name = _name()
    email = EmailField("E-mailadres", [required("Vul het e-mailadres in."), email_address()], filters=[strip])
    roles = _roles()
    bodies = SelectMultipleField("Organen", choices=[])


class BodyForm(Form):
    """Create or change a body."""

    name = StringField("Naam van het orgaan", [required("Vul de naam in."), longest(120)], filters=[strip])
    kind = RadioField(
        "Soort orgaan",
        [required("Kies een soort.")],
        choices=options((kind.value, label) for kind, label in BODY_KINDS.items()),
    )
    may_commission = BooleanField("Mag een opdracht indienen")
    may_decide = BooleanField("Mag over een opdracht beslissen")
