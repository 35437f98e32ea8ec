"""CandidLabs_Control_Centre: samples, test results, stability and complaints."""

from typing import Final

from candid_assets.sandbox.company.layout import Chart, TabPlan, WorkbookPlan, layout

SAMPLES: Final = layout("""
sample_id | No Sampel | string | pk; pat=LS-[0-9]{5}
batch_id | No Batch | string | req; fk=batches
sku | Kode SKU | string | req; fk=products
sampled_at | Waktu Sampling | timestamp | req; as=wib
received_date | Tgl Terima Lab | date | req
sample_kind | Jenis Sampel | string | req; enum=sample_kind
sampler_id | Petugas | string | fk=employees
verdict | Kesimpulan | string | req; enum=verdict
remark | Catatan | string |
""")
METHODS: Final = layout("""
method_id | Kode Metode | string | pk; pat=MT-[0-9]{2}
method_name | Nama Metode | string | req
parameter | Parameter | string | req
result_unit | Satuan Hasil | string |
duration_hours | Lama Uji (jam) | number | min=0; as=span
standard | Acuan | string |
is_accredited | KAN? | boolean | as=ya
""")
SPECIFICATIONS: Final = layout("""
sku | SKU | string | pk; fk=products
method_id | Metode | string | pk; fk=methods
minimum_value | Min | number | req; dec=3
target_value | Target | number | dec=3
maximum_value | Maks | number | req; dec=3
is_critical | Kritis | boolean | as=ya
revised_date | Tgl Revisi | date | as=dots
""")
RESULTS: Final = layout("""
result_id | ID Hasil | string | pk; pat=LR-[0-9]{6}
sample_id | No Sampel | string | req; fk=samples
method_id | Metode | string | req; fk=methods
tested_at | Tgl & Jam Uji | timestamp | req
result_value | Hasil | number | req; dec=3
result_unit | Satuan | string |
verdict | L/G | string | req; enum=verdict
analyst_id | Analis (NIK) | string | fk=employees
instrument_id | Alat | string | fk=instruments
is_retest | Uji Ulang | boolean |
""")
STABILITY: Final = layout("""
stability_id | No Uji | string | pk; pat=ST-[0-9]{5}
batch_id | Batch | string | req; fk=batches
condition | Kondisi Simpan | string | req; enum=stability_condition
month_point | Bulan ke- | integer | req; min=0; max=24
pulled_date | Tgl Ambil | date | req; as=short
acidity_ph | pH | number | min=0; max=14
viscosity_cps | Viskositas (cPs) | number | min=0; as=id
appearance | Penampakan | string | enum=appearance
is_passed | Memenuhi? | boolean | req; as=ya
""")
COMPLAINTS: Final = layout("""
complaint_id | No Keluhan | string | pk; pat=KP-[0-9]{5}
received_at | Diterima | timestamp | req
outlet_id | Outlet | string | fk=outlets
sku | Produk (SKU) | string | req; fk=products
batch_id | No Batch | string | fk=batches; as=dash
category | Jenis Keluhan | string | req; enum=complaint_kind
severity | Tingkat | string | req; enum=severity
customer_phone | HP Pelanggan | string | phone
description | Isi Keluhan | string |
compensation_idr | Kompensasi (Rp) | number | min=0; as=rp
resolved_date | Tgl Selesai | date | as=dmy
is_valid | Valid | boolean | as=ya
""")
INSTRUMENTS: Final = layout("""
instrument_id | Kode Alat | string | pk; pat=AL-[0-9]{2}
instrument_name | Nama Alat | string | req
maker | Merk | string |
serial_number | No Seri | string | req; pat=0[0-9]{7}; as=padded
room | Ruang | string |
purchase_date | Tgl Beli | date | as=long
purchase_amount_idr | Harga Beli | number | min=0; as=rp
next_calibration_date | Kalibrasi Berikut | date |
is_active | Aktif | boolean | req; as=ya
""")
CALIBRATIONS: Final = layout("""
calibration_id | No Kalibrasi | string | pk; pat=KL-[0-9]{4}
instrument_id | Alat | string | req; fk=instruments
calibration_date | Tgl Kalibrasi | date | req
vendor_name | Lembaga | string |
result | Hasil | string | req; enum=calibration_result; case=upper
deviation_pct | Deviasi | number | pct; as=pct
certificate_number | No Sertifikat | string |
cost_idr | Biaya | number | min=0; as=thousand
""")
CAPA: Final = layout("""
capa_id | No CAPA | string | pk; pat=CP-[0-9]{3}
opened_date | Tgl Buka | date | req; as=day
source | Sumber | string | req; enum=capa_source
complaint_id | No Keluhan | string | fk=complaints
root_cause | Akar Masalah | string |
action | Tindakan | string |
owner_id | PIC (NIK) | string | fk=employees
due_date | Batas Waktu | date | req
closed_date | Tgl Tutup | date |
status | Status | string | req; enum=capa_status
""")

LABS: Final = WorkbookPlan(
    "CandidLabs_Control_Centre",
    (
        TabPlan("samples", "Sampel", SAMPLES, ("CANDID LABS - REGISTER SAMPEL", "")),
        TabPlan("methods", "Metode Uji", METHODS, table="MetodeUji"),
        TabPlan("specifications", "Spesifikasi", SPECIFICATIONS),
        TabPlan("results", "Hasil Uji", RESULTS),
        TabPlan("stability", "Uji Stabilitas", STABILITY),
        TabPlan("complaints", "Keluhan Pelanggan", COMPLAINTS, totals="end"),
        TabPlan("instruments", "Alat Lab", INSTRUMENTS, ("INVENTARIS ALAT", "Lab QC lt. 2")),
        TabPlan("calibrations", "Kalibrasi Alat", CALIBRATIONS, totals="end"),
        TabPlan("capa", "CAPA (tindak lanjut)", CAPA),
    ),
    charts=(Chart("Grafik Keluhan", draws="complaints"),),
)
