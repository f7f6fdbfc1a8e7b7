"""What people say in the demonstration, in Vietnamese: about cases, in meetings, on days."""

from __future__ import annotations

from footpath.web.demo.topics import TOPICS  # noqa: F401 - all texts are read from here

ACCEPTED = (
    "Đã nhận, sẽ đi xem trong hai ngày.",
    "Đã ghi nhận, cảm ơn anh chị báo sớm.",
    "Tiếp nhận, sẽ làm ngay trong tuần.",
    "",
)
ASSIGNED = (
    "Anh chị đi xem thực tế rồi báo lại.",
    "Việc này nằm trong phần phụ trách của anh chị.",
    "",
)
ESCALATED = (
    "Việc vượt khả năng của ấp, đề nghị cấp trên xem xét.",
    "Cần kinh phí và thiết bị, xã không có.",
    "Đã vận động hai lần không xong, xin ý kiến chỉ đạo.",
)
TO_AGENCY = (
    "Thuộc thẩm quyền của đơn vị chuyên môn, chuyển để xử lý.",
    "Đã làm việc qua điện thoại, gửi chính thức để có kế hoạch.",
)
RETURNED = (
    "Chưa rõ vị trí, cần ghi thêm số trụ hoặc tên tuyến đường.",
    "Cần nói rõ việc xảy ra từ ngày nào và bao nhiêu hộ bị ảnh hưởng.",
)
RESUBMITTED = (
    "Đã bổ sung vị trí và số hộ bị ảnh hưởng.",
    "Bổ sung: xảy ra từ đầu tháng, khoảng mười lăm hộ.",
)
REOPENED = (
    "Đã ổn được một tuần rồi hư lại như cũ.",
    "Bà con phản ánh lại tại họp tổ, tình trạng như ban đầu.",
)
PARTLY = (
    "Phần chính đã xong, còn một đoạn chưa làm.",
    "Đỡ hơn trước nhưng chưa dứt điểm.",
)
EXPLAINED = (
    "Đã gặp bà con giải thích quy định và thời gian thực hiện, bà con đồng ý.",
    "Việc nằm trong kế hoạch năm sau, đã thông báo công khai tại ấp.",
)
PASSED_ON = (
    "Cơ quan chuyên môn đã nhận và có lịch thực hiện bằng văn bản.",
    "Đã đưa vào kế hoạch của đơn vị chuyên môn, có số văn bản.",
)
PASSED_ON_CONFIRMED = ("Đã xem văn bản và lịch thực hiện, bà con đã được báo.",)
NOTES = (
    "Chiều nay gọi lại, thợ hẹn sáng mai đến.",
    "Mưa lớn, dời sang ngày kia.",
    "Đã báo cho tổ trưởng biết tiến độ.",
)

AGENCIES = (
    # code, name, kind
    ("dien-luc", "Điện lực Châu Thành", "enterprise"),
    ("thuy-loi", "Trạm Quản lý thủy lợi", "agency"),
    ("cap-nuoc", "Trạm Cấp nước", "enterprise"),
    ("ha-tang", "Phòng Kinh tế và Hạ tầng", "agency"),
    ("tai-nguyen", "Phòng Tài nguyên và Môi trường", "agency"),
    ("y-te", "Trung tâm Y tế", "agency"),
    ("giao-duc", "Phòng Giáo dục và Đào tạo", "agency"),
    ("chinh-sach", "Phòng giao dịch Ngân hàng Chính sách", "agency"),
    ("van-hoa", "Phòng Văn hóa và Thông tin", "agency"),
    ("moi-truong", "Đội Vệ sinh môi trường", "agency"),
    ("noi-vu", "Phòng Nội vụ", "office"),
    ("nong-nghiep", "Phòng Nông nghiệp", "office"),
    ("lao-dong", "Phòng Lao động", "office"),
    ("phu-nu", "Hội Phụ nữ", "association"),
    ("nong-dan", "Hội Nông dân", "association"),
    ("thanh-nien", "Huyện Đoàn", "association"),
)

AGENDA = (
    "Tình hình trong tháng; việc bà con phản ánh; kiểm lại việc đã hứa; phân công tháng tới.",
    "Thông báo của huyện, xã; tiến độ các vụ việc; ý kiến bà con; việc tháng tới.",
)
MINUTES = (
    "Đã kiểm lại các việc tháng trước, việc chưa xong ghi hạn mới. Ý kiến mới ghi bên dưới.",
    "Chi bộ nghe thông báo của huyện, góp ý cách làm, ghi nhận phản ánh của bà con.",
    "Thảo luận sôi nổi về nước mặn và đường liên ấp. Việc làm được ngay đã phân công tại chỗ.",
)
ANSWERED = (
    "Hỏi về lịch cúp điện tuần tới: đã trả lời tại chỗ.",
    "Hỏi thủ tục làm giấy khai sinh trễ hạn: đã hướng dẫn tại chỗ.",
    "Đề nghị giữ giờ họp 19 giờ cho bà con đi làm về: thống nhất.",
    "Biểu dương tổ 2 đã dọn sạch tuyến kênh.",
)
LEAVE = (
    "Họp đột xuất của tỉnh.",
    "Con ốm, đã báo trước.",
    "Đi học lớp bồi dưỡng.",
    "Trực phòng chống hạn mặn.",
)
COFFEE_TITLE = "Cà phê cuối tuần: kiểm lại việc đã hứa"
STUDY_TITLES = ("Học tập chuyên đề quý", "Bồi dưỡng cách ghi và theo dõi vụ việc")
DEPARTMENT_TITLES = ("Giao ban các phòng, ban", "Rà soát việc quá hạn")
CANCELLED = "Trùng buổi tiếp xúc cử tri, dời sang tuần sau."
YEAR_BASIS = "Thông báo lịch nghỉ lễ, Tết (dữ liệu minh họa)"
DEPARTMENT_RULE = "Phòng, ban chỉ họp ngày 9 và ngày 15"
HAMLET_DAYS_RULE = "Không họp cơ quan vào ngày sinh hoạt chi bộ ấp"
COFFEE_RULE = "Cà phê nghiệp vụ vào ngày nghỉ"
DISTRICT_HALL = "Hội trường Huyện ủy"
FESTIVAL = "Lễ Kỳ yên đình làng"
EXTRAORDINARY = "Họp đột xuất do trùng ngày nghỉ."
SERIES_AGENDA = "Việc đã hứa tháng trước; việc bà con phản ánh; việc tháng tới."
ASKED = (
    ("Một lần khảo sát có được tính cho hai báo cáo không?", "Được, ghi một lần và dẫn lại."),
    ("Biên bản chụp bằng điện thoại có được nhận không?", "Được, nếu đọc rõ và có chữ ký."),
    ("Trưởng ấp đi vắng thì ai ký xác nhận?", "Phó ấp ký thay, ghi rõ ngày ủy quyền."),
    (
        "Một chuyến đi cơ sở tính được cho hai phong trào không?",
        "Được, ghi một lần.",
    ),
    ("Tiền điện đèn đường do ai trả?", "Xã trả, theo mục chi sự nghiệp."),
)
STILL_WAITING = (
    "Xe đưa rước học sinh không tới tổ 3",
    "Cầu nhỏ giữa hai ấp thuộc trách nhiệm ai?",
)
TOPICS_SENT_IN = (
    "Biểu mẫu vay vốn của hai ngân hàng khác nhau",
    "Hai ấp dùng chung một loa truyền thanh",
)
LEAVE_ASKED = "Đi tập huấn ở tỉnh."
