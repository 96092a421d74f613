"""Mails about accounts that somebody else begins or closes; each goes to the account's own address."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

logger = logging.getLogger(__name__)


@transaction.atomic
def invite(request, user) -> bool:
    """Send a link at which they choose a password: it works once, and takes the place of any other."""
    user.withdraw_invitation()
    if settings.LOCAL_LOGIN != "on":  # single sign-on finds the account by its address
        link = request.build_absolute_uri(reverse("account_login"))
        context = {"inviter": request.user.get_full_name(), "url": link}
        return send("account/email/invitation_by_single_sign_on", user.email, context)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    context = {
        "inviter": request.user.get_full_name(),
        "url": get_adapter().get_reset_password_from_key_url(key),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }
    return send("account/email/invitation", user.email, context)


def tell_closed(request, user) -> bool:
    return send("account/email/closed", user.email, {"who": request.user.get_full_name()})


def send(template: str, address: str, context: dict) -> bool:
    """Whether the mail went; why it did not is in the log, without the address."""
    try:
        with override(settings.LANGUAGE_CODE):
            get_adapter().render_mail(template, address, context).send()
    except (OSError, SMTPException):
        logger.exception("mail about an account was not sent")
        return False
    return True
