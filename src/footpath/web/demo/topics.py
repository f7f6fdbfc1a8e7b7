"""What goes wrong in the demonstration, in Vietnamese: problems, guidance, work, findings."""

from __future__ import annotations

from dataclasses import dataclass

SPOTS = (
    " gần nhà văn hóa ấp",
    " trước trường tiểu học",
    " khúc cua bến đò",
    " đoạn cầu kênh Giữa",
    " tuyến lộ liên ấp",
    " đầu tổ 3",
    " cuối tổ 5",
    " bên kênh Xáng",
    " chỗ cây gòn",
    " ngã ba lò gạch",
    " sau trạm y tế",
    " dọc rạch Cái Sơn",
    " gần chợ xã",
    " đoạn miếu Bà",
    " khu nhà máy nước đá cũ",
    " cổng chào ấp",
)

TIMES = (
    ", nhiều hộ tổ 2 nêu",
    ", ý kiến tại họp tổ 4",
    ", từ đầu tháng đến nay",
    ", đã hơn hai tuần",
    ", lần thứ hai trong quý",
    ", theo phản ánh của hội phụ nữ ấp",
    ", theo phản ánh của tổ 6",
    ", tuần này",
)
"""Tails for what has no spot on the map: clinics, schools, papers, loans."""


@dataclass(frozen=True)
class Topic:
    """A category of cases with what is typically wrong, advised and done.

    ``problems`` are (title, details); the title gets one of ``tails`` behind it.
    """

    code: str
    days: int
    names: tuple[str, str, str, str]
    agency: str
    problems: tuple[tuple[str, str], ...]
    guidance: tuple[str, ...]
    done: tuple[str, ...]
    refused: tuple[str, ...]
    confirmed: tuple[str, ...]
    tails: tuple[str, ...] = SPOTS


