"""What an account holds, and how it gets another owner: the floors above say it (`register`, in `ready`)."""

from collections.abc import Callable
from typing import NamedTuple


class Holdings(NamedTuple):
    owned: Callable  # of a user: words and numbers
    hand_over_address: Callable  # of a user: the admin's page


kept: list[Holdings] = []


def register(holdings: Holdings):
    kept.append(holdings)


def owned_by(user) -> list[tuple[str, int]]:
    return [found for holdings in kept for found in holdings.owned(user)]


def hand_over_addresses(user) -> list[str]:
    return [holdings.hand_over_address(user) for holdings in kept]
