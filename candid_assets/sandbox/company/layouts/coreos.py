"""CoreOS, the hub: master data that the other workbooks point to."""

from typing import Final

from candid_assets.sandbox.company.layout import TabPlan, WorkbookPlan, layout

PRODUCTS: Final = layout("""
sku | Kode SKU | string | pk; pat=CND-[0-9]{3}; case=upper
product_name | Nama Produk | string | req
category | Kategori | string | req; enum=category
brand | Merek | string | req; enum=brand
pack_size | Isi Kemasan | string
net_weight_kg | Berat Bersih (kg) | number | dec=3; min=0
unit_code | Satuan | string | req; fk=units
units_per_carton | Isi/Karton | integer | req; min=1
list_price_idr | Harga Pabrik (Rp) | number | req; min=0; as=rp
shelf_life_days | Umur Simpan (hari) | integer | min=1
halal_number | No. Sertifikat Halal | string | pat=0[0-9]{13}
launch_date | Tgl Launching | date | as=long
is_active | Aktif? | boolean | req; as=ya
""")
PRICE_LIST: Final = layout("""
sku | SKU | string | pk; fk=products
channel_id | Channel | string | pk; fk=channels
price_idr | Harga Jual | number | req; min=0
minimum_order_qty | Min. Order | integer | min=1
discount_pct | Disc Maks | number | pct; min=0; max=1; as=pct
valid_from_date | Berlaku Dari | date | req
valid_to_date | Berlaku s/d | date |
is_vat_included | Incl. PPN | boolean | as=ya
""")
OUTLETS: Final = layout("""
outlet_id | Kode Outlet | string | pk; pat=OUT-[0-9]{5}; case=upper
outlet_name | Nama Outlet | string | req
channel_id | Channel | string | req; fk=channels
territory_id | Area | string | req; fk=territories
distributor_id | Kode Dist. | string | fk=distributors; as=dash
address | Alamat | string |
city | Kota | string | req
postal_code | Kode Pos | string | pat=[0-9]{5}; as=code
phone | No. HP/Telp | string | phone
owner_name | Nama Pemilik | string |
credit_limit_idr | Limit Kredit (Rp) | number | min=0; as=id
join_date | Tgl Gabung | date | req
is_active | Status Aktif | boolean | req; as=aktif
""")
DISTRIBUTORS: Final = layout("""
distributor_id | Kode | string | pk; pat=D[0-9]{3}; case=upper
distributor_name | Nama Distributor | string | req
city | Kota | string | req
territory_id | Area | string | req; fk=territories
phone | Telepon | string | phone
email | E-mail | string | case=lower
tax_number | NPWP | string | pat=[0-9]{15}
contract_start_date | Mulai Kontrak | date | req; as=d mmm yyyy
contract_end_date | Akhir Kontrak | date | as=d mmm yyyy
credit_limit_idr | Plafon Kredit | number | min=0; as=rp
margin_pct | Margin | number | pct; min=0; max=1
is_active | Aktif | boolean | req
""")
EMPLOYEES: Final = layout("""
employee_id | NIK | string | pk; pat=[0-9]{6}
employee_name | Nama Karyawan | string | req
gender | L/P | string | req; enum=gender; case=upper
birth_date | Tgl Lahir | date | as=dmy
hire_date | Tgl Masuk | date | req
resign_date | Tgl Keluar | date |
department_id | Dept | string | req; fk=departments
job_title | Jabatan | string | req
manager_id | NIK Atasan | string | fk=employees
employment_status | Status | string | req; enum=employment
phone | No HP | string | phone
email | Email Kantor | string | case=lower
base_salary_idr | Gaji Pokok | number | req; min=0; as=id
is_active | Aktif (Y/T) | boolean | req; as=yt
""")
SUPPLIERS: Final = layout("""
supplier_id | Kode Supplier | string | pk; pat=SUP-[0-9]{3}
supplier_name | Nama Supplier | string | req
supply_kind | Jenis Pasokan | string | enum=material_kind
city | Kota | string |
phone | Telp | string | phone
email | Email | string | case=lower
payment_terms_days | TOP (hari) | integer | min=0
tax_number | NPWP | string | pat=[0-9]{15}
rating | Nilai (1-5) | number | min=1; max=5
is_active | Aktif | boolean | req; as=ya
""")
MATERIALS: Final = layout("""
material_id | Kode Bahan | string | pk; pat=RM-[0-9]{3}
material_name | Nama Bahan | string | req
material_kind | Jenis | string | req; enum=material_kind
unit_code | Sat. | string | req; fk=units
supplier_id | Supplier Utama | string | fk=suppliers
standard_cost_idr | Harga Standar /kg | number | req; min=0
lead_time_days | Lead Time | integer | min=0
minimum_stock_kg | Stok Min (kg) | number | dec=3; min=0
is_hazardous | B3? | boolean | as=ya
""")
WAREHOUSES: Final = layout("""
warehouse_id | Kode Gudang | string | pk; pat=GD-[0-9]{2}
warehouse_name | Nama Gudang | string | req
warehouse_kind | Tipe | string | req; enum=warehouse_kind
city | Kota | string | req
capacity_pallet_qty | Kapasitas (palet) | integer | min=0
manager_id | Kepala Gudang (NIK) | string | fk=employees
is_active | Aktif | boolean | req
""")
TERRITORIES: Final = layout("""
territory_id | Kode Area | string | pk; pat=[0-9]{3}
territory_name | Nama Area | string | req
region | Region | string | req; enum=region
province | Provinsi | string | req
time_zone | Zona Waktu | string | enum=zone; case=upper
manager_id | NIK ASM | string | fk=employees
population | Jml Penduduk | integer | min=0; as=id
""")
CHANNELS: Final = layout("""
channel_id | Kode | string | pk; pat=[A-Z]{2,3}; case=upper
channel_name | Nama Channel | string | req
channel_group | Grup | string | req; enum=channel_group
margin_pct | Margin Std | number | pct; min=0; max=1; as=pct
payment_terms_days | TOP | integer | min=0
is_key_account | Key Account | boolean | as=ya
""")
CALENDAR: Final = layout("""
calendar_date | Tanggal | date | pk; as=dddd, d mmmm yyyy
day_name | Hari | string | req
week_number | Minggu ke- | integer | req; min=1; max=53
month_number | Bln | integer | req; min=1; max=12
quarter | Kuartal | string | req; enum=quarter
is_workday | Hari Kerja | boolean | req
is_holiday | Libur | boolean | req; as=ya
holiday_name | Keterangan Libur | string |
""")
ACCOUNTS: Final = layout("""
account_code | Kode Akun | string | pk; pat=[1-9]-[0-9]{4}
account_name | Nama Akun | string | req
account_kind | Kelompok | string | req; enum=account_kind
normal_balance | Saldo Normal | string | req; enum=balance
parent_code | Akun Induk | string | fk=accounts
is_active | Dipakai | boolean | as=ya
""")
DEPARTMENTS: Final = layout("""
department_id | Kode Dept | string | pk; pat=DP[0-9]{2}
department_name | Nama Departemen | string | req
cost_center | Cost Center | string | req; pat=0[0-9]{3}
head_employee_id | Kepala (NIK) | string | fk=employees
headcount_budget | MPP 2025 | integer | min=0
is_factory | Pabrik | boolean | as=ya
""")
UNITS: Final = layout("""
unit_code | Kode | string | pk; case=upper
unit_name | Nama Satuan | string | req
base_unit | Satuan Dasar | string |
base_factor | Faktor | number | dec=6; min=0
is_weight | Satuan Berat | boolean | as=ya
note | Catatan | string |
""")

