"""Tabs about people: wages, attendance, marks, registers, surveys."""

# ruff: noqa: E501

from typing import Final

from candid_assets_tests.discovery.corpus_whole import Shape

PEOPLE: Final = (
    Shape("wages", "no, nip, person, job, money, money, money?, money, money", """
t DAFTAR GAJI KARYAWAN
t Bulan Januari 2025
h No|NIP|Nama|Jabatan|Penghasilan|<|<|Potongan|Gaji Bersih
h ^|^|^|^|Gaji Pokok|Tunjangan|Lembur|^|^
d 22
s |||JUMLAH|{all}|{all}|{all}|{all}|{all}
-
n Disetujui oleh:
"""),
    Shape("attendance of a month", "no, nik, person, mark, mark, mark, mark, mark, mark, zint, zint", """
t ABSENSI KARYAWAN
t Januari 2025
h No|NIK|Nama|Tanggal|<|<|<|<|<|Jumlah|<
h ^|^|^|1|2|3|4|5|6|H|A
d 24
"""),
    Shape("clocked hours", "date, staff, dtime, dtime, hours, note?", """
h Tanggal|Nama|Jam Masuk|Jam Pulang|Lembur (jam)|Keterangan
d 45
"""),
    Shape("register of employees", "nik, person, sex, born, phone, addr, job, date", """
t DATA KARYAWAN
h NIK|Nama Lengkap|L/P|Tgl Lahir|No HP|Alamat|Jabatan|Tgl Masuk
d 32
"""),
    Shape("register in english", "code, person, mail, phonenum, zip, idate, yn", """
h employeeId|fullName|emailAddress|phoneNumber|postalCode|hireDate|isActive
d 36
""", "en_US"),
    Shape("kebab names", "order, person, mail, zip, usd, istamp, stage", """
h order-id|buyer-name|buyer-email|ship-postal-code|item-price|purchase-date|order-status
d 36
""", "en_US"),
    Shape("marks of a class", "no, nis, person, sex, score, score, score, dec", """
t DAFTAR NILAI SISWA
t Kelas : VII A
t Mapel : Matematika
h No|NIS|Nama Siswa|L/P|Nilai|<|<|Rata-rata
h ^|^|^|^|Tugas|UTS|UAS|^
d 30
s ||Rata-rata Kelas||{avg}|{avg}|{avg}|{avg}
s ||Nilai Tertinggi||{max}|{max}|{max}|{max}
s ||Nilai Terendah||{min}|{min}|{min}|{min}
"""),
    Shape("survey answers", "tstamp, mail, person, answer, answer, score, opinion?", """
h Timestamp|Email Address|Nama Lengkap|Pelayanan kasir ramah dan cepat|Kebersihan toko terjaga|Berapa nilai dari 1 sampai 100 untuk toko kami?|Saran dan masukan
d 45
"""),
    Shape("survey answers in english", "stamp, person, answer, yn, opinion", """
h Timestamp|Your name|How satisfied are you with our service?|Would you come again?|Anything else?
d 40
""", "en_US"),
    Shape("piece workers by week", "staff, int, int, int, int, int, money", """
t UPAH BORONGAN
h Nama|Senin|Selasa|Rabu|Kamis|Jumat|Upah
g Minggu 1
d 6
s Jumlah|{sum}|{sum}|{sum}|{sum}|{sum}|{sum}
g Minggu 2
d 6
s Jumlah|{sum}|{sum}|{sum}|{sum}|{sum}|{sum}
g Minggu 3
d 7
s Jumlah|{sum}|{sum}|{sum}|{sum}|{sum}|{sum}
"""),
    Shape("leave requests", "sdate, staff, date, date, int, state", """
h Tgl Pengajuan|Karyawan|Mulai Cuti|Selesai Cuti|Lama (hari)|Status Persetujuan
d 26
"""),
    Shape("patients", "no, nik, person, sex, int, addr, place, note?", """
t REGISTER KUNJUNGAN
t PUSKESMAS CILEUNYI
-
h NO.|NO. KTP|NAMA PASIEN|JK|UMUR|ALAMAT|KELURAHAN|KET
c (1)|(2)|(3)|(4)|(5)|(6)|(7)|(8)
d 40
"""),
    Shape("commissions by salesman", "inv, person, money, pct, money", """
h No Faktur|Pelanggan|Penjualan|Komisi %|Komisi
g Sales: Budi
d 8
s Total Budi||{sum}||{sum}
g Sales: Dewi
d 7
s Total Dewi||{sum}||{sum}
g Sales: Agus
d 9
s Total Agus||{sum}||{sum}
s TOTAL SEMUA||{all}||{all}
"""),
    Shape("targets", "staff, money, money, tpct, int", """
t PENCAPAIAN SALES
h Nama Sales|Target|Realisasi|Capaian|Rank
d 15
s TOTAL|{all}|{all}
"""),
    Shape("customers", "code, person, phone, addr, place, npwp?, rek", """
h Kode Pelanggan|Nama|Telp/WA|Alamat|Kota|NPWP|No Rekening
d 36
"""),
    Shape("guests", "no, person, addr, money?, tick", """
t BUKU TAMU
h No|Nama|Alamat|Amplop|Hadir
d 30
s ||Total|{all}
"""),
    Shape("voters by village", "place, int, int, int, rate", """
t REKAPITULASI PEMILIH
h Kecamatan|Pemilih|<|<|Partisipasi
h ^|Laki-laki|Perempuan|Jumlah|(%)
d 14
s TOTAL|{all}|{all}|{all}
"""),
    Shape("work hours in english", "idate, staff, item, hours, usd", """
t Timesheet
t Employee:|Ann Lee
t Week of:|@2025-03-03
-
h Date|Worker|Task|Hours|Rate
d 20
s |||{all}
""", "en_US"),
    Shape("people by district and the rate of growth", "person, int, int, int, rate", """
t Tabel 3.1|Jumlah Penduduk Menurut Kecamatan
h Kecamatan|Jumlah Penduduk|<|<|Laju
h ^|Laki-laki|Perempuan|Keluarga|^
d 18
s Kabupaten Contoh|{all}|{all}|{all}|{avg}
n Sumber : Dinas Kependudukan
"""),
)  # fmt: skip
