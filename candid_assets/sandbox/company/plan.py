"""The seven workbooks and their ninety tabs."""

from typing import Final

from candid_assets.sandbox.company.layout import WorkbookPlan
from candid_assets.sandbox.company.layouts.coreos import COREOS
from candid_assets.sandbox.company.layouts.distribution import DISTRIBUTION
from candid_assets.sandbox.company.layouts.finance import FINANCE
from candid_assets.sandbox.company.layouts.inventory import INVENTORY
from candid_assets.sandbox.company.layouts.labs import LABS
from candid_assets.sandbox.company.layouts.production import PRODUCTION
from candid_assets.sandbox.company.layouts.sales import SALES

WORKBOOKS: Final[tuple[WorkbookPlan, ...]] = (
    COREOS,
    SALES,
    PRODUCTION,
    LABS,
    DISTRIBUTION,
    INVENTORY,
    FINANCE,
)
"""All workbooks in the order they are written."""
