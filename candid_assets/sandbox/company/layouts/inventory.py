"""Inventory_Master: opening stock, movements, counts and closing stock."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout, typed

STOCK: Final = layout("""
sku | Kode SKU | string | pk; fk=products
warehouse_id | Gudang | string | pk; fk=warehouses
qty | Qty (pcs) | integer | req; min=0; fmt=#,##0 "pcs"
unit_cost_idr | HPP/pcs | number | req; min=0
value_idr | Nilai Persediaan | number | req; min=0; fmt="Rp"#,##0
counted_date | Tgl Hitung | date | req
""")
CLOSING: Final = layout("""
sku | SKU | string | pk; fk=products
warehouse_id | Kode Gudang | string | pk; fk=warehouses
qty | Saldo Akhir | integer | req; min=0; as=id
unit_cost_idr | HPP | number | req; min=0
value_idr | Nilai (Rp) | number | req; min=0; as=rp
counted_date | Per Tanggal | date | req; as=long
""")
MOVEMENTS: Final = layout("""
movement_id | No Mutasi | string | pk; pat=MV-[0-9]{6}
movement_date | Tgl | date | req
sku | SKU | string | req; fk=products
warehouse_id | Gudang | string | req; fk=warehouses
movement_kind | Jenis Mutasi | string | req; enum=movement_kind
qty | Qty (+/-) | integer | req
reference | No Ref | string |
recorded_by | Dicatat (NIK) | string | fk=employees
""")
OPNAME: Final = layout("""
sku | Kode SKU | string | pk; fk=products
warehouse_id | Gdg | string | pk; fk=warehouses
system_qty | Stok Sistem | integer | req; min=0
counted_qty | Stok Fisik | integer | req; min=0
difference_qty | Selisih | integer | req; as=acc
counted_by | Petugas (NIK) | string | fk=employees
counted_date | Tgl Opname | date | req
is_adjusted | Sudah Adjust | boolean | as=ya
note | Ket | string |
""")
STOCK_RETURNS: Final = layout("""
period_date | Bulan | date | pk; as=mmm yyyy
sku | SKU | string | pk; fk=products
stock_qty | Stok Gudang | integer | req; min=0
return_qty | Retur Masuk | integer | req; min=0
return_amount_idr | Nilai Retur (Rp) | number | min=0; as=id
is_checked | Dicek | boolean | as=ya
""")
TRANSFERS: Final = layout("""
transfer_id | No Transfer | string | pk; pat=TF-[0-9]{5}
transfer_date | Tgl Kirim | date | req; as=short
sku | SKU | string | req; fk=products
from_warehouse_id | Dari | string | req; fk=warehouses
to_warehouse_id | Ke | string | req; fk=warehouses
qty | Jml | integer | req; min=1
received_date | Tgl Terima | date |
sender_id | Pengirim | string | fk=employees
""")
REORDER: Final = layout("""
sku | SKU | string | pk; fk=products
lead_time_days | LT (hari) | integer | req; min=0
average_daily_qty | Rata2 Keluar/hari | number | req; min=0
safety_stock_qty | Safety Stock | integer | req; min=0; fmt=0 "pcs"
reorder_point_qty | ROP | integer | req; min=0
maximum_stock_qty | Stok Maks | integer | min=0
reviewed_date | Tgl Review | date | as=dmy
""")
EXPIRING: Final = layout("""
check_id | No | string | pk; pat=ED-[0-9]{4}
check_date | Tgl Cek | date | req
batch_id | No Batch | string | req; fk=batches
sku | SKU | string | req; fk=products
warehouse_id | Gudang | string | req; fk=warehouses
qty | Qty | integer | req; min=0
expiry_date | Tgl ED | date | req; as=dmy
days_left | Sisa Hari | integer |
action | Tindakan | string | enum=expiry_action
""")

INVENTORY: Final = WorkbookPlan(
    "Inventory_Master",
    (
        TabPlan("opening_stock", "Stok Awal 2025", STOCK, ("STOK AWAL", "per 1 Januari 2025", "")),
        TabPlan("movements", "Mutasi Stok", MOVEMENTS),
        TabPlan("opname_jun", "Opname Jun", OPNAME),
        TabPlan("opname_dec", "Opname Des", typed(OPNAME, counted_date="long"), totals="end"),
        TabPlan("closing_stock", "Stok Akhir 2025", CLOSING, totals="end"),
        TabPlan(
            "stock_returns", "Stok (Gudang) & Retur", STOCK_RETURNS, ("STOK GUDANG DAN RETUR", "")
        ),
        TabPlan("transfers", "Transfer Antar Gudang", TRANSFERS),
        TabPlan("reorder_points", "ROP & Safety Stock", REORDER, filters_every=9),
        TabPlan("expiring", "Barang ED (mendekati)", EXPIRING, totals="end"),
    ),
)
