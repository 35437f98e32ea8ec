"""In which language the headers of a source are written: evidence for how its numbers are typed."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from candid_assets.discovery.office_words import words_of
from candid_assets.vocabulary import indonesian_calendar

_WORDS: Final = """
    tanggal tgl nama jumlah jml jlh harga hrg kode barang brg satuan keterangan ket uraian nilai
    kelas saldo tahun thn bulan bln hari minggu mingguan bulanan tahunan harian masuk keluar
    bahan baku biaya pelanggan pembeli pemasok penjual gudang alamat stok sisa jual beli waktu
    bukti debet kredit diskon bayar tempo lunas petugas karyawan pegawai gaji potongan produksi
    populasi takaran berat isi banyak banyaknya siswa pekerjaan toko omzet omset penjualan
    pembelian tagihan faktur nomor rekening nota kuitansi kwitansi struk resi ekspedisi kurir
    ongkir ongkos kirim pengiriman pengirim penerima penerimaan terima diterima asuransi koli
    kolian dus karton lusin kodi botol karung lembar buah biji kaleng bungkus renceng pak
    ikat ekor rak kemasan ukuran warna rasa varian merek merk jenis kategori golongan kelompok
    tipe produk persediaan pemakaian terpakai dipakai pakai mutasi pindah retur rusak cacat
    hilang kadaluarsa kedaluwarsa berlaku awal akhir mulai selesai jatuh pesanan pemesanan
    dipesan pesan antar pengantaran kendaraan sopir supir polisi rute jarak muat bongkar muatan
    tonase timbang timbangan bruto netto kotor bersih susut rendemen kadar suhu kelembaban panen
    kebun lahan luas panjang lebar tinggi tebal kedalaman mesin alat peralatan perkakas
    perawatan perbaikan kerusakan servis sewa pajak ppn pph cukai materai meterai denda
    bunga angsuran cicilan pinjaman hutang utang piutang kas pemasukan pengeluaran pendapatan
    penghasilan laba rugi untung keuntungan kerugian hpp pokok anggaran realisasi sasaran
    capaian pencapaian selisih kenaikan penurunan pertumbuhan rata persentase prosentase
    peringkat urut urutan akun perkiraan transaksi pembayaran penagihan setoran setor tunai
    kembalian pembulatan penyesuaian koreksi kasir konsumen anggota nasabah klien mitra penyalur
    agen cabang wilayah daerah kota kabupaten kecamatan kelurahan desa provinsi negara pulau
    pasar kios warung pabrik kantor lokasi tempat bagian divisi jabatan tunjangan tunj lembur
    upah thr bpjs iuran premi absen absensi kehadiran hadir izin ijin sakit cuti alpa terlambat
    pulang istirahat kerja pekerja tenaga buruh mandor kontrak borongan proyek kegiatan tugas
    tahapan rencana jadwal catatan alasan tindakan keluhan pengaduan saran tanggapan
    kepuasan pertanyaan jawaban umur usia kelamin lahir agama pendidikan pernikahan telepon telp
    surat perihal lampiran disetujui diketahui diperiksa dibuat pembuat penanggung jawab pemilik
    pengguna pemohon pengajuan diajukan persetujuan dibayar terbayar belum sudah aktif tidak
    hasil cabe beras gula tepung minyak telur susu kopi teh garam sabun deterjen sampo makanan
    minuman obat bumbu sayur daging ikan ayam hadiah promosi kunjungan pesaing pajangan etalase
    titip titipan konsinyasi tera sampel contoh pengujian uji mutu kualitas lolos gagal tolak
    ditolak kemas pengemasan pencampuran adonan takar resep komposisi larutan pelarut sumber
    tujuan asal dari kepada untuk
"""
"""Words of goods, sales, stocks, wages and books that no header in English has."""


@cache
def _indonesian() -> frozenset[str]:
    return frozenset(_WORDS.split()) | indonesian_calendar()


def are_indonesian(headers: Iterable[str]) -> bool:
    """Whether some header has a word that none in English has."""
    return any(words_of(header) & _indonesian() for header in headers)
