"""Production_Master: batches, recipes, usage, scrap and machines."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout, typed

BATCHES: Final = layout("""
batch_id | No Batch | string | pk; pat=BT-[0-9]{6}; case=upper
sku | Kode SKU | string | req; fk=products
production_date | Tgl Produksi | date | req
machine_id | Mesin | string | req; fk=machines
shift | Shift | string | req; enum=shift
planned_qty | Rencana (pcs) | integer | req; min=0
produced_qty | Hasil (pcs) | integer | req; min=0
yield_pct | Yield | number | pct; min=0; max=2; fmt=0.0%
start_at | Mulai | timestamp | req
end_at | Selesai | timestamp | as=dmy
supervisor_id | SPV (NIK) | string | fk=employees
expiry_date | Exp. Date | date | as=mmm yyyy
status | Status QC | string | req; enum=batch_status
""")
BOM: Final = layout("""
sku | Kode SKU | string | pk; fk=products
material_id | Kode Bahan | string | pk; fk=materials
stage | Tahap | string | req; enum=bom_stage
qty_per_1000_kg | Kg per 1000 pcs | number | req; dec=3; min=0
tolerance_pct | Toleransi | number | pct; min=0; max=1; as=pct
recipe_version | Versi | string |
valid_from_date | Berlaku Sejak | date | as=long
""")
MATERIAL_USAGE: Final = layout("""
usage_id | ID | string | pk; pat=MU-[0-9]{6}
batch_id | No Batch | string | req; fk=batches
material_id | Bahan | string | req; fk=materials
usage_date | Tgl | date | req
planned_kg | Std (kg) | number | req; dec=3; min=0
actual_kg | Aktual (kg) | number | req; dec=3; min=0
variance_kg | Selisih (kg) | number | dec=3; as=acc
lot_number | No Lot | string |
operator_id | Operator | string | fk=employees
""")
SCRAP: Final = layout("""
scrap_id | No Scrap | string | pk; pat=SC-[0-9]{5}
scrap_date | Tanggal | date | req; as=dots
batch_id | Batch | string | req; fk=batches
sku | SKU | string | req; fk=products
scrap_qty | Jml Scrap (pcs) | integer | req; min=0
source | Asal | string | req; enum=scrap_source
reason | Penyebab | string | enum=scrap_reason
loss_amount_idr | Kerugian (Rp) | number | min=0; as=rp
is_reworkable | Bisa Rework | boolean | as=ya
""")
DOWNTIME: Final = layout("""
downtime_id | No | string | pk; pat=DT-[0-9]{5}
machine_id | Kode Mesin | string | req; fk=machines
start_at | Mulai Stop | timestamp | req; as=dot
end_at | Jalan Lagi | timestamp | req
duration_min | Durasi (menit) | integer | req; min=0
category | Kategori | string | req; enum=downtime_kind
technician_id | Teknisi (NIK) | string | fk=employees
description | Uraian | string |
""")
MACHINES: Final = layout("""
machine_id | Kode Mesin | string | pk; pat=MC-[0-9]{2}
machine_name | Nama Mesin | string | req
line_name | Line | string | req
maker | Merk | string |
built_year | Thn Buat | integer | min=1980; max=2025
capacity_per_hour_qty | Kap./jam | integer | min=0
purchase_amount_idr | Nilai Perolehan | number | min=0; as=million
status | Kondisi | string | req; enum=machine_status
""")
SHIFT_SCHEDULE: Final = layout("""
shift_date | Tgl | date | pk; as=d/m/yyyy
shift | Shift | string | pk; enum=shift
supervisor_id | Supervisor | string | fk=employees
start_time | Jam Mulai | time | req
end_time | Jam Selesai | time | req; as=dot
headcount_qty | Jml Orang | integer | min=0
is_overtime | Lembur? | boolean |
""")
MAINTENANCE: Final = layout("""
maintenance_id | No PM | string | pk; pat=PM-[0-9]{4}
machine_id | Mesin | string | req; fk=machines
planned_date | Tgl Rencana | date | req; as=dmy
done_date | Tgl Realisasi | date |
maintenance_kind | Jenis PM | string | req; enum=pm_kind
cost_idr | Biaya | number | min=0
technician_id | Teknisi | string | fk=employees
is_done | Sudah? | boolean | req; as=ya
""")
OUTPUT: Final = layout("""
output_id | ID Hasil | string | pk; pat=OP-[0-9]{6}
batch_id | No. Batch | string | req; fk=batches
output_date | Tgl | date | req
shift | Shift | string | req; enum=shift
good_qty | OK (pcs) | integer | req; min=0
reject_qty | NG (pcs) | integer | req; min=0
run_hours | Jam Jalan | number | min=0
operator_id | NIK Operator | string | fk=employees
""")
UTILITIES: Final = layout("""
reading_date | Tgl Baca | date | pk
meter | Meter | string | pk; enum=meter; case=upper
start_reading | Angka Awal | number | req; min=0
end_reading | Angka Akhir | number | req; min=0
usage_volume | Pemakaian | number | req; min=0; as=id
cost_idr | Biaya (Rp) | number | min=0
reader_id | Petugas | string | fk=employees
""")

PRODUCTION: Final = WorkbookPlan(
    "Production_Master",
    (
        TabPlan(
            "batches",
            "Batch Produksi",
            BATCHES,
            ("LAPORAN BATCH PRODUKSI 2025", "Plant Cikarang", ""),
        ),
        TabPlan("bom", "BOM / Resep", BOM, merges=("sku",)),
        TabPlan("material_usage", "Pemakaian Bahan", MATERIAL_USAGE),
        TabPlan("scrap", "Scrap & Reject", SCRAP, totals="middle"),
        TabPlan("downtime", "Downtime Mesin", DOWNTIME),
        TabPlan("machines", "Mesin", MACHINES, ("Daftar Mesin Pabrik",), hides_every=12),
        TabPlan(
            "shift_schedule",
            "Jadwal Shift",
            SHIFT_SCHEDULE,
            prepared=(("headcount_qty", 0), ("is_overtime", False)),
            prepared_to=1180,
        ),
        TabPlan("maintenance", "PM Mesin", MAINTENANCE, totals="end"),
        TabPlan("output_q1", "Hasil Q1", OUTPUT, totals="end"),
        TabPlan("output_q2", "Hasil Q2", typed(OUTPUT, output_date="dmy"), totals="end"),
        TabPlan("output_q3", "Hasil Q3", typed(OUTPUT, good_qty="id"), ("HASIL PRODUKSI", "")),
        TabPlan("output_q4", "Hasil Q4 (sementara)", typed(OUTPUT, output_date="day")),
        TabPlan(
            "utilities",
            "Listrik & Air",
            UTILITIES,
            ("PEMAKAIAN UTILITAS", "Sumber: meter panel", ""),
        ),
    ),
)