TOPICS = (
    Topic(
        "lighting",
        14,
        ("Street lighting", "Đèn đường", "路灯", "Уличное освещение"),
        "dien-luc",
        (
            ("Đèn đường tắt", "Tắt hơn một tuần, trẻ em đi học thêm về phải rọi điện thoại."),
            ("Trụ đèn nghiêng", "Trụ nghiêng sau cơn mưa lớn, dây chùng xuống gần mái nhà."),
            ("Đèn chớp tắt liên tục", "Đèn sáng một lúc rồi tắt, bà con nghi do rơ le."),
            ("Thiếu đèn", "Đoạn này tối, tháng rồi đã có hai xe tự té."),
            ("Nhánh cây che đèn", "Nhánh dừa và tàu chuối che gần hết ánh sáng."),
        ),
        (
            "Lập danh sách số trụ hư rồi đề nghị Điện lực thay một lần.",
            "Tổ điện của xã kiểm tra rơ le trước, khoan mua bóng mới.",
        ),
        (
            "Đã thay bóng và rơ le, thử sáng liên tục hai đêm.",
            "Đã mé nhánh cây và siết lại dây, đèn sáng bình thường.",
            "Đã dựng lại trụ, đổ thêm bê tông chân trụ.",
        ),
        (
            "Tối qua đi ngang vẫn còn hai bóng không sáng.",
            "Đèn sáng được một đêm rồi lại tắt.",
        ),
        ("Đã đi xem lúc 19 giờ, đèn sáng đủ.", "Có mặt tại chỗ, đèn và trụ đều chắc chắn."),
    ),
    Topic(
        "irrigation",
        30,
        ("Sluices and irrigation", "Cống và thủy lợi", "水闸与灌溉", "Шлюзы и орошение"),
        "thuy-loi",
        (
            ("Cửa cống rò nước", "Ron cửa cống mục, nước mặn rỉ vào mương khi triều lên."),
            ("Kênh bị bồi lấp", "Bùn và lục bình lấp gần nửa lòng kênh, ghe nhỏ không qua được."),
            ("Bờ bao sạt lở", "Sạt chừng mười mét, vườn bưởi phía trong có nguy cơ ngập."),
            ("Cống ngầm nghẹt", "Mưa một giờ là nước đứng trong vườn, rút rất chậm."),
            ("Máy bơm hư", "Máy bơm chung của tổ cháy mô tơ, chưa có tiền sửa."),
        ),
        (
            "Đo lại cao trình rồi mới làm, tránh đắp xong lại tràn.",
            "Vận động bà con góp ngày công, xã hỗ trợ cừ tràm và lưới.",
            "Chờ con nước kém rồi thay ron, báo trước lịch đóng cống.",
        ),
        (
            "Đã thay ron, chạy thử qua một con triều không còn rỉ.",
            "Đã vét bùn và vớt lục bình, ghe qua lại được.",
            "Đã gia cố bờ bao bằng cừ tràm và đắp đất nện chặt.",
        ),
        (
            "Triều cường đêm rồi nước vẫn rỉ ở mép trái cửa cống.",
            "Mới vét được một nửa, đoạn cuối còn nguyên.",
        ),
        ("Đã xem lúc triều lên, cống kín.", "Đi dọc đoạn kênh, nước chảy thông."),
    ),
    Topic(
        "water",
        21,
        ("Drinking water, salt water", "Nước sạch, nước mặn", "饮用水与咸水", "Вода, засоление"),
        "cap-nuoc",
        (
            ("Nước máy yếu", "Từ 17 giờ đến 20 giờ nước không lên được bồn."),
            ("Nước máy bị mặn", "Độ mặn đo tại vòi gần 1 phần ngàn, nấu ăn không được."),
            ("Ống nước bể", "Ống nhánh bể, nước chảy tràn mặt đường hai ngày nay."),
            ("Chưa có nước sạch", "Mười hai hộ cuối tuyến còn dùng nước mương lắng phèn."),
            ("Bồn chứa nước ngọt của ấp bị nứt", "Bồn năm khối nứt đáy, mùa mặn không trữ được."),
        ),
        (
            "Ghi độ mặn mỗi ngày hai lần, gửi về Trạm cấp nước.",
            "Ưu tiên hộ có trẻ nhỏ và người bệnh, chở nước bằng xe bồn trước.",
        ),
        (
            "Đã thay đoạn ống bể và súc xả, nước trong lại.",
            "Đã lắp thêm bơm tăng áp, áp lực giờ cao điểm đạt.",
            "Đã vá bồn và thử nước 24 giờ không rỉ.",
        ),
        (
            "Giờ cao điểm nước vẫn yếu ở ba hộ cuối tuyến.",
            "Chỗ nối còn rịn, mặt đường vẫn ướt.",
        ),
        ("Đã mở vòi thử tại hai hộ cuối tuyến, nước mạnh.", "Đo tại vòi, độ mặn đạt."),
    ),
    Topic(
        "roads",
        30,
        ("Roads and bridges", "Đường và cầu", "道路与桥梁", "Дороги и мосты"),
        "ha-tang",
        (
            ("Đường đan bị bể", "Tấm đan bể lộ sắt, xe chở dừa phải đi vòng."),
            ("Cầu thiếu lan can", "Lan can gãy một bên, học sinh qua cầu rất nguy hiểm."),
            ("Ổ gà sâu", "Ổ gà đọng nước, ban đêm không thấy."),
            ("Xe quá tải", "Xe tải lớn chở cát chạy vào đường hai tấn rưỡi sau 22 giờ."),
            ("Biển báo bị mất", "Mất biển báo trường học, xe chạy nhanh qua cổng."),
            ("Dốc cầu lún", "Đầu cầu lún gần một gang, xe máy dễ sụp bánh."),
        ),
        (
            "Rào chắn và gắn dây phản quang ngay hôm nay, sửa sau.",
            "Làm việc với chủ vựa cát trước, sau đó mới đặt khung hạn chế.",
        ),
        (
            "Đã thay hai tấm đan và trám mạch.",
            "Đã hàn lan can, sơn trắng đỏ.",
            "Đã dặm vá bằng đá mi và nhựa nguội, lu chặt.",
        ),
        (
            "Chỗ vá bong lại sau trận mưa chiều qua.",
            "Lan can mới hàn một đoạn, đoạn giữa còn hở.",
        ),
        ("Đã chạy xe qua thử, đường êm.", "Có mặt tại cầu, lan can chắc."),
    ),
    Topic(
        "land",
        45,
        ("Land papers", "Giấy tờ đất", "土地证件", "Документы на землю"),
        "tai-nguyen",
        (
            ("Sổ đất cấp sai diện tích", "Diện tích trên giấy ít hơn thực tế gần trăm mét vuông."),
            ("Hồ sơ tách thửa quá hẹn", "Phiếu hẹn đã qua ba tuần, bà con đi lại nhiều lần."),
            ("Ranh đất chưa thống nhất", "Hai hộ liền kề chưa thống nhất cột mốc sau khi làm lộ."),
            ("Lối đi chung bị rào", "Lối đi ra lộ bị rào lại, bốn hộ phía trong không có đường."),
        ),
        (
            "Mời hai bên cùng đo đạc tại chỗ, lập biên bản có chữ ký.",
            "Hướng dẫn bà con bổ sung bản vẽ, không phải làm lại hồ sơ từ đầu.",
        ),
        (
            "Đã đo lại có hai bên chứng kiến, hồ sơ đã chuyển chỉnh lý.",
            "Đã hòa giải thành, hàng rào được dời, lối đi mở lại.",
            "Đã trả kết quả và giải thích lý do trễ hẹn.",
        ),
        (
            "Lối đi mở rồi nhưng còn trụ sắt ở giữa, xe không qua được.",
            "Bà con nói chưa nhận được giấy hẹn mới.",
        ),
        ("Đã gặp cả hai bên, đều đồng ý.", "Đã xem giấy đã chỉnh lý, đúng số đo."),
        TIMES,
    ),
    Topic(
        "health",
        14,
        ("Clinic and health", "Trạm y tế, sức khỏe", "卫生所与健康", "Медпункт, здоровье"),
        "y-te",
        (
            ("Trạm y tế thiếu thuốc huyết áp", "Người lớn tuổi nhận thuốc không đủ một tháng."),
            ("Ổ lăng quăng", "Nhiều lu chứa không đậy, tháng này đã có ca sốt xuất huyết."),
            ("Chờ khám lâu", "Sáng thứ hai phải chờ hơn ba giờ vì chỉ có một bàn khám."),
            ("Máy đo đường huyết của trạm hư", "Hư gần một tháng, bà con phải lên huyện đo."),
            ("Chưa có lịch tiêm chủng", "Lịch tháng này chưa thông báo, phụ huynh hỏi nhiều."),
        ),
        (
            "Rà danh sách người bệnh mạn tính, dự trù thuốc theo quý.",
            "Ra quân diệt lăng quăng sáng thứ bảy, mỗi tổ cử hai người.",
        ),
        (
            "Đã cấp bổ sung thuốc đủ đến cuối quý.",
            "Đã diệt lăng quăng toàn bộ các hộ trong danh sách.",
            "Đã bố trí thêm một bàn khám sáng thứ hai.",
        ),
        (
            "Còn sáu lu nước có lăng quăng sau nhà văn hóa.",
            "Hôm qua vẫn còn người phải mua thuốc ngoài.",
        ),
        ("Đã đến trạm, thuốc đủ theo sổ.", "Đã đi ba tổ, lu đều có nắp đậy."),
        TIMES,
    ),
    Topic(
        "school",
        14,
        ("School and school bus", "Trường học, xe đưa rước", "学校与校车", "Школа, автобус"),
        "giao-duc",
        (
            ("Xe đưa rước bỏ trạm", "Ba buổi trong tuần xe không ghé, các em phải đi bộ ra lộ."),
            ("Xe đưa rước chở quá số người", "Xe 16 chỗ chở hơn hai chục em."),
            ("Cổng trường kẹt giờ tan học", "Xe bán hàng đậu kín lề, phụ huynh đứng giữa lộ."),
            ("Nhà vệ sinh trường hư", "Hai phòng khóa lại, học sinh chờ cả giờ chơi."),
            ("Sân trường ngập", "Mưa lớn là sân ngập quá mắt cá chân."),
        ),
        (
            "Mời chủ xe và nhà trường họp chung, ghi rõ giờ từng trạm.",
            "Kẻ vạch và cử dân quân đứng trực 30 phút giờ tan học.",
        ),
        (
            "Đã ký lại thỏa thuận, xe ghé đủ trạm từ đầu tuần.",
            "Đã sửa xong, bàn giao cho nhà trường.",
            "Đã sắp xếp lại chỗ bán hàng, lề đường thông.",
        ),
        ("Sáng nay xe vẫn không ghé trạm đầu ấp.", "Một phòng còn rò nước, chưa dùng được."),
        ("Đã đứng tại trạm ba buổi sáng, xe ghé đúng giờ.", "Đã xem cùng nhà trường, dùng tốt."),
        TIMES,
    ),
    Topic(
        "loans",
        21,
        ("Loans and support", "Vay vốn, chính sách", "贷款与补助", "Кредиты и пособия"),
        "chinh-sach",
        (
            ("Vốn vay chăn nuôi giải ngân chậm", "Bà con đã mua con giống, chờ vốn hơn một tháng."),
            ("Danh sách hỗ trợ thiếu hộ", "Hai hộ đủ điều kiện nhưng chưa có tên ở đó."),
            ("Chi trả trợ cấp trễ", "Tháng này chi trả trễ mười ngày, không thông báo trước."),
            ("Chưa rõ thủ tục vay", "Nhiều người hỏi vay làm hàng thủ công, chưa ai hướng dẫn."),
        ),
        (
            "Ngân hàng cử người về nhà văn hóa ấp hướng dẫn một buổi.",
            "Đối chiếu danh sách công khai tại ấp trước khi gửi lên.",
        ),
        (
            "Đã giải ngân cho tất cả hồ sơ đủ điều kiện.",
            "Đã bổ sung danh sách và niêm yết tại nhà văn hóa ấp.",
            "Đã tổ chức buổi hướng dẫn, phát tờ bướm.",
        ),
        ("Danh sách niêm yết vẫn là bản cũ.", "Hai hồ sơ còn nằm ở tổ, chưa nộp."),
        ("Đã xem bản niêm yết mới, đủ tên.", "Đã dự buổi hướng dẫn, bà con nắm được."),
        TIMES,
    ),
    Topic(
        "information",
        10,
        ("Loudspeakers, news", "Loa truyền thanh, thông tin", "广播与信息", "Радио, новости"),
        "van-hoa",
        (
            ("Loa truyền thanh không có tiếng", "Không nghe được thông báo lịch cúp điện."),
            ("Loa mở quá sớm", "Loa mở lúc 4 giờ 45, ảnh hưởng người bệnh."),
            ("Bảng tin ấp đã cũ", "Thông báo trên bảng từ ba tháng trước."),
            ("Sóng điện thoại yếu", "Trong nhà gần như không có sóng, khó dùng dịch vụ công."),
        ),
        (
            "Chỉnh giờ phát từ 5 giờ 30, báo cho bà con biết.",
            "Kiểm tra bộ thu trước, nếu hư thì gửi lên đài huyện.",
        ),
        (
            "Đã thay bộ thu, loa nghe rõ.",
            "Đã chỉnh giờ phát và thông báo tại họp tổ.",
            "Đã thay bảng tin, phân công người cập nhật mỗi tuần.",
        ),
        ("Loa bên kia kênh vẫn im.", "Sáng nay loa vẫn mở lúc 4 giờ 45."),
        ("Đã nghe buổi phát 5 giờ 30, rõ tiếng.", "Đã xem bảng tin, thông báo mới."),
    ),
    Topic(
        "environment",
        7,
        ("Waste and markets", "Rác, vệ sinh chợ", "垃圾与市场卫生", "Мусор и рынки"),
        "moi-truong",
        (
            ("Rác chợ tồn đọng", "Rác chất từ chiều, sáng hôm sau vẫn còn, mùi nặng."),
            ("Đổ rác xuống kênh", "Bao rác và xác vỏ dừa trôi kẹt dưới chân cầu."),
            ("Mùi hôi từ trại heo", "Chiều gió chướng cả xóm phải đóng cửa."),
            ("Thùng rác bị bể", "Hai thùng rác công cộng bể nắp, chó lôi rác ra đường."),
            ("Vỏ dừa chất lấn đường", "Cơ sở sơ chế chất vỏ dừa lấn nửa mặt đường."),
        ),
        (
            "Đổi giờ gom rác chợ sang 14 giờ, nhắc tiểu thương bỏ đúng chỗ.",
            "Nhắc nhở có biên bản, cho thời hạn bảy ngày khắc phục.",
        ),
        (
            "Đã gom hết rác và rửa nền chợ.",
            "Đã vớt rác, đặt bảng cấm đổ rác.",
            "Cơ sở đã dời vỏ dừa vào trong, trả lại mặt đường.",
        ),
        ("Chiều qua rác lại đầy, xe chưa vào.", "Mới dời được phía trước, phía sau vẫn lấn đường."),
        ("Đã xem lúc 6 giờ sáng, chợ sạch.", "Đã đi lại đoạn kênh, không còn rác."),
    ),
)
