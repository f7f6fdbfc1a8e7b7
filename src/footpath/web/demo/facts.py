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
