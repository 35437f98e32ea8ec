"""Words that office tables use, Indonesian and English: evidence for guesses, never a rule."""

import re
from functools import lru_cache
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADER_WORDS: Final = _words("""
    no nomor number num id kode code nama name tanggal tgl date waktu time jam hari day bulan month
    tahun year periode period minggu week jumlah qty quantity kuantitas banyak volume total subtotal
    harga price satuan unit uom nilai value amount nominal biaya cost saldo balance debit kredit
    credit debet alamat address kota city kabupaten provinsi province kecamatan kelurahan desa
    negara country kategori category jenis tipe type status keterangan ket notes note catatan remark
    remarks deskripsi description produk product barang item sku merk merek brand pelanggan customer
    klien client supplier pemasok vendor cabang branch gudang warehouse stok stock masuk keluar sisa
    awal akhir email telepon telp phone hp mobile nik npwp jabatan posisi position divisi division
    departemen department dept bagian gaji salary bonus tunjangan potongan target realisasi actual
    budget anggaran persen persentase pct percent percentage rate diskon discount pajak tax ppn
    invoice faktur nota order po bank rekening metode pembayaran payment lunas jatuh tempo due
    region wilayah area sales omzet revenue profit laba rugi margin umur age gender kelamin jk lahir
    agama kelas class nilai score skor rank ranking peringkat judul title penulis author isbn url
    link latitude longitude lat lng lon kg gram liter pcs dus karton berat weight tinggi height
    panjang lebar luas mulai selesai start end durasi duration shift mesin machine batch lot petugas
    operator pic penanggung jawab labels label parameter metrik metric hasil result mean min max
    pendapatan pengeluaran pemasukan transaksi uraian akun account ref referensi reference sumber
    source version created updated modified user username password role first last full
""")
CODE_WORDS: Final = _words(
    "id kode code sku nik nip npwp isbn barcode uuid uid nomor no number key"
)
IDENTIFIER_WORDS: Final = _words("""
    nik ktp npwp perk telp telepon tlp hp phone handphone mobile wa whatsapp rekening rek barcode
    ean upc imei kodepos postal zip zipcode nip nisn nis nim nopol va isbn phones telephone fax
    ponsel nidn kk sku resi awb gtin plu nib bpjs kpj nohp notelp norek nowa kode kd
""")
"""Headers of figures that are no quantities, however they are typed."""
CONTRIBUTION_WORDS: Final = _words("potongan iuran premi tunjangan tanggungan biaya rp")
"""Headers of amounts that are paid to an insurance, not of its members' numbers."""
PRICE_WORDS: Final = _words("harga price cost fee amount ongkir biaya diskon discount")
"""Headers of amounts, whatever the things are called by which they are of: `SKU Unit Price`."""
NUMBERING_WORDS: Final = _words("""
    akun account coa klausul pasal ayat versi version wbs batch seri serial
""")
"""Headers of figures that number things where nothing beside them speaks of an amount."""
_NUMBERED_THINGS: Final = _words("""
    id induk anggota member nasabah pelanggan customer pegawai karyawan employee peserta pasien rm
    polisi pol plat rangka mesin bpkb stnk sim paspor passport faktur invoice inv nota kwitansi
    kuitansi struk bon order pesanan po so sj spk transaksi trx transaction dokumen document dok doc
    bukti jurnal journal voucher surat sk kontrak contract polis policy registrasi registration reg
    pendaftaran permohonan agenda berkas arsip tiket ticket klaim claim kartu card kk kupon undian
    sertifikat certificate ijazah izin kamar room aset asset inventaris inventory cek cheque giro
    bilyet kontainer container segel akta sampel sample lot seri serial batch
""")
_NUMBER_WORDS: Final = _words("no nomor nomer number num nr")
"""Things that have a number each, and the words for it: `No. Induk`, `PO Number`."""
COUNTING_WORDS: Final = _words("""
    jumlah jml total banyak banyaknya count qty quantity kuantitas kwantitas persen persentase pct
    percent percentage rata average avg
""")
"""Headers of how many things there are, not of which: `Jumlah HP`, `Total Akun`."""
MEASURE_WORDS: Final = _words("""
    berat weight tinggi height panjang length lebar width luas volume vol kg gram liter ltr meter
    mtr suhu temperature temp kadar nilai value score skor rate kurs umur age durasi duration stok
    stock sisa masuk keluar kapasitas capacity bobot
""")
"""Headers of what is measured, whose decimals a hand may write short or in full."""
UNIT_WORDS: Final = _words("""
    g gr gram mg kg kilogram ons ton kwintal lb oz ml cc l lt ltr liter litre m m2 m² m3 m³ cm mm km
    meter inch inci ha hektar are °c °f c f k celcius celsius derajat pcs pc bh buah biji unit
    dus box pak pack lusin kodi rim roll lembar lbr sak karung botol btl kaleng ekor orang org jam
    hari menit detik bulan tahun minggu h s min hr rp rp. idr usd $ us$ eur € sgd juta ribu rb jt %
    persen percent pct ppm ppb ph bar psi kpa pa watt w kw kwh kva v volt a ampere hz rpm kcal kkal
    cal joule kj nm mol mmol iu ntu lux db km/jam km/h m/s kg/m3 g/ml mg/l rp/kg rp/pcs pcs/jam
    dd/mm/yyyy dd/mm/yy yyyy-mm-dd hh:mm hh:mm:ss hari/minggu x
    wib wita wit utc gmt
""")
"""What may stand by itself below a header, to say in what its column is measured."""
DATE_WORDS: Final = _words("""
    tanggal tgl date dates hari day lahir tempo expired exp kadaluarsa kedaluwarsa berlaku deadline
    mulai selesai start end due periode period jatuh tmt
""")
"""Headers of days, whose figures are dates even with a year of two figures."""
SURE_DATE_WORDS: Final = _words("tanggal tgl date dates dob")
LAST_DAY_WORDS: Final = _words("tempo due deadline expired exp kadaluarsa kedaluwarsa lahir tmt")
BIRTH_WORDS: Final = _words("lahir birth dob")
"""Headers of days that are none of amounts, of days or of amounts (due), and of days long past."""
PHONE_WORDS: Final = _words("telp telepon tlp hp phone handphone mobile wa whatsapp ponsel")
MONEY_WORDS: Final = _words("""
    harga price rp idr rupiah biaya cost saldo balance gaji salary omzet revenue nominal amount
    debit kredit debet credit laba profit pajak tax ppn tagihan pembayaran bayar anggaran budget
    pendapatan pengeluaran pemasukan tunjangan bonus diskon discount hpp penjualan modal upah usd
    fee komisi income expense expenses dp piutang hutang utang ongkos ongkir dibayar penyusutan
    perolehan jasa denda dpp ppnbm pph bunga cicilan angsuran
""")
AMOUNT_WORDS: Final = MONEY_WORDS | COUNTING_WORDS | MEASURE_WORDS
EVENT_WORDS: Final = _words("""
    bayar dibayar pembayaran tagihan angsuran cicilan penjualan masuk keluar pengeluaran pemasukan
    perolehan gaji pajak piutang hutang utang bunga denda
""")
"""Headers of amounts that have a day, too: `Tgl Bayar`."""
QUANTITY_WORDS: Final = _words("qty quantity kuantitas kwantitas")
"""Headers of counted things, whatever group they stand in: `Penjualan Qty`."""
SALE_WORDS: Final = frozenset({"penjualan", "pemasukan", "pengeluaran"})
"""Headers of amounts of money, or of pieces where the figures are small."""
SCALE_WORDS: Final = _words("juta jt ribu rb miliar milyar rp idr rupiah usd nilai harga")
OPEN_WORDS: Final = _words("""
    kota city kabupaten kab provinsi province kecamatan kelurahan desa negara country alamat address
    nama name pelanggan customer klien client pembeli buyer supplier pemasok vendor sales kasir
    cashier petugas operator pic karyawan pegawai employee pasar lokasi location region wilayah
    driver supir sopir pengemudi oleh by worker staff staf owner penanggung keterangan ket catatan
    note notes remark remarks alasan reason saran masukan komentar comment comments feedback kritik
    pesan uraian cabang branch outlet toko store gudang warehouse
""")
"""Headers of places, people and remarks, of which there will be others than those seen so far."""
REMARK_WORDS: Final = _words("""
    keterangan ket catatan note notes remark remarks alasan reason saran masukan komentar comment
    comments feedback kritik pesan uraian deskripsi description desc alamat address
""")
"""Headers of what is written about a row in words of one's own."""
EARLIER_WORDS: Final = _words("""
    mulai awal start begin from dari berangkat berangkatnya depart departed departure pesan order
    ordered pemesanan lahir birth dibuat buat created opened open buka faktur invoice terbit issued
    kirim dikirim sent shipped pengajuan diajukan klaim claim rencana plan planned pinjam pinjaman
    masuk hire hired join joined checkin jual beli produksi production ambil diambil taken sampled
    sampling
""")
LATER_WORDS: Final = _words("""
    selesai akhir end ended finish finished sampai until to tiba arrive arrived arrival due tempo
    kembali pengembalian dikembalikan returned keluar resign closed tutup ditutup lunas bayar
    dibayar pembayaran paid terima diterima penerimaan received kadaluarsa kedaluwarsa expired
    expiry exp masuk hire hired join joined hingga realisasi done completed checkout berakhir
    dikirim kirim delivered
""")
"""Headers of days that come before others, and of those that follow: orders and their payments."""
PART_WORDS: Final = _words("""
    disetujui setuju approved dikirim terkirim kirim delivered sent dibayar terbayar bayar paid
    realisasi terpakai dipakai used spent terjual sold diterima received hadir cacat reject rejected
    rusak retur diskon discount potongan min minimum minimal terendah lolos
""")
WHOLE_WORDS: Final = _words("""
    klaim diklaim diajukan pengajuan claim claimed requested dipesan pesan pesanan order ordered
    tagihan invoice invoiced total anggaran budget rencana plan planned target produksi produced
    stok stock max maksimum maximum maksimal tertinggi kapasitas capacity plafon limit
""")
"""Headers of amounts that are at most those of others: what is approved and what was claimed."""
TIME_WORDS: Final = _words("""
    jam waktu pukul time checkin checkout in out masuk pulang buka tutup
""")
CLOCK_WORDS: Final = _words("waktu jam pukul time timestamp datetime")
"""Headers of moments alone, whose numbers are days with decimals."""
DURATION_WORDS: Final = _words("""
    durasi duration lama lembur overtime elapsed terlambat telat keterlambatan late break
""")
NOTE_WORDS: Final = _words("""
    catatan note notes nb ket keterangan sumber source mengetahui menyetujui disetujui dibuat
    diperiksa disclaimer footnote pembuat hormat ttd prepared approved checked signature legenda
    legend
""")
MORE_TOTALS: Final = (
    "rata-rata", "rata rata", "rerata", "average", "avg", "mean", "sum", "saldo akhir",
    "ending balance", "maksimum", "minimum", "median", "gtotal", "g. total", "grandtotal",
    "keseluruhan", "totals", "ttl", "jml", "jlh", "sub jumlah", "subjumlah", "maximum", "maks",
    "max", "min", "tertinggi", "terendah", "terbesar", "terkecil", "highest", "lowest", "count",
    "banyaknya", "banyak data", "pindahan", "dipindahkan", "saldo pindahan", "carried forward",
    "brought forward", "carry forward", "b/f", "c/f", "b/d", "c/d", "standar deviasi", "modus",
    "persentase", "prosentase", "percentage", "akumulasi", "deviasi", "simpangan baku", "std dev",
    "std. dev", "stdev", "standard deviation", "varians", "variance",
)  # fmt: skip
"""First words of a row that sums others up, beside those that every contract knows."""
MORE_BLANKS: Final = (
    "--", "---", "n/a", "#n/a", "na", "n.a.", "n.a", "nan", "null", "nil", "none",
    "kosong", "nihil", "tidak ada", "tdk ada", "belum ada", "belum", "?", "??", ".", "..", "…",
    "...", "x", "tba", "tbd", "unknown", "(blank)", "*", "undefined", "<na>", "<null>",
    "tidak diketahui",
)  # fmt: skip
"""Whole cells that mean blank, too, where the others of the column are numbers or dates."""
NOTHING_WORDS: Final = (
    "n/a", "#n/a", "n.a.", "nan", "null", "unknown", "(blank)", "undefined", "<na>", "<null>",
    "tidak diketahui", "tba", "tbd",
)  # fmt: skip
"""Whole cells that mean blank among texts, too."""
DOUBTED_WORDS: Final = ("none", "nil", "na", "n.a")
"""Whole cells that mean blank among texts only beside others of these words, or of faults: alone
they may be one of the choices."""
FAULT_WORDS: Final = (
    "error",
    "error!",
    "#error",
    "#error!",
    "err",
    "err!",
    "#err",
    "galat",
    "invalid",
)
"""Whole cells that mean that a value could not be had."""
PLAIN_YES: Final = _words("ya yes true benar tidak no false salah ✓ ✗")
"""Words that are nothing but yes or no; `y`, `1` or `aktif` need their opposite beside them."""


