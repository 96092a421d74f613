"""Wrong passwords and codes are counted, so that guessing is hopeless and nobody is locked out by others.

A right one gets in, however many wrong ones others have sent. Only whoever has sent wrong ones is told to
wait, and from a certain number on is not even looked up. No request waits on a thread for another.
"""

import time
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import NamedTuple

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.utils.crypto import get_random_string, salted_hmac

from accounts.models import WrongTries
from privacy.events import record
from privacy.models import What

MINUTES, DAY = 5 * 60, 24 * 60 * 60


class Budget(NamedTuple):
    """So many wrong tries for each of whom they are counted, in each window of so many seconds."""

    name: str
    most: int
    seconds: int

    def used(self, *whose: str) -> int:
        found = WrongTries.objects.filter(key=self._key(*whose)).values_list("number", flat=True)
        return found.first() or 0

    def is_used_up(self, *whose: str) -> bool:
        return self.used(*whose) >= self.most

    def use(self, *whose: str) -> int:
        return WrongTries.objects.add(self._key(*whose), until=datetime.fromtimestamp(self._end(), UTC))

    def is_first(self, *whose: str) -> bool:
        """Whether this has not been used for so many seconds, whatever windows ended meanwhile; now it is."""
        WrongTries.objects.past().delete()
        until = datetime.fromtimestamp(time.time() + self.seconds, UTC)
        return WrongTries.objects.add(_hashed(self.name, *whose), until=until) == 1

    def _end(self) -> int:
        return (int(time.time()) // self.seconds + 1) * self.seconds

    def _key(self, *whose: str) -> str:
        return _hashed(self.name, str(self._end()), *whose)


def _hashed(*words: str) -> str:
    """Names nobody; with the secret key, for there are few enough addresses to try them all."""
    return salted_hmac("accounts.rate_limits", "\n".join(words), algorithm="sha256").hexdigest()


def _note_limit(kind: str, *, is_over: bool) -> bool:
    """That somebody was told to wait; neither what they tried nor where they are."""
    if is_over:
        record(What.LIMITED, detail=kind)
    return is_over


def network_of(request) -> str:
    """The address somebody comes from; of IPv6 what one connection has, which is 2^64 addresses."""
    address = get_ip(request)
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


# --- Codes of rooms -------------------------------------------------------------------------------

# There are 32^6, about 10^9. With a hundred rooms open all year an address with a thousand tries a day finds
# one in 29 years, and all addresses together in three; each further address has 20 tries. A hall with one
# network address has a thousand mistypings a day; links and QR codes always work.
CODE_SOON = Budget("codes, soon", 20, MINUTES)
CODE_DAY = Budget("codes", 1_000, DAY)
CODE_EVERYBODY = Budget("codes of everybody", 10_000, DAY)


class CodeTries:
    def __init__(self, request):
        self.address = network_of(request)

    def are_over(self) -> bool:
        """No code is looked up any more, not even a right one."""
        today = CODE_DAY.used(self.address)
        return today >= CODE_DAY.most or (today >= CODE_SOON.most and CODE_EVERYBODY.is_used_up())

    def add(self) -> bool:
        """Count a wrong one; whether its sender is told to wait."""
        CODE_DAY.use(self.address)
        CODE_EVERYBODY.use()
        return _note_limit("koder", is_over=CODE_SOON.use(self.address) > CODE_SOON.most)


# --- Rooms that anybody may begin -------------------------------------------------------------------

# A school has one address: three classes may begin each for themselves in a day. In all it is what the
# database holds of open rooms in a month at most: some hundred megabytes.
OPEN_ROOMS = Budget("open rooms", 100, DAY)
OPEN_ROOMS_OF_EVERYBODY = Budget("open rooms of everybody", 3_000, DAY)


def may_begin_open_room(request) -> bool:
    """Count one that is begun; False where an address, or all together, have begun too many today.

    Who is refused uses up nothing of the others'.
    """
    is_over = OPEN_ROOMS.use(network_of(request)) > OPEN_ROOMS.most
    is_over = is_over or OPEN_ROOMS_OF_EVERYBODY.use() > OPEN_ROOMS_OF_EVERYBODY.most
    return not _note_limit("åbne rum", is_over=is_over)


# --- Passwords ------------------------------------------------------------------------------------

# A guesser has thirty tries a day from an address, and on one account a hundred from all addresses together;
# from then on each further address has one. A browser that has logged in before is counted by itself. An
# address that has sent three thousand wrong ones is not listened to any more: it would only fill the table.
LOGIN_SOON = Budget("logins, soon", 5, MINUTES)
LOGIN_DAY = Budget("logins", 30, DAY)
LOGIN_ACCOUNT = Budget("logins to an account", 100, DAY)
LOGIN_ADDRESS = Budget("logins from an address", 300, DAY)
LOGIN_FLOOD = 3_000
EMERGENCY = Budget("emergency logins", 5, 15 * 60)
SECOND_FACTOR = Budget("second factors", 5, 15 * 60)
USED_CODE = Budget("a code that was right", 1, DAY)
LOGOUT_TOKEN = Budget("a logout token", 1, DAY)
CHANGE_PASSWORD = Budget("changes of a password", 10, DAY)


class LoginTries:
    def __init__(self, request, email: str):
        self.email = email.strip().lower()
        device = Device.of(request)
        self.is_known = device.knows(self.email)
        self.address = device.name if self.is_known else network_of(request)

    def are_over(self) -> bool:
        """No password is looked at any more, not even the right one."""
        today = LOGIN_DAY.used(self.email, self.address)
        if self.is_known or today >= LOGIN_DAY.most:
            return today >= LOGIN_DAY.most
        from_here = LOGIN_ADDRESS.used(self.address)
        is_many = from_here >= LOGIN_ADDRESS.most or LOGIN_ACCOUNT.is_used_up(self.email)
        return from_here >= LOGIN_FLOOD or (today > 0 and is_many)

    def add(self) -> bool:
        """Count a wrong one; whether its sender is told to wait."""
        LOGIN_DAY.use(self.email, self.address)
        if not self.is_known:
            LOGIN_ACCOUNT.use(self.email)
            LOGIN_ADDRESS.use(self.address)
        is_over = LOGIN_SOON.use(self.email, self.address) > LOGIN_SOON.most
        return _note_limit("adgangskoder", is_over=is_over)


class EmergencyTries(LoginTries):
    """Few know the page, and fewer should need it more than once."""

    def are_over(self) -> bool:
        return EMERGENCY.is_used_up(self.email, self.address) or super().are_over()

    def add(self) -> bool:
        super().add()
        return EMERGENCY.use(self.email, self.address) > EMERGENCY.most


class Device(NamedTuple):
    """A browser in which people have logged in, by a signed cookie that it gets then."""

    name: str
    accounts: tuple[str, ...] = ()

    MOST_ACCOUNTS = 5
    DAYS = 180

    @classmethod
    def of(cls, request) -> "Device":
        try:
            cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
            name, accounts = signing.loads(cookie, salt="device", max_age=cls.DAYS * DAY)
        except signing.BadSignature:
            return cls(get_random_string(20))
        return cls(name, tuple(accounts))

    def knows(self, email: str) -> bool:
        return any(
            self._mark(email, key) in self.accounts
            for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        )

    def remember(self, response, email: str):
        mark = self._mark(email.lower())
        accounts = [mark, *(other for other in self.accounts if other != mark)][: self.MOST_ACCOUNTS]
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            signing.dumps([self.name, accounts], salt="device"),
            max_age=self.DAYS * DAY, httponly=True, samesite="Lax", secure=settings.IS_HTTPS,
        )  # fmt: skip

    def _mark(self, email: str, key: str | None = None) -> str:
        """With the key of today, or one before."""
        named = f"{self.name}\n{email}"
        return salted_hmac("accounts.device", named, secret=key, algorithm="sha256").hexdigest()[:20]


# --- Mails with a link for a new password -----------------------------------------------------------

RESET_MAIL = Budget("reset mails", 1, MINUTES)


def may_get_reset_mail(user) -> bool:
    """Not again within minutes, whoever asks for it."""
    return RESET_MAIL.use(str(user.pk)) <= RESET_MAIL.most