COREOS: Final = WorkbookPlan(
    "CoreOS",
    (
        TabPlan(
            "products", "Master Produk", PRODUCTS, ("MASTER PRODUK PT CANDID", "Update: Des 2025")
        ),
        TabPlan("price_list", "Daftar Harga", PRICE_LIST),
        TabPlan("outlets", "Outlet", OUTLETS),
        TabPlan("distributors", "Distributor", DISTRIBUTORS, ("DAFTAR DISTRIBUTOR RESMI", "")),
        TabPlan("employees", "Karyawan", EMPLOYEES),
        TabPlan("suppliers", "Pemasok", SUPPLIERS),
        TabPlan("materials", "Bahan Baku", MATERIALS),
        TabPlan("warehouses", "Gudang", WAREHOUSES, ("Daftar gudang",)),
        TabPlan("territories", "Area Sales", TERRITORIES, totals="end"),
        TabPlan("channels", "Channel", CHANNELS),
        TabPlan("calendar", "Kalender 2025", CALENDAR),
        TabPlan(
            "accounts", "COA (Bagan Akun)", ACCOUNTS, ("BAGAN AKUN", "PT Candid Indonesia", "")
        ),
        TabPlan("departments", "Dept. & Cost Center", DEPARTMENTS, totals="end"),
        TabPlan("units", "Satuan", UNITS),
    ),
)