_SHORT: Final = 100
"""Characters of a text whose words are remembered: headers are asked for again and again."""
_HUMP: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
"""Where a new word begins inside another, as in postalCode and NIKNumber."""


def spaced(text: str) -> str:
    """Return text with a space between words that only a capital letter divides."""
    return _HUMP.sub(" ", text)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a header, in small letters, numbers left out.

    A word that begins or ends with the one for a code, such as kodebarang or itemcode, gives both.
    """
    return _short_words(text) if len(text) <= _SHORT else _words_of(text)


@lru_cache(4096)
def _short_words(text: str) -> frozenset[str]:
    return _words_of(text)


def _words_of(text: str) -> frozenset[str]:
    words = set(re.findall(r"[^\W\d_]+", spaced(text).lower()))
    if any(word.startswith("kode") for word in words):
        words.add("kode")
    if any(word.endswith("code") for word in words):
        words.add("code")
    return frozenset(words)


def names_codes(words: frozenset[str]) -> bool:
    """Whether a header is that of figures which name things: codes, telephones, accounts."""
    if words & COUNTING_WORDS:
        return False
    identifiers = words & IDENTIFIER_WORDS
    if identifiers == {"bpjs"} and words & CONTRIBUTION_WORDS:
        return False
    if words & PRICE_WORDS and not words & {"kode", "kd", "code", "no", "nomor", "number"}:
        return False
    if identifiers or "code" in words or _numbers_things(words):
        return True
    return bool(words & NUMBERING_WORDS) and not words & (MONEY_WORDS | MEASURE_WORDS | DATE_WORDS)


def _numbers_things(words: frozenset[str]) -> bool:
    """Whether a header is that of the numbers which things have: of invoices, members, cars."""
    named = words & _NUMBER_WORDS and words & _NUMBERED_THINGS
    return bool(named) and not words & DATE_WORDS and "of" not in words


def is_of_money(header: str) -> bool:
    """Whether a header is that of amounts of money, and of nothing that is measured."""
    words = words_of(header)
    return bool(words & MONEY_WORDS) and not words & MEASURE_WORDS - {"nilai", "value"}
