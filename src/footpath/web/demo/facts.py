"""Official facts of the demonstration: names and codes of places, and one regulation.

Source of the places: General Statistics Office of Viet Nam, list of administrative units in force
on 1 March 2025 (Bến Tre province, code 83). Source of the regulation: Báo Bến Tre, 17 August 2023
(S2.7). Everything else in the demonstration is invented.
"""

from __future__ import annotations

from datetime import date

SEED = 831

PROVINCE = ("83", "Tỉnh Bến Tre", "Tỉnh")
DISTRICT = "831"
DISTRICTS = (
    ("829", "Thành phố Bến Tre", "Thành phố"),
    ("831", "Huyện Châu Thành", "Huyện"),
    ("832", "Huyện Chợ Lách", "Huyện"),
    ("833", "Huyện Mỏ Cày Nam", "Huyện"),
    ("834", "Huyện Giồng Trôm", "Huyện"),
    ("835", "Huyện Bình Đại", "Huyện"),
    ("836", "Huyện Ba Tri", "Huyện"),
    ("837", "Huyện Thạnh Phú", "Huyện"),
    ("838", "Huyện Mỏ Cày Bắc", "Huyện"),
)
COMMUNES = (
    ("28804", "Xã Tân Thạch", "Xã"),
    ("28807", "Xã Qưới Sơn", "Xã"),
    ("28810", "Thị trấn Châu Thành", "Thị trấn"),
    ("28813", "Xã Giao Long", "Xã"),
    ("28819", "Xã Phú Túc", "Xã"),
    ("28822", "Xã Phú Đức", "Xã"),
    ("28828", "Xã An Phước", "Xã"),
    ("28831", "Xã Tam Phước", "Xã"),
    ("28834", "Xã Thành Triệu", "Xã"),
    ("28840", "Xã Tân Phú", "Xã"),
    ("28843", "Xã Quới Thành", "Xã"),
    ("28846", "Xã Phước Thạnh", "Xã"),
    ("28852", "Xã Tiên Long", "Xã"),
    ("28855", "Xã Tường Đa", "Xã"),
    ("28858", "Xã Hữu Định", "Xã"),
    ("28861", "Thị trấn Tiên Thủy", "Thị trấn"),
)
CENTRES = {
    "83": (10.1082, 106.4406),
    "829": (10.2434, 106.3756),
    "831": (10.3068, 106.3699),
    "832": (10.2411, 106.1699),
    "833": (10.0901, 106.3699),
    "834": (10.1719, 106.4641),
    "835": (10.2054, 106.6527),
    "836": (10.0577, 106.582),
    "837": (9.9077, 106.5584),
    "838": (10.1701, 106.2875),
    "28804": (10.3336, 106.3758),
    "28807": (10.3215, 106.3994),
    "28810": (10.3048, 106.3552),
    "28813": (10.302, 106.4231),
    "28819": (10.3168, 106.2816),
    "28822": (10.3089, 106.2228),
    "28828": (10.2884, 106.4111),
    "28831": (10.292, 106.3405),
    "28834": (10.2957, 106.2699),
    "28840": (10.2788, 106.1757),
    "28843": (10.2866, 106.2346),
    "28846": (10.2813, 106.3905),
    "28852": (10.2661, 106.211),
    "28855": (10.2938, 106.3052),
    "28858": (10.2647, 106.3964),
    "28861": (10.2643, 106.2463),
}
"""The centres of these places, degrees north and east (vietnamadminunits 1.0.4, MIT)."""

TOWNSHIP = "Thị trấn"

TIERS = (
    # code, level, every place needs somebody in charge, names in en, vi, zh, ru
    ("province", 0, False, "Province", "Tỉnh", "省", "Провинция"),
    ("district", 1, False, "District", "Huyện", "县", "Район"),
    ("commune", 2, True, "Commune", "Xã", "乡", "Община"),
    ("hamlet", 3, True, "Hamlet", "Ấp", "村", "Деревня"),
    ("group", 4, True, "Household group", "Tổ nhân dân tự quản", "小组", "Группа дворов"),
)

BASIS_NUMBER = "1524-QD/HU"
BASIS_DATE = date(2022, 10, 11)
BASIS_ISSUER = "Huyện ủy Châu Thành"

FOUNDED = date(2022, 10, 12)
"""The invented day on which offices, people and assignments are written down."""
