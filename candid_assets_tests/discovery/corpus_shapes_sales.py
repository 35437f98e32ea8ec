"""Tabs about sales: daily and monthly ones, exports of marketplaces and tills, advertisements."""

# ruff: noqa: E501

from typing import Final

from candid_assets_tests.discovery.corpus_whole import Shape

SALES: Final = (
    Shape("sales by day", "no, date, inv, person, goods, qty, price, total", """
t LAPORAN PENJUALAN
t Periode 1 - 31 Januari 2025
-
h No|Tanggal|No Nota|Pelanggan|Nama Barang|Qty|Harga|Jumlah
d 35
s Jumlah|||||{all}||{all}
"""),
    Shape("sales with subtotals per day and no word", "inv, goods, qty, price, total", """
h Nota|Barang|Qty|Harga|Total
d 5
s ||{sum}||{sum}
d 6
s ||{sum}||{sum}
d 8
s ||{sum}||{sum}
d 5
s ||{sum}||{sum}
"""),
    Shape("sales of outlets beside months", "place, tmoney, tmoney, tmoney, tmoney", """
t OMZET PER OUTLET
t (dalam Rupiah)
h Outlet|Januari|Februari|Maret|Total
d 11
s TOTAL|{all}|{all}|{all}|{all}
s RATA-RATA|{avg}|{avg}|{avg}|{avg}
"""),
    Shape("orders of a marketplace", "shopee, shipped, courier, istamp, sku, goods, rp, int, rp, person, phone, place", """
h No. Pesanan|Status Pesanan|Opsi Pengiriman|Waktu Pesanan Dibuat|Nomor Referensi SKU|Nama Produk|Harga Setelah Diskon|Jumlah|Total Pembayaran|Username (Pembeli)|No. Telepon|Kota/Kabupaten
d 45
"""),
    Shape("orders with a line of descriptions", "order, stage, sku, item, int, money, money, tstamp, place, zip", """
h Order ID|Order Status|Seller SKU|Product Name|Quantity|SKU Unit Original Price|Order Amount|Created Time|Regency and City|Zipcode
c Platform unique order ID.|Current order status.|Seller sku input by the seller.|Platform product name.|SKU sold quantity in the order.|1 SKU original price.|It equals buyer paid amount.|Order created time.|The city of the buyer.|Zip code of the buyer.
d 40
"""),
    Shape("income released by a marketplace", "no, shopee, person, idate, money, loss, money", """
t Laporan Penghasilan
t Username (Penjual)|toko.sumber
t Dari|@2025-01-01
t Ke|@2025-01-31
-
h No.|No. Pesanan|Username (Pembeli)|Tanggal Dana Dilepaskan|Harga Asli Produk|Biaya Administrasi|Total Penghasilan
d 36
"""),
    Shape("till of a cafe", "inv, stamp, kind, goods, qty, price, total, staff", """
h Receipt Number|Date & Time|Category|Items|Quantity|Price|Gross Sales|Served By
d 50
s Total||||{all}||{all}
""", "en_US"),
    Shape("advertisements", "item, int, int, rate, money, dec", """
t Campaign report
t Jan 1, 2025 - Jan 31, 2025
h Campaign|Impressions|Clicks|CTR|Cost (IDR)|Conv.
d 18
s Total: all campaigns|{all}|{all}||{all}|{all}
""", "en_US"),
    Shape("sales pipeline", "item, person, usd, stage, mdate, pct", """
h Opportunity Name|Account Name|Amount|Stage|Close Date|Probability (%)
d 34
""", "en_US"),
    Shape("sales by outlet over groups of columns", "date, int, money, int, money, int, money", """
t REKAP PENJUALAN HARIAN
h Tanggal|Outlet Dago|<|Outlet Buah Batu|<|Jumlah|<
h ^|Trx|Omzet|Trx|Omzet|Trx|Omzet
d 31
s TOTAL|{all}|{all}|{all}|{all}|{all}|{all}
"""),
    Shape("quarters and years", "place, int, money, int, money", """
t Sales by region
h Region|2023|<|2024|<
h ^|Units|Sales|Units|Sales
d 12
s Total|{all}|{all}|{all}|{all}
""", "en_US"),
    Shape("returns", "tdate, inv, goods, zint, tmoney, note", """
t RETUR PENJUALAN
-
-
h TGL|NO NOTA|NAMA BARANG|JML|NILAI|ALASAN
d 17
s ||TOTAL|{all}|{all}
n NB: retur > 7 hari tidak diterima
"""),
    Shape("contract sales in words broken over rows", "no, person, goods, money, money, int", """
h No.|Nama|Nama|Harga|Harga|Sisa
h Urut|Pembeli|Barang|Pokok|Jual|Stok
d 24
"""),
    Shape("orders by hand", "ldate, person, phone, goods, qty, rptight, rptight?, ya", """
t ORDERAN MASUK
h Tgl Pesan|Nama Pemesan|WA|Pesanan|Jml|Harga|DP|Sudah Dikirim
d 28
"""),
    Shape("rents", "no, place, person, dashed, due, tmoney, state", """
t DATA SEWA RUKO
h No|Lokasi|Penyewa|Mulai|Berakhir|Nilai Sewa|Status
d 21
s |||||{all}
"""),
    Shape("top products with ranks", "no, goods, tint, tpct", """
t 20 PRODUK TERLARIS
h Rank|Produk|Terjual|Kontribusi
d 20
s |Lainnya|12.345|3,2%
"""),
    Shape("transactions of a wallet", "istamp, order, kind, item, usd, usd", """
t Balance report
t Opening balance|$1,250.00
-
h Created (UTC)|Transaction ID|Type|Details|Gross|Net
d 40
s Closing balance|||||{last}
""", "en_US"),
    Shape("english orders over two header rows", "code, person, place, mdate, usd, usd, usd", """
t ORDER REGISTER
h Order ID|Customer|<|Shipping|<|Amount|<
h ^|Name|City|Date|Cost|Net|Tax
d 30
s Grand Total||||{all}|{all}|{all}
""", "en_US"),
)  # fmt: skip
