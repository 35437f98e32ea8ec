"""Tabs about goods: stock, prices, purchases, production, deliveries."""

# ruff: noqa: E501

from typing import Final

from candid_assets_tests.discovery.corpus_whole import Shape

GOODS: Final = (
    Shape("stock count", "no, padded, goods, unit, int, int, zint, note?", """
t BERITA ACARA STOK OPNAME
t Gudang : Cimahi
t Tanggal : 31 Januari 2025
-
h No|Kode|Nama Barang|Satuan|Stok Sistem|Stok Fisik|Selisih|Keterangan
d 26
s |||Total|{all}|{all}|{all}
-
n Dibuat oleh,|||Diperiksa,
"""),
    Shape("stock card", "date, proof, text, zint, zint, int", """
t KARTU STOK
t Nama Barang : Semen 50kg
t Satuan : sak
h Tanggal|No Bukti|Keterangan|Masuk|Keluar|Sisa
s ||Stok awal|||=120
d 19
"""),
    Shape("stock movement over three header rows", "code, goods, int, zint, zint, zint, zint, int", """
t LAPORAN MUTASI PERSEDIAAN
h Kode|Nama Barang|Awal|Mutasi|<|<|<|Akhir
h ^|^|^|Masuk|<|Keluar|<|^
h ^|^|^|Beli|Retur|Jual|Rusak|^
d 24
s Total||{all}|{all}|{all}|{all}|{all}|{all}
"""),
    Shape("price list by group", "sku, goods, unit, rp, rp", """
t DAFTAR HARGA
t Berlaku mulai 1 Februari 2025
h Kode|Nama Produk|Satuan|Harga Grosir|Harga Eceran
g MAKANAN
d 8
g MINUMAN
d 7
g ALAT TULIS
d 9
n * Harga sewaktu-waktu dapat berubah
"""),
    Shape("price list in english", "code, item, pack, usd, pct", """
t ACME Trading Ltd.
t Wholesale price list, valid from 1 March 2025
-
h Item Code|Description|Pack Size|Unit Price|Discount
d 28
n Prices exclude VAT
""", "en_US"),
    Shape("bill of materials", "code, item, unit, dec, usd, usd", """
t BILL OF MATERIALS
t Product: Chair 01|||Rev: B
h Part No|Part Name|UOM|Qty per Unit|Unit Cost|Extended Cost
d 21
s Total material cost|||||{all}
""", "en_US"),
    Shape("recipe costs", "goods, dec, unit, money, money", """
h Bahan|Takaran|Satuan|Harga Satuan|Biaya
h ^|(gr/ml)|^|(Rp)|(Rp)
d 16
s Total HPP||||{all}
s HPP per porsi||||=12500
"""),
    Shape("purchases by supplier", "date, inv, goods, qty, price, total", """
t REKAP PEMBELIAN
h Tgl|No Nota|Barang|Qty|Harga|Jumlah
g Supplier : CV Abadi
d 7
s |||{sum}||{sum}
g Supplier : UD Makmur
d 6
s |||{sum}||{sum}
g Supplier : Toko Lima
d 8
s |||{sum}||{sum}
"""),
    Shape("production by shift", "date, mark, goods, int, zint, rate", """
t LAPORAN PRODUKSI HARIAN
h Tanggal|Shift|Produk|Hasil|<|% Reject
h ^|^|^|Baik|Reject|^
d 30
s Total|||{all}|{all}
s Rata-rata|||{avg}|{avg}|{avg}
s Tertinggi|||{max}|{max}|{max}
s Terendah|||{min}|{min}|{min}
"""),
    Shape("fixed assets", "no, code, goods, ldate, money, int, money, money", """
t DAFTAR ASET TETAP
h No|Kode Aset|Nama Aset|Tgl Perolehan|Harga Perolehan|Umur (bln)|Penyusutan|Nilai Buku
d 22
s Jumlah||||{all}||{all}|{all}
"""),
    Shape("deliveries", "tdate, inv, person, addr, plate, dtime, state", """
h Tgl Kirim|No SJ|Penerima|Alamat Tujuan|No Polisi|Jam Berangkat|Ket Bayar
d 34
"""),
    Shape("barcodes", "ean, goods, size, money, int", """
h Barcode|Nama|Ukuran|Harga Jual|Stok
d 40
"""),
    Shape("inventory in english", "sku, item, place, int, int, usd, idate", """
t Inventory On Hand
h SKU|Item Name|Warehouse|Qty On Hand|Reorder Level|Unit Cost|Last Counted
d 30
s TOTAL|||{all}||{all}
s COUNT|||{n}
""", "en_US"),
    Shape("egg farm", "date, int, zint, int, dec, dec", """
t RECORDING KANDANG 3
h Tgl|Populasi|Mati|Produksi|<|FCR
h ^|(ekor)|(ekor)|Butir|Kg|^
d 28
s Jumlah||{all}|{all}|{all}
"""),
    Shape("size matrix", "code, goods, zint, zint, zint, zint, int", """
h Artikel|Nama|Ukuran|<|<|<|Total
h ^|^|S|M|L|XL|^
d 20
s TOTAL||{all}|{all}|{all}|{all}|{all}
"""),
    Shape("fuel log", "date, plate, staff, int, tdec, rp", """
t LOG BBM KENDARAAN
h Tanggal|Nopol|Driver|KM|Liter|Total (Rp)
d 25
-
s ||||{all}|{all}
"""),
    Shape("material requests with blank rows", "no, goods, dec, unit, money, money", """
t RENCANA ANGGARAN BIAYA
t Pekerjaan : Pagar
h No|Uraian Pekerjaan|Volume|Satuan|Harga Satuan|Jumlah Harga
g I. PEKERJAAN PERSIAPAN
d 4
s |Sub total I||||{sum}
-
g II. PEKERJAAN STRUKTUR
d 9
s |Sub total II||||{sum}
-
g III. FINISHING
d 8
s |Sub total III||||{sum}
-
s |TOTAL||||{all}
"""),
    Shape("menu with yes and no", "code, goods, kind, tmoney, ya, bool", """
h Kode Menu|Nama Menu|Kategori|Harga|Aktif?|Tampil
d 36
"""),
)  # fmt: skip
