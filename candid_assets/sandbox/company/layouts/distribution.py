"""SKD_Control: what distributor SKD Cahaya Jaya buys, sells and holds."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout

SELL_IN: Final = layout("""
receipt_line_id | No Terima | string | pk; pat=SI-[0-9]{6}
order_id | No SO Candid | string | req; pat=SO-[0-9]{6}
invoice_id | No Faktur | string | req; fk=invoices
receipt_date | Tgl Terima | date | req
sku | Kode SKU | string | req; fk=products
qty | Qty Terima | integer | req; min=1
unit_price_idr | Harga Beli | number | req; min=0
amount_idr | Nilai Beli (Rp) | number | req; min=0; as=id
received_by | Diterima Oleh | string |
""")
SELL_OUT: Final = layout("""
sell_out_id | No Nota | string | pk; pat=SKD-[0-9]{6}
sale_date | Tgl Nota | date | req; as=dmy
outlet_id | Kode Toko | string | req; fk=outlets
sku | SKU | string | req; fk=products
qty | Qty | integer | req; min=1
unit_price_idr | Harga | number | req; min=0
amount_idr | Total (Rp) | number | req; min=0
salesman_code | Sales | string | fk=skd_salesmen
payment_kind | Bayar | string | enum=payment_kind
""")
STOCK_MONTHLY: Final = layout("""
period_date | Bulan | date | pk; as=mmmm yyyy
sku | SKU | string | pk; fk=products
opening_qty | Stok Awal | integer | req; min=0
sell_in_qty | Masuk | integer | req; min=0
sell_out_qty | Keluar | integer | req; min=0
closing_qty | Stok Akhir | integer | req; min=0
cover_days | Hari Stok | number | min=0
""")
DELIVERIES: Final = layout("""
delivery_id | No Surat Jalan | string | pk; pat=SJ-[0-9]{5}
order_id | No SO | string | req; pat=SO-[0-9]{6}
invoice_id | Faktur | string | req; fk=invoices
departed_at | Berangkat | timestamp | req
arrived_at | Tiba | timestamp | req; as=wib
delivered_qty | Total Qty | integer | req; min=0
driver_name | Sopir | string |
plate_number | No Polisi | string |
freight_cost_idr | Ongkos Kirim | number | min=0; as=thousand
is_on_time | Tepat Waktu | boolean | req; as=ya
""")
SERVICE_LEVEL: Final = layout("""
period_date | Bulan | date | pk; as=mmm yyyy
category | Kategori | string | pk; enum=category
ordered_qty | Dipesan | integer | req; min=0
delivered_qty | Terkirim | integer | req; min=0
fill_rate_pct | Fill Rate | number | pct; min=0; max=1; as=pct
late_order_qty | Order Telat | integer | min=0
note | Ket | string |
""")
COVERAGE: Final = layout("""
outlet_id | Kode Toko | string | pk; fk=outlets
salesman_code | Sales | string | req; fk=skd_salesmen
visits_per_month_qty | Frek./bln | integer | min=0
last_order_date | Order Terakhir | date | as=long
year_amount_idr | Omzet 2025 (Rp) | number | req; min=0
outlet_class | Kelas | string | enum=outlet_class; case=upper
is_active | Aktif | boolean | req; as=ya
""")
SALESMEN: Final = layout("""
salesman_code | Kode Sales | string | pk; pat=SKD[0-9]{2}
salesman_name | Nama | string | req
phone | HP | string | phone
join_date | Tgl Masuk | date | as=long
territory_id | Area | string | fk=territories
target_amount_idr | Target/bln | number | min=0; as=million
is_active | Aktif? | boolean | req; as=ya
""")
CLAIMS: Final = layout("""
claim_id | No Klaim | string | pk; pat=CL-[0-9]{4}
claim_date | Tgl Klaim | date | req; as=dots
claim_kind | Jenis | string | req; enum=claim_kind
promo_id | Kode Promo | string | fk=promotions
claimed_amount_idr | Diajukan (Rp) | number | req; min=0; as=rp
approved_amount_idr | Disetujui (Rp) | number | min=0
status | Status | string | req; enum=claim_status
paid_date | Tgl Bayar | date |
""")
PRICES: Final = layout("""
sku | Kode | string | pk; fk=products
buy_price_idr | Harga Beli | number | req; min=0
sell_price_idr | Harga Jual | number | req; min=0; as=id
margin_pct | Margin % | number | pct; min=0; max=1
effective_date | Efektif | date | req
note | Ket. | string |
""")

DISTRIBUTION: Final = WorkbookPlan(
    "SKD_Control",
    (
        TabPlan(
            "sell_in", "Sell In dari Candid", SELL_IN, ("SKD CAHAYA JAYA", "Penerimaan 2025", "")
        ),
        TabPlan("sell_out", "Sell Out SKD", SELL_OUT),
        TabPlan("stock_monthly", "Stok Bulanan", STOCK_MONTHLY, totals="end"),
        TabPlan("deliveries", "Pengiriman", DELIVERIES),
        TabPlan("service_level", "Service Level", SERVICE_LEVEL, merges=("period_date",)),
        TabPlan("coverage", "Coverage Outlet SKD", COVERAGE, totals="end"),
        TabPlan("salesmen", "Salesman SKD", SALESMEN, ("Tim Sales SKD", "")),
        TabPlan("claims", "Klaim ke Candid", CLAIMS, totals="middle"),
        TabPlan("prices", "Harga Jual SKD", PRICES),
    ),
)
