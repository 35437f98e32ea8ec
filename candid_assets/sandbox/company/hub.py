"""What other parts of the company know of the hub: products, keys and people."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from candid_assets.sandbox.company import words
from candid_assets.sandbox.company.values import Tables, between, pick

SKD: Final = "D001"
"""The distributor SKD Cahaya Jaya."""


@dataclass(frozen=True, slots=True)
class Product:
    """One stock-keeping unit as the other parts need it."""

    sku: str
    category: str
    price: int
    cost: int
    shelf_life: int
    weight: float


@dataclass(slots=True)
class Masters:
    """Keys of the hub and its tables."""

    products: list[Product] = field(default_factory=list)
    direct_outlets: list[str] = field(default_factory=list)
    skd_outlets: list[str] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    distributors: list[str] = field(default_factory=list)
    employees: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Number, name, department and basic salary."""
    suppliers: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    expense_accounts: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    tables: Tables = field(default_factory=dict)

    def staff(self, department: str) -> list[str]:
        """Return the numbers of the employees of a department."""
        return [number for number, _, home, _ in self.employees if home == department]


def person(rng: Random) -> str:
    """Return a person's name."""
    return f"{pick(rng, words.FIRST_NAMES)} {pick(rng, words.LAST_NAMES)}"


def mobile(rng: Random) -> str:
    """Return a mobile number in E.164 form."""
    prefix = pick(rng, ("812", "813", "821", "852", "857", "878", "896"))
    return f"+62{prefix}{between(rng, 1000, 9999)}{between(rng, 1000, 9999)}"
