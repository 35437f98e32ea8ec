"""The ready tables that metrics start from, made anew in pandas from clean tables alone."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pandas as pd

MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")


class Facts:
    """Clean tables as frames of Python values, and what they come to."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._made: dict[str, pd.DataFrame] = {}

    def clean(self, table: str) -> pd.DataFrame:
        cursor = self._connection.execute(f'select * from clean."{table}"')
        names = [column[0] for column in cursor.description]
        return pd.DataFrame(cursor.fetchall(), columns=names, dtype=object)

    def table(self, relation: str) -> pd.DataFrame:
        """Return `clean.<table>` as it is, or `ready.<table>` as it should be."""
        if relation not in self._made:
            layer, _, name = relation.partition(".")
            made = self.clean(name) if layer == "clean" else getattr(self, name)()
            self._made[relation] = made.astype(object).where(made.notna(), None)
        return self._made[relation]

    def _union(self, workbook: str, tabs: Iterable[str]) -> pd.DataFrame:
        return pd.concat([self.clean(f"{workbook}__{t}") for t in tabs], ignore_index=True)

    @cached_property
    def products(self) -> frozenset[str]:
        return frozenset(self.clean("coreos__products")["sku"])

    @cached_property
    def outlets(self) -> frozenset[str]:
        return frozenset(self.clean("coreos__outlets")["outlet_id"])

    @cached_property
    def employees(self) -> frozenset[str]:
        return frozenset(self.clean("coreos__employees")["employee_id"])

    # Dimensions: a key leads to its attributes, any other key to none.

    def dim_product(self) -> pd.DataFrame:
        return self.clean("coreos__products")

    def dim_outlet(self) -> pd.DataFrame:
        outlets = self.clean("coreos__outlets")
        channels = self.clean("coreos__channels").set_index("channel_id")
        areas = self.clean("coreos__territories").set_index("territory_id")
        for column in ("channel_name", "channel_group"):
            outlets[column] = outlets["channel_id"].map(channels[column]).fillna("Unknown")
        outlets["region"] = outlets["territory_id"].map(areas["region"]).fillna("Unknown")
        none = {"outlet_id": "none", "channel_name": "None", "channel_group": "None"}
        none["region"] = "None"
        return pd.concat([outlets, pd.DataFrame([none])], ignore_index=True)

    def dim_employee(self) -> pd.DataFrame:
        people = self.clean("coreos__employees")
        names = self.clean("coreos__departments").set_index("department_id")["department_name"]
        people["department_name"] = people["department_id"].map(names).fillna("Unknown")
        return people

    def dim_department(self) -> pd.DataFrame:
        return self.clean("coreos__departments")

    def dim_warehouse(self) -> pd.DataFrame:
        return self.clean("coreos__warehouses")

    def dim_campaign(self) -> pd.DataFrame:
        return self.clean("sales_master__campaigns")

    def dim_account(self) -> pd.DataFrame:
        return self.clean("coreos__accounts")

    # Facts.

    def fct_order_lines(self) -> pd.DataFrame:
        lines = self._union("sales_master", [f"orders_{m}25" for m in MONTHS])
        promotions = frozenset(self.clean("sales_master__promotions")["promo_id"])
        lines["product_key"] = _key(lines["sku"], self.products)
        lines["outlet_key"] = _key(lines["outlet_id"], self.outlets, "none")
        lines["salesman_key"] = _key(lines["salesman_id"], self.employees)
        lines["promotion_key"] = _key(lines["promo_id"], promotions, "none")
        lines["customer_kind"] = [
            "distributor" if d is not None else "outlet" if o is not None else "unknown"
            for d, o in zip(lines["distributor_id"], lines["outlet_id"], strict=True)
        ]
        lines["gross_amount_idr"] = lines["qty"] * lines["unit_price_idr"]
        lines["discount_amount_idr"] = lines["gross_amount_idr"] - lines["net_amount_idr"]
        return lines

    def fct_sales_returns(self) -> pd.DataFrame:
        back = self.clean("sales_master__returns")
        back["product_key"] = _key(back["sku"], self.products)
        return back.rename(columns={"qty": "return_qty", "condition": "goods_condition"})

    def fct_outlet_sell_out(self) -> pd.DataFrame:
        sold = self.clean("sales_master__sell_out")
        sold["product_key"] = _key(sold["sku"], self.products)
        sold["outlet_key"] = _key(sold["outlet_id"], self.outlets)
        return sold.rename(
            columns={
                "qty": "sell_out_qty",
                "amount_idr": "sell_out_amount_idr",
                "source": "data_source",
            }
        )

    def mart_outlet_distribution(self) -> pd.DataFrame:
        orders = self.table("ready.fct_order_lines")
        stores = self.table("ready.fct_outlet_sell_out")
        resold = self.table("ready.fct_sell_out")
        seen = [
            (orders[orders["customer_kind"] == "outlet"], "order_date", ("qty",)),
            (resold, "sale_date", ("sell_out_qty",)),
            (stores, "week_end_date", ("sell_out_qty", "shelf_stock_qty")),
        ]
        of_sku = dict(self.dim_product().set_index("sku")["category"])
        entries = [
            (row[day], of_sku.get(row["product_key"]), row["outlet_key"])
            for rows, day, amounts in seen
            for row in rows.to_dict("records")
            if any((row[amount] or 0) > 0 for amount in amounts)
        ]
        days = [day for day, *_ in entries]
        handled = {(day.replace(day=1), *rest) for day, *rest in entries}
        turnover: dict[str, Any] = {}
        for outlet, amount in zip(stores["outlet_key"], stores["sell_out_amount_idr"], strict=True):
            turnover[outlet] = turnover.get(outlet, 0) + amount
        active = [o for o in self.dim_outlet().to_dict("records") if o["is_active"] is True]
        counted: dict[tuple[Any, ...], list[Any]] = {}
        months = sorted({day.replace(day=1) for day in days})
        last_days = [(m + timedelta(days=31)).replace(day=1) - timedelta(days=1) for m in months]
        for month, end in zip(months, last_days, strict=True):
            for outlet in active if end <= max(days) else ():
                if outlet["join_date"] > end:
                    continue
                weight = turnover.get(outlet["outlet_id"], 0)
                for category in set(of_sku.values()):
                    key = (month, category, outlet["channel_name"], outlet["region"])
                    sums = counted.setdefault(key, [0, 0, 0, 0])
                    has = (month, category, outlet["outlet_id"]) in handled
                    for place, add in enumerate((1, has, weight, has * weight)):
                        sums[place] += add
        names = ["period_date", "category", "channel_name", "region", "active_outlet_count"]
        names += ["handling_outlet_count", "active_turnover_idr", "handling_turnover_idr"]
        return pd.DataFrame([(*k, *v) for k, v in counted.items()], columns=names, dtype=object)

    def fct_sales_targets(self) -> pd.DataFrame:
        targets = self._union("sales_master", [f"targets_q{n}" for n in range(1, 5)])
        targets["salesman_key"] = _key(targets["salesman_id"], self.employees)
        return targets

    def fct_batches(self) -> pd.DataFrame:
        batches = self.clean("production_master__batches")
        batches["product_key"] = _key(batches["sku"], self.products)
        batches["run_minutes"] = _minutes(batches["start_at"], batches["end_at"])
        return batches.rename(columns={"shift": "shift_name"})

    def fct_production_output(self) -> pd.DataFrame:
        output = self._union("production_master", [f"output_q{n}" for n in range(1, 5)])
        batches = self.table("ready.fct_batches").set_index("batch_id")
        output["product_key"] = output["batch_id"].map(batches["product_key"]).fillna("unknown")
        output["machine_id"] = output["batch_id"].map(batches["machine_id"]).fillna("unknown")
        output["made_qty"] = output["good_qty"] + output["reject_qty"]
        return output.rename(columns={"shift": "shift_name"})

    def fct_scrap(self) -> pd.DataFrame:
        scrap = self.clean("production_master__scrap")
        scrap["product_key"] = _key(scrap["sku"], self.products)
        return scrap.rename(columns={"source": "scrap_source"})

    def fct_lab_results(self) -> pd.DataFrame:
        results = self.clean("candidlabs_control_centre__results")
        samples = self.clean("candidlabs_control_centre__samples").set_index("sample_id")
        limits = self.clean("candidlabs_control_centre__specifications").set_index(
            ["sku", "method_id"]
        )
        results["sku"] = results["sample_id"].map(samples["sku"])
        results["product_key"] = _key(results["sku"], self.products)
        results["analyst_key"] = _key(results["analyst_id"], self.employees)
        low = dict(limits["minimum_value"])
        high = dict(limits["maximum_value"])
        inside = []
        for sku, method, value in zip(
            results["sku"], results["method_id"], results["result_value"], strict=True
        ):
            least, most = low.get((sku, method)), high.get((sku, method))
            inside.append(None if least is None or value is None else least <= value <= most)
        results["is_in_specification"] = pd.Series(inside, dtype=object)
        results["is_verdict_right"] = pd.Series(
            [
                None if i is None or v is None else i == (v == "Lulus")
                for i, v in zip(inside, results["verdict"], strict=True)
            ],
            dtype=object,
        )
        return results

    def fct_lab_samples(self) -> pd.DataFrame:
        samples = self.clean("candidlabs_control_centre__samples")
        results = self.clean("candidlabs_control_centre__results").groupby("sample_id")
        last = results["tested_at"].max()
        samples["product_key"] = _key(samples["sku"], self.products)
        samples["result_count"] = samples["sample_id"].map(results["result_id"].count()).fillna(0)
        samples["turnaround_minutes"] = _minutes(
            samples["sampled_at"], samples["sample_id"].map(last)
        )
        return samples

    def fct_complaints(self) -> pd.DataFrame:
        filed = self.clean("candidlabs_control_centre__complaints")
        filed["product_key"] = _key(filed["sku"], self.products)
        filed["resolution_days"] = pd.Series(
            [
                None if end is None else (end - start.date()).days
                for start, end in zip(filed["received_at"], filed["resolved_date"], strict=True)
            ],
            dtype=object,
        )
        return filed.rename(columns={"category": "complaint_kind"})

    def fct_sell_in(self) -> pd.DataFrame:
        received = self.clean("skd_control__sell_in")
        received["product_key"] = _key(received["sku"], self.products)
        names = {"qty": "sell_in_qty", "amount_idr": "sell_in_amount_idr"}
        return received.rename(columns=names)

    def fct_deliveries(self) -> pd.DataFrame:
        sent = self.clean("skd_control__deliveries")
        ordered = self.fct_order_lines().groupby("order_id")["qty"].sum().to_dict()
        sent["ordered_qty"] = [ordered.get(order) for order in sent["order_id"]]
        sent["is_in_full"] = [
            None if asked is None else bool(brought >= asked)
            for brought, asked in zip(sent["delivered_qty"], sent["ordered_qty"], strict=True)
        ]
        return sent

    def fct_sell_out(self) -> pd.DataFrame:
        sold = self.clean("skd_control__sell_out")
        sold["product_key"] = _key(sold["sku"], self.products)
        sold["outlet_key"] = _key(sold["outlet_id"], self.outlets)
        return sold.rename(columns={"qty": "sell_out_qty", "amount_idr": "sell_out_amount_idr"})

    def fct_skd_stock(self) -> pd.DataFrame:
        stock = self.clean("skd_control__stock_monthly")
        stock["product_key"] = _key(stock["sku"], self.products)
        return stock

    def fct_stock_movements(self) -> pd.DataFrame:
        moves = self.clean("inventory_master__movements").rename(columns={"qty": "movement_qty"})
        sent = self.clean("inventory_master__transfers")
        out = sent.rename(columns={"transfer_date": "movement_date"})
        names = {"from_warehouse_id": "warehouse_id", "qty": "movement_qty"}
        gone = out.rename(columns=names).assign(movement_kind="Transfer Keluar")
        gone["movement_qty"] = -gone["movement_qty"]
        gone["movement_id"] = gone["transfer_id"] + "-OUT"
        names = {"to_warehouse_id": "warehouse_id", "qty": "movement_qty"}
        come = out.rename(columns=names).assign(movement_kind="Transfer Masuk")
        come["movement_id"] = come["transfer_id"] + "-IN"
        moves = pd.concat([moves, gone, come], ignore_index=True)
        moves["product_key"] = _key(moves["sku"], self.products)
        return self._in_warehouse(moves)

    def _in_warehouse(self, frame: pd.DataFrame) -> pd.DataFrame:
        known = frozenset(self.clean("coreos__warehouses")["warehouse_id"])
        frame["warehouse_key"] = _key(frame["warehouse_id"], known)
        return frame

    def fct_monthly_stock(self) -> pd.DataFrame:
        stock = self.clean("inventory_master__stock_returns")
        points = self.clean("inventory_master__reorder_points").set_index("sku")
        stock["product_key"] = _key(stock["sku"], self.products)
        least = dict(points["reorder_point_qty"])
        stock["is_below_reorder_point"] = [
            q is not None and least.get(s) is not None and q < least[s]
            for s, q in zip(stock["sku"], stock["stock_qty"], strict=True)
        ]
        return stock

    def fct_stock_counts(self) -> pd.DataFrame:
        books = [
            self.clean(f"inventory_master__{tab}").rename(columns={"qty": "system_qty"})
            for tab in ("opening_stock", "opname_jun", "opname_dec", "closing_stock")
        ]
        counts = pd.concat(
            [b.drop(columns="difference_qty", errors="ignore") for b in books], ignore_index=True
        )
        counts = counts.astype(object).where(counts.notna(), None)
        counts["product_key"] = _key(counts["sku"], self.products)
        counts["difference_qty"] = pd.Series(
            [
                None if c is None else c - s
                for c, s in zip(counts["counted_qty"], counts["system_qty"], strict=True)
            ],
            dtype=object,
        )
        return self._in_warehouse(counts)

    def fct_invoices(self) -> pd.DataFrame:
        invoices = self.clean("finance_master__invoices")
        left = self.clean("finance_master__receivables").set_index("invoice_id")["open_amount_idr"]
        open_amounts = dict(left)
        invoices["outlet_key"] = _key(invoices["outlet_id"], self.outlets, "none")
        dealers = frozenset(self.clean("coreos__distributors")["distributor_id"])
        invoices["distributor_key"] = _key(invoices["distributor_id"], dealers, "none")
        invoices["open_amount_idr"] = [open_amounts.get(i, 0) for i in invoices["invoice_id"]]
        return invoices

    def fct_payments(self) -> pd.DataFrame:
        payments = self.clean("finance_master__payments")
        invoices = self.table("ready.fct_invoices").set_index("invoice_id")
        due = dict(invoices["due_date"])
        for key in ("outlet_key", "distributor_key"):
            known = dict(invoices[key])
            payments[key] = [known.get(i, "unknown") for i in payments["invoice_id"]]
        payments["days_after_due"] = pd.Series(
            [
                (paid - due[i]).days if i in due else None
                for i, paid in zip(payments["invoice_id"], payments["payment_date"], strict=True)
            ],
            dtype=object,
        )
        return payments.rename(columns={"method": "payment_method"})

    def fct_invoices_due(self) -> pd.DataFrame:
        listed = self.clean("finance_master__receivables").set_index("invoice_id")
        overdue, disputed = dict(listed["overdue_days"]), dict(listed["is_disputed"])
        payments = self.clean("finance_master__payments")
        paid: dict[str, date] = {}
        for invoice, day in zip(payments["invoice_id"], payments["payment_date"], strict=True):
            paid[invoice] = max(day, paid.get(invoice, day))
        invoices = self.table("ready.fct_invoices")
        settled = [i not in overdue for i in invoices["invoice_id"]]
        late = [(overdue.get(i) or 0) > 0 for i in invoices["invoice_id"]]
        due = invoices[[a or b for a, b in zip(settled, late, strict=True)]].copy()
        due["due_date"] = [
            day if i in overdue else min(day, paid.get(i, day))
            for i, day in zip(due["invoice_id"], due["due_date"], strict=True)
        ]
        due["is_disputed"] = [disputed.get(i) is True for i in due["invoice_id"]]
        return due

    def fct_order_costs(self) -> pd.DataFrame:
        prices = dict(self.clean("coreos__materials").set_index("material_id")["standard_cost_idr"])
        weights = dict(self.clean("coreos__products").set_index("sku")["net_weight_kg"])
        of_sku: dict[str, list[Decimal | None]] = {}
        recipes = self.clean("production_master__bom")
        for sku, material, qty in zip(
            recipes["sku"], recipes["material_id"], recipes["qty_per_1000_kg"], strict=True
        ):
            price = prices.get(material)
            of_sku.setdefault(sku, []).append(None if price is None else qty * price)
        unit = {
            sku: (sum(costs) * weights[sku] / 1000).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            for sku, costs in of_sku.items()
            if sku in weights and weights[sku] is not None and None not in costs
        }
        lines = self.table("ready.fct_order_lines").copy()
        known = [unit.get(sku) for sku in lines["product_key"]]
        lines["cost_amount_idr"] = [
            None if cost is None else (qty * cost).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for qty, cost in zip(lines["qty"], known, strict=True)
        ]
        lines["costed_amount_idr"] = [
            None if cost is None else amount
            for amount, cost in zip(lines["net_amount_idr"], known, strict=True)
        ]
        return lines

    def mart_receivables_monthly(self) -> pd.DataFrame:
        invoices = self.clean("finance_master__invoices")
        billed = self.table("ready.fct_invoices")
        kinds = [
            "distributor" if d != "none" else "outlet" if o != "none" else "unknown"
            for d, o in zip(billed["distributor_key"], billed["outlet_key"], strict=True)
        ]
        of_invoice = dict(zip(invoices["invoice_id"], kinds, strict=True))
        entries = [
            (day, kind, amount, 0)
            for day, kind, amount in zip(
                invoices["invoice_date"], kinds, invoices["total_amount_idr"], strict=True
            )
        ]
        payments = self.clean("finance_master__payments")
        entries += [
            (day, of_invoice.get(invoice, "distributor"), 0, amount)
            for day, invoice, amount in zip(
                payments["payment_date"],
                payments["invoice_id"],
                payments["amount_idr"],
                strict=True,
            )
        ]
        months = sorted({day.replace(day=1) for day, *_ in entries})
        last = max(day for day, *_ in entries)
        rows = []
        for start in months:
            end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            for kind in sorted({k for day, k, *_ in entries if day <= end}) if end <= last else ():
                own = [e for e in entries if e[1] == kind and e[0] <= end]
                rows.append(
                    {
                        "period_date": start,
                        "customer_kind": kind,
                        "invoiced_idr": sum(e[2] for e in own if e[0] >= start),
                        "balance_idr": sum(e[2] - e[3] for e in own),
                    }
                )
        return pd.DataFrame(rows, dtype=object)

    def fct_promo_spend(self) -> pd.DataFrame:
        spend = self.clean("sales_master__promo_spend")
        campaigns = frozenset(self.clean("sales_master__campaigns")["campaign_id"])
        spend["campaign_key"] = _key(spend["campaign_id"], campaigns)
        return spend.rename(columns={"amount_idr": "spend_amount_idr"})

    def fct_payroll(self) -> pd.DataFrame:
        pay = self.clean("finance_master__payroll")
        people = self.clean("coreos__employees").set_index("employee_id")["department_id"]
        known = frozenset(self.clean("coreos__departments")["department_id"])
        pay["employee_key"] = _key(pay["employee_id"], self.employees)
        pay["department_key"] = _key(pay["employee_id"].map(people), known)
        return pay

    def fct_attendance(self) -> pd.DataFrame:
        weeks = self.clean("finance_master__attendance")
        weeks["employee_key"] = _key(weeks["employee_id"], self.employees)
        weeks["recorded_days"] = weeks["present_days"] + weeks["sick_days"] + weeks["absent_days"]
        return weeks

    def mart_head_count(self) -> pd.DataFrame:
        people, places = self.clean("coreos__employees"), self.clean("coreos__departments")
        rows: list[dict[str, Any]] = []
        for month in range(1, 13):
            first = date(2025, month, 1)
            last = date(2025 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
            for place, budget in [
                *zip(places["department_id"], places["headcount_budget"], strict=True),
                ("unknown", None),
            ]:
                own = people[_key(people["department_id"], frozenset(places["department_id"]))
                             == place]  # fmt: skip
                hired = own[np.array([day <= last for day in own["hire_date"]], dtype=bool)]
                gone = [d for d in hired["resign_date"] if d is not None and not pd.isna(d)]
                rows.append(
                    {
                        "period_date": first,
                        "department_key": place,
                        "head_count": len(hired) - sum(d <= last for d in gone),
                        "left_count": sum(first <= d <= last for d in gone),
                        "headcount_budget": budget,
                    }
                )
        return pd.DataFrame(rows, dtype=object)


def _key(codes: pd.Series, known: frozenset[str], blank: str = "unknown") -> pd.Series:
    """Return codes that are known, 'unknown' for others and `blank` where there is none."""
    return codes.map(lambda c: blank if pd.isna(c) else c if c in known else "unknown")


def _minutes(starts: pd.Series, finishes: pd.Series) -> pd.Series:
    whole: Callable[[Any], Any] = lambda m: m.replace(second=0, microsecond=0)  # noqa: E731
    minutes = [
        None if pd.isna(a) or pd.isna(b) else int((whole(b) - whole(a)).total_seconds()) // 60
        for a, b in zip(starts, finishes, strict=True)
    ]
    return pd.Series(minutes, dtype=object, index=starts.index)
