"""Tabs about money: cash books, ledgers, bank statements, receivables, loans, budgets."""

from typing import Final

from candid_assets_tests.discovery.corpus_whole import Shape

MONEY: Final = (
    Shape("daily cash with opening balance", "no, date, proof, text, debit, credit, balance", """
t LAPORAN KAS HARIAN
t TOKO SUMBER REJEKI
-
h No|Tanggal|No Bukti|Uraian|Masuk|Keluar|Saldo
s |||Saldo Awal|||=1500000
d 18
s |||Jumlah|{all}|{all}|{last}
-
n ||||Bandung, 31 Januari 2025
n ||||Mengetahui,
-
n ||||(Hendra Wijaya)
"""),
    Shape("cash book carried over pages", "date, proof, text, tdebit, tcredit, tbalance", """
t BUKU KAS UMUM
t Bulan : Januari 2025
h Tgl|No. Bukti|Keterangan|Penerimaan|Pengeluaran|Saldo
s ||Saldo bulan lalu|||1.500.000
d 12
s ||Jumlah dipindahkan|{all}|{all}|{last}
r Tgl|No. Bukti|Keterangan|Penerimaan|Pengeluaran|Saldo
s ||Pindahan|{all}|{all}|{last}
d 11
s ||Jumlah dipindahkan|{all}|{all}|{last}
"""),
    Shape("petty cash in english", "date, code, item, usd, staff", """
t Petty Cash Log
t Custodian: Ann
-
h Date|Voucher|Description|Amount|Approved By
d 22
-
s Total|||{all}
""", "en_US"),
    Shape("general ledger by account", "date, proof, text, debit, credit, balance", """
t PT MAJU JAYA
t BUKU BESAR
t Periode Januari 2025
h Tanggal|Ref|Keterangan|Debet|Kredit|Saldo
g 1-1100 Kas
d 7
s ||Total Kas|{sum}|{sum}
g 1-1200 Bank BCA
d 9
s ||Total Bank BCA|{sum}|{sum}
g 1-1300 Piutang Usaha
d 6
s ||Total Piutang Usaha|{sum}|{sum}
"""),
    Shape("journal over two header rows", "date, inv, text, account, debit, credit", """
h Tanggal|Bukti|Keterangan|Kode Akun|Jumlah (Rp)|<
h ^|^|^|^|Debit|Kredit
d 26
s ||||{all}|{all}
"""),
    Shape("trial balance", "acctnum, text, money?, money?, money?, money?", """
t NERACA SALDO
t Per 31 Januari 2025
h No Akun|Nama Akun|Saldo Awal|<|Saldo Akhir|<
h ^|^|Debet|Kredit|Debet|Kredit
d 16
s |TOTAL|{all}|{all}|{all}|{all}
"""),
    Shape("bank statement of a personal account", "tdate, bank, branch, emoney, emoney", """
t No. rekening : 1234567890
t Nama : BUDI SANTOSO
t Periode : 01/01/2025 - 31/01/2025
t Kode Mata Uang : IDR
h Tanggal Transaksi|Keterangan|Cabang|Jumlah|Saldo
d 25
n Saldo Awal : 1,500,000.00
n Mutasi Debet : 250,000.00|4
n Mutasi Kredit : 3,250,000.00|9
n Saldo Akhir : 4,500,000.00
""", "en_US"),
    Shape("bank statement of a company", "rek, date, date, bank, debit, credit, balance", """
h AccountNo|Post Date|Val Date|Description|Debit|Credit|Close Balance
d 30
""", "en_US"),
    Shape("receivables by age", "person, tmoney?, tmoney?, tmoney?, tmoney?, tmoney", """
t UMUR PIUTANG
h Pelanggan|Belum JT|1-30 hari|31-60 hari|> 60 hari|Total
d 20
s Total|{all}|{all}|{all}|{all}|{all}
s Persentase|12%|30%|28%|30%|100%
"""),
    Shape("receivables with due dates", "no, inv, ldate, due, person, rp, rp?, state", """
t DAFTAR PIUTANG PELANGGAN
t Update: 5 Februari 2025
-
h No|No. Faktur|Tgl Faktur|Jatuh Tempo|Customer|Nilai Faktur|Dibayar|Status
d 24
s Jumlah|||||{all}|{all}
n Ket: DP = uang muka
"""),
    Shape("supplier debts by supplier", "date, inv, money, money?, money", """
t KARTU HUTANG
h Tanggal|No Nota|Pembelian|Pembayaran|Sisa
g CV Abadi
d 6
s Subtotal||{sum}|{sum}|{sum}
g UD Makmur
d 5
s Subtotal||{sum}|{sum}|{sum}
g PT Sentosa
d 8
s Subtotal||{sum}|{sum}|{sum}
s Grand Total||{all}|{all}|{all}
"""),
    Shape("loan schedule", "no, date, money, money, money, cents", """
t JADWAL ANGSURAN PINJAMAN
t Nama|Siti Aminah
t Plafon|=120000000
t Bunga|=0.12
-
h Bulan Ke|Jatuh Tempo|Pokok|Bunga|Total Angsuran|Sisa Pinjaman
d 24
s Total||{all}|{all}|{all}
"""),
    Shape("budget and result", "account, text, money, money, rate", """
t RENCANA ANGGARAN BIAYA 2025
h Kode|Uraian|Anggaran|Realisasi|<
h ^|^|^|Rp|%
d 18
s |Jumlah|{all}|{all}
"""),
    Shape("expense claims", "idate, staff, kind, item, emoney, curve, stage", """
h Expense Date|Employee|Category|Description|Amount|Currency|Approval Status
d 40
""", "en_GB"),
    Shape("profit by month with bare sums", "month, money, money, money, loss", """
t LABA RUGI PER BULAN
h Bulan|Pendapatan|HPP|Biaya|Laba/Rugi
d 12
s |{all}|{all}|{all}|{all}
"""),
    Shape("savings and loans cooperative", "no, person, money, money, money?, money", """
t KOPERASI SEJAHTERA
t REKAP SIMPANAN ANGGOTA
h No.|Nama Anggota|Simpanan|<|<|Total
h ^|^|Pokok|Wajib|Sukarela|^
c 1|2|3|4|5|6
d 28
s Jumlah||{all}|{all}|{all}|{all}
s Rata-rata||{avg}|{avg}|{avg}|{avg}
"""),
    Shape("tax invoices", "npwp, person, inv, tdate, tmoney, tmoney", """
h NPWP|Nama|Nomor Faktur|Tanggal Faktur|DPP|PPN
d 32
"""),
    Shape("dues of residents by month", "no, person, money?, money?, money?, money?", """
t IURAN WARGA RT 05
h NO|NAMA|JAN|FEB|MAR|APR
d 30
s |TOTAL|{all}|{all}|{all}|{all}
s |Saldo akhir|{last}
"""),
)  # fmt: skip
