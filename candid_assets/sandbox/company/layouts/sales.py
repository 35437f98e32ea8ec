"""Sales_MASTER: a year of order lines, targets, visits and marketing."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout, typed

ORDERS_FIRST_HALF: Final = layout("""
order_line_id | No Baris | string | pk; pat=SL-[0-9]{7}
order_id | No Order | string | req; pat=SO-[0-9]{6}
order_date | Tgl | date | req
outlet_id | Kode Outlet | string | fk=outlets
distributor_id | Kode Dist. | string | fk=distributors
sku | Kode SKU | string | req; fk=products; case=upper
qty | Qty | integer | req; min=1
unit_price_idr | Harga Satuan | number | req; min=0
discount_pct | Disc % | number | pct; min=0; max=1
net_amount_idr | Jumlah (Rp) | number | req; min=0
salesman_id | Salesman | string | req; fk=employees
promo_id | Kode Promo | string | fk=promotions
status | Status | string | req; enum=order_status
""")
ORDERS_SECOND_HALF: Final = layout("""
order_date | Tanggal Order | date | req
order_id | No SO | string | req; pat=SO-[0-9]{6}
order_line_id | ID Baris | string | pk; pat=SL-[0-9]{7}
distributor_id | Distributor | string | fk=distributors; as=dash
outlet_id | Outlet | string | fk=outlets; as=dash
sku | SKU | string | req; fk=products; case=upper
qty | Jml Pcs | integer | req; min=1
unit_price_idr | Harga/pcs (Rp) | number | req; min=0; as=rp
discount_pct | Diskon | number | pct; min=0; max=1; as=pct
net_amount_idr | Nilai Netto (Rp) | number | req; min=0
salesman_id | NIK Sales | string | req; fk=employees
promo_id | Promo | string | fk=promotions
status | Status Order | string | req; enum=order_status
note | Catatan | string |
""")
RETURNS: Final = layout("""
return_id | No Retur | string | pk; pat=RT-[0-9]{5}
return_date | Tgl Retur | date | req; as=dmy
invoice_id | No Faktur | string | req; fk=invoices
sku | Kode Barang | string | req; fk=products
qty | Qty Retur | integer | req; min=1
reason | Alasan | string | req; enum=return_reason
credit_amount_idr | Nilai Nota Kredit | number | req; min=0; as=rp
condition | Kondisi | string | enum=condition
warehouse_id | Gudang Terima | string | fk=warehouses
is_approved | Disetujui | boolean | as=ya
""")
SELL_OUT: Final = layout("""
sell_out_id | ID | string | pk; pat=SOT-[0-9]{6}
week_end_date | Minggu Berakhir | date | req; as=dd-mmm-yy
outlet_id | Outlet | string | req; fk=outlets
sku | SKU | string | req; fk=products
qty | Terjual (pcs) | integer | req; min=0
amount_idr | Omzet (Rp) | number | req; min=0; as=id
shelf_stock_qty | Sisa di Rak | integer | min=0
source | Sumber Data | string | enum=sell_out_source
""")
VISITS: Final = layout("""
visit_id | Kode Kunjungan | string | pk; pat=VST-[0-9]{6}
visit_date | Tgl Kunjungan | date | req; as=short
salesman_id | NIK | string | req; fk=employees
outlet_id | Kode Toko | string | req; fk=outlets
check_in_time | Jam Masuk | time | req
check_out_time | Jam Keluar | time | as=dot
result | Hasil | string | req; enum=visit_result
order_amount_idr | Nilai Order | number | min=0
distance_km | Jarak (km) | number | min=0
has_photo | Ada Foto? | boolean | as=ya
note | Ket. | string |
""")
TARGETS: Final = layout("""
salesman_id | NIK | string | pk; fk=employees
period_date | Periode | date | pk; as=mmm yyyy
category | Kategori | string | pk; enum=category
salesman_name | Nama Sales | string |
target_qty | Target Qty | integer | req; min=0
target_amount_idr | Target Omzet (Rp) | number | req; min=0
stretch_pct | Stretch | number | pct; min=0; max=1
approved_date | Tgl Approve | date |
""")
PROMOTIONS: Final = layout("""
promo_id | Kode Promo | string | pk; pat=PRM-[0-9]{3}
promo_name | Nama Promo | string | req
promo_kind | Jenis Promo | string | req; enum=promo_kind
campaign_id | Campaign | string | fk=campaigns
start_date | Mulai | date | req; as=long
end_date | Selesai | date | req; as=long
discount_pct | Potongan | number | pct; min=0; max=1; as=pct
channel_id | Channel | string | fk=channels
budget_idr | Budget (Rp) | number | req; min=0; as=million
is_stackable | Boleh Digabung | boolean | as=ya
""")
CAMPAIGNS: Final = layout("""
campaign_id | ID Campaign | string | pk; pat=CMP-[0-9]{3}
campaign_name | Nama Campaign | string | req
objective | Tujuan | string |
start_date | Tgl Mulai | date | req; as=day
end_date | Tgl Selesai | date | req; as=day
owner_id | PIC (NIK) | string | fk=employees
budget_idr | Anggaran | number | req; min=0; as=rp
actual_spend_idr | Realisasi (Rp) | number | req; min=0
reach_target | Target Reach | integer | min=0; as=id
status | Status | string | req; enum=campaign_status
""")
PROMO_SPEND: Final = layout("""
spend_id | No Bukti | string | pk; pat=BP-[0-9]{5}
spend_date | Tgl | date | req
campaign_id | ID Campaign | string | req; fk=campaigns
media | Media | string | req; enum=media
vendor_name | Vendor | string |
amount_idr | Biaya (Rp) | number | req; min=0; as=id
account_code | Akun | string | fk=accounts
is_paid | Lunas? | boolean | as=ya
note | Keterangan | string |
""")
SURVEY: Final = layout("""
response_id | Response ID | string | pk; pat=SV-[0-9]{5}
submitted_at | Timestamp | timestamp | req
gender | Jenis Kelamin | string | enum=gender; case=upper
age | Usia | integer | min=10; max=99
city | Kota Domisili | string |
sku | Produk yang Dipakai | string | req; fk=products
nps_score | Skor Rekomendasi (0-10) | integer | req; min=0; max=10
price_score | Nilai Harga (1-5) | integer | min=1; max=5
will_buy_again | Beli Lagi? | boolean | as=ya
comment | Saran / Kritik | string |
""")

_ORDER_TITLE: Final = "PENJUALAN BULANAN"
_ORDERS: Final = (
    TabPlan("orders_jan25", "Jan25", ORDERS_FIRST_HALF, totals="end"),
    TabPlan("orders_feb25", "Feb25", typed(ORDERS_FIRST_HALF, order_date="dmy")),
    TabPlan("orders_mar25", "Mar25", ORDERS_FIRST_HALF, (_ORDER_TITLE, "Periode: Maret 2025", "")),
    TabPlan("orders_apr25", "Apr25", typed(ORDERS_FIRST_HALF, net_amount_idr="rp"), totals="end"),
    TabPlan("orders_mei25", "Mei25", typed(ORDERS_FIRST_HALF, order_date="short"), totals="middle"),
    TabPlan("orders_jun25", "Jun25", typed(ORDERS_FIRST_HALF, discount_pct="pct")),
    TabPlan("orders_jul25", "Jul25", ORDERS_SECOND_HALF, totals="end"),
    TabPlan("orders_agu25", "Agu25", typed(ORDERS_SECOND_HALF, order_date="d mmm yyyy")),
    TabPlan("orders_sep25", "Sep25", ORDERS_SECOND_HALF, (_ORDER_TITLE, "Periode: Sept 2025")),
    TabPlan("orders_okt25", "Okt25", typed(ORDERS_SECOND_HALF, order_date="iso"), totals="middle"),
    TabPlan("orders_nov25", "Nov25", typed(ORDERS_SECOND_HALF, net_amount_idr="id")),
    TabPlan("orders_des25", "Des25", typed(ORDERS_SECOND_HALF, order_date="long"), totals="end"),
)

SALES: Final = WorkbookPlan(
    "Sales_MASTER",
    (
        *_ORDERS,
        TabPlan("targets_q1", "Q1", TARGETS),
        TabPlan("targets_q2", "Q2", typed(TARGETS, target_amount_idr="id")),
        TabPlan("targets_q3", "Q3", TARGETS, ("TARGET Q3 2025", ""), totals="end"),
        TabPlan("targets_q4", "Q4", typed(TARGETS, stretch_pct="pct"), totals="end"),
        TabPlan("returns", "Retur Penjualan", RETURNS, ("REKAP RETUR", ""), totals="end"),
        TabPlan("sell_out", "Sell Out Outlet (mingguan)", SELL_OUT),
        TabPlan("visits", "Kunjungan Sales", VISITS),
        TabPlan("promotions", "Promo Jan-Des '25", PROMOTIONS, ("KALENDER PROMO 2025",)),
        TabPlan("campaigns", "Campaign Marketing", CAMPAIGNS, totals="end"),
        TabPlan("promo_spend", "Biaya Promosi", PROMO_SPEND, totals="middle"),
        TabPlan("survey", "Survey Konsumen - jawaban form", SURVEY),
    ),
)
