"""Finance_Master: invoices, payments, ledgers and the people's files."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout

INVOICES: Final = layout("""
invoice_id | No Faktur | string | pk; pat=INV-[0-9]{6}; case=upper
order_id | No SO | string | req; pat=SO-[0-9]{6}
invoice_date | Tgl Faktur | date | req
due_date | Jatuh Tempo | date | req
outlet_id | Outlet | string | fk=outlets
distributor_id | Distributor | string | fk=distributors
net_amount_idr | DPP (Rp) | number | req; min=0
vat_amount_idr | PPN 11% | number | req; min=0
total_amount_idr | Total Faktur | number | req; min=0
tax_invoice_number | No Seri FP | string | pat=010[0-9]{13}
status | Status | string | req; enum=invoice_status
""")
PAYMENTS: Final = layout("""
payment_id | No Bukti | string | pk; pat=PB-[0-9]{6}
payment_date | Tgl Bayar | date | req; as=dmy
invoice_id | No Faktur | string | req; fk=invoices
amount_idr | Nominal (Rp) | number | req; min=0; as=id
method | Cara Bayar | string | req; enum=payment_method
bank | Bank | string | enum=bank; as=dash
reference | Ref. Bank | string |
received_by | Kasir (NIK) | string | fk=employees
""")
RECEIVABLES: Final = layout("""
invoice_id | No Faktur | string | pk; fk=invoices
open_amount_idr | Sisa Piutang (Rp) | number | req; min=0; as=rp
due_date | Jatuh Tempo | date | req
overdue_days | Lewat JT (hari) | integer | min=0
ageing_bucket | Umur | string | req; enum=ageing
collector_id | Kolektor | string | fk=employees
is_disputed | Sengketa | boolean | as=ya
""")
EXPENSES: Final = layout("""
expense_id | No Voucher | string | pk; pat=BK-[0-9]{5}
expense_date | Tgl | date | req; as=d mmm yyyy
department_id | Dept | string | req; fk=departments
account_code | Kode Akun | string | req; fk=accounts
description | Uraian | string | req
amount_idr | Jumlah | number | req; min=0
supplier_id | Supplier | string | fk=suppliers
approved_by | Disetujui (NIK) | string | fk=employees
is_reimbursed | Reimburse | boolean | as=ya
""")
BUDGET: Final = layout("""
account_code | Kode Akun | string | pk; fk=accounts
period_date | Bulan | date | pk; as=mmm yyyy
budget_amount_idr | Anggaran (Rp) | number | req; min=0; as=id
revised_amount_idr | Revisi (Rp) | number | min=0
approved_date | Tgl Approve | date |
note | Catatan | string |
""")
PAYABLES: Final = layout("""
bill_id | No Tagihan | string | pk; pat=TG-[0-9]{5}
supplier_id | Supplier | string | req; fk=suppliers
bill_date | Tgl Tagihan | date | req
due_date | JT | date | req; as=short
amount_idr | Nilai Tagihan | number | req; min=0
paid_amount_idr | Sudah Dibayar | number | req; min=0; as=id
open_amount_idr | Sisa Hutang | number | req; min=0
status | Status | string | req; enum=bill_status
""")
JOURNAL: Final = layout("""
journal_id | No Jurnal | string | pk; pat=JU-[0-9]{5}
line_number | Baris | integer | pk; min=1
journal_date | Tanggal | date | req
account_code | Akun | string | req; fk=accounts
debit_idr | Debet | number | req; min=0
credit_idr | Kredit | number | req; min=0
description | Keterangan | string |
""")
PAYROLL: Final = layout("""
period_date | Periode | date | pk; as=mmm yyyy
employee_id | NIK | string | pk; fk=employees
base_salary_idr | Gaji Pokok | number | req; min=0
allowance_idr | Tunjangan | number | req; min=0
overtime_idr | Lembur | number | req; min=0
deduction_idr | Potongan | number | req; min=0
net_pay_idr | THP (Rp) | number | req; min=0; as=id
bank_account | No Rekening | string | pat=0[0-9]{9}
paid_date | Tgl Transfer | date | req; as=dmy
""")
ATTENDANCE: Final = layout("""
week_end_date | Minggu s/d | date | pk
employee_id | NIK | string | pk; fk=employees
present_days | Hadir | integer | req; min=0; max=7
sick_days | Sakit | integer | req; min=0; max=7
absent_days | Alpa | integer | req; min=0; max=7
late_minutes | Telat (mnt) | integer | min=0
first_in_time | Jam Masuk Rata2 | time |
overtime_hours | Lembur (jam) | number | min=0
""")
LEAVE: Final = layout("""
leave_id | No Form | string | pk; pat=CT-[0-9]{5}
employee_id | NIK | string | req; fk=employees
leave_kind | Jenis | string | req; enum=leave_kind
start_date | Mulai | date | req; as=long
end_date | Sampai | date | req; as=long
leave_days | Jml Hari | integer | req; min=1
approved_by | Atasan (NIK) | string | fk=employees
status | Status | string | req; enum=leave_status
""")
TRAINING: Final = layout("""
training_id | No | string | pk; pat=TR-[0-9]{4}
employee_id | NIK Peserta | string | req; fk=employees
training_name | Nama Pelatihan | string | req
training_date | Tgl | date | req
duration_hours | Durasi (jam) | number | min=0
score | Nilai | number | min=0; max=100
cost_idr | Biaya | number | min=0; as=thousand
is_passed | Lulus | boolean | as=ya
""")
RECRUITMENT: Final = layout("""
candidate_id | No Pelamar | string | pk; pat=RC-[0-9]{4}
candidate_name | Nama | string | req
phone | No HP | string | phone
department_id | Untuk Dept | string | req; fk=departments
applied_date | Tgl Lamar | date | req; as=iso
stage | Tahap | string | req; enum=stage
source | Sumber | string | enum=recruit_source
expected_salary_idr | Gaji Diharapkan | number | min=0; as=million
""")
FIXED_ASSETS: Final = layout("""
asset_id | Kode Aset | string | pk; pat=AT-[0-9]{4}
asset_name | Nama Aset | string | req
asset_kind | Golongan | string | req; enum=asset_kind
acquired_date | Tgl Perolehan | date | req
cost_idr | Harga Perolehan | number | req; min=0; fmt=[$Rp-421]#,##0
depreciation_idr | Akum. Penyusutan | number | req; max=0; as=acc
book_value_idr | Nilai Buku | number | req; min=0; fmt=[$Rp-421]#,##0
department_id | Lokasi Dept | string | fk=departments
""")

FINANCE: Final = WorkbookPlan(
    "Finance_Master",
    (
        TabPlan(
            "invoices",
            "Faktur Penjualan",
            INVOICES,
            ("DAFTAR FAKTUR 2025", "PT Candid Indonesia", ""),
        ),
        TabPlan("payments", "Pembayaran", PAYMENTS),
        TabPlan(
            "receivables", "Piutang", RECEIVABLES, ("PIUTANG USAHA", "per 31 Desember 2025"), "end"
        ),
        TabPlan("expenses", "Biaya Operasional", EXPENSES, totals="middle"),
        TabPlan("budget", "Anggaran 2025", BUDGET),
        TabPlan("payables", "Hutang Usaha", PAYABLES, totals="end"),
        TabPlan("journal", "Jurnal Umum", JOURNAL, totals="end"),
        TabPlan("payroll", "Payroll", PAYROLL),
        TabPlan("attendance", "Absensi (rekap mingguan)", ATTENDANCE),
        TabPlan("leave", "Cuti & Izin", LEAVE),
        TabPlan("training", "Pelatihan", TRAINING, totals="end"),
        TabPlan("recruitment", "Rekrutmen", RECRUITMENT),
        TabPlan("fixed_assets", "Aset Tetap", FIXED_ASSETS, ("DAFTAR ASET TETAP", ""), "end"),
    ),
)
