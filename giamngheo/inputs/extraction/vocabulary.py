"""Words of plans: subjects of budget lines with their channel, sources of money, agencies with their English names."""

import re
from dataclasses import dataclass

from giamngheo.inputs import grammar
from giamngheo.inputs.extraction.marks import end_of_mark

_ABBREVIATIONS = {
    "dtts": "dân tộc thiểu số",
    "đbkk": "đặc biệt khó khăn",
    "gn": "giảm nghèo",
    "da": "dự án",
    "cs": "chính sách",
    "htpl": "trợ giúp pháp lý",
    "bhyt": "bảo hiểm y tế",
    "csht": "cơ sở hạ tầng",
    "ld": "lao động",
    "năng cao": "nâng cao",
}
_ABBREVIATED = re.compile(r"\b(?:" + "|".join(_ABBREVIATIONS) + r")\b", re.IGNORECASE)


@dataclass(frozen=True)
class Subject:
    """What a budget line is for: its id, words that tell it, the channel of its money, its name in English."""

    id: str
    words: re.Pattern
    channel: str
    name_en: str


SUBJECTS = tuple(
    Subject(name, re.compile(words), channel, english)
    for name, words, channel, english in (
        ("credit", r"tín dụng|vay vốn|cho vay", "credit", "Preferential credit"),
        ("legal_aid", r"pháp lý", "enabling", "Legal aid"),
        ("electricity", r"tiền điện|điện sinh hoạt", "cash", "Support for electricity bills"),
        ("health", r"y tế|bảo hiểm|khám,? chữa bệnh", "cost_relief", "Health support"),
        ("land", r"đất sản xuất|đất ở", "livelihood", "Production and housing land"),
        (
            "staff",
            r"cán bộ (?:làm công tác|giảm nghèo|chuyên trách)|cộng tác viên",
            "enabling",
            "Staff for poverty reduction",
        ),
        ("models", r"mô hình", "livelihood", "Spreading models of poverty reduction"),
        (
            "capacity",
            r"năng lực|tập huấn|truyền thông|giám sát",
            "enabling",
            "Capacity, communication and monitoring",
        ),
        (
            "training",
            r"dạy nghề|đào tạo nghề|học nghề|việc làm|xuất khẩu lao động",
            "training",
            "Vocational training",
        ),
        ("education", r"giáo dục|học phí|học sinh|học tập", "cost_relief", "Education support"),
        (
            "housing",
            r"nhà ở|căn nhà|nhà tạm|(?:xây|làm) nhà|đại đoàn kết|nhà tình (?:thương|nghĩa)",
            "assets",
            "Housing support",
        ),
        ("water", r"nước sinh hoạt|nước sạch", "assets", "Domestic water"),
        (
            "production",
            r"khuyến nông|khuyến ngư|sản xuất|chăn nuôi|trồng trọt|giống|cây trồng|vật nuôi|phân bón",
            "livelihood",
            "Support for production",
        ),
        ("infrastructure", r"hạ tầng|công trình|giao thông", "enabling", "Infrastructure"),
        ("cash_support", r"trợ cấp|trực tiếp|tiền mặt|bảo trợ", "cash", "Direct support"),
    )
)

_FEW = "hai|ba|bốn|năm|sáu|bảy|tám|chín|mười"
GROUPS = {  # of households with readings and targets of their own: words, names in both languages
    "ethnic_minority": (
        r"dân tộc(?! kinh)(?:\s+thiểu số)?|\bdtts\b|đồng bào (?:khmer|chăm)",
        "dân tộc thiểu số",
        "ethnic-minority",
    ),
    "poor_districts": (
        rf"(?:\bcác|\b\d{{1,2}}|\b(?:{_FEW}|vùng|khu vực|nhóm))\s+huyện\s+(?:nghèo|30a)|\bxã,\s*huyện nghèo",
        "ở các huyện nghèo",
        "poor-district",
    ),
    "poor_communes": (
        r"(?:\bcác|\b\d{1,3}|\b(?:vùng|khu vực|nhóm)|,)\s+(?:thôn,\s*|bản,\s*)?xã\s+"
        r"(?:nghèo|đặc biệt khó khăn|đbkk|bãi ngang|135)|\bxã (?:đặc biệt khó khăn|đbkk)\s*:",
        "ở các xã nghèo",
        "poor-commune",
    ),
}
_GROUP = re.compile("|".join(f"(?P<{name}>{words})" for name, (words, *_) in GROUPS.items()))
MINORITY = re.compile(GROUPS["ethnic_minority"][0])

# In this order: what names none of these is no source. A district's money is the province's in a package.
SOURCES = (
    (
        "mobilised",
        re.compile(
            r"huy động|vận động|xã hội hóa|đóng góp|người dân|nhân dân(?! (?:tỉnh|huyện|xã))|cộng đồng"
            r"|nguồn khác|vốn khác|hợp pháp"
        ),
    ),
    ("credit", re.compile(r"tín dụng|vốn vay|vay vốn|nhcsxh")),
    ("district", re.compile(r"\bhuyện|cấp xã")),
    ("central", re.compile(r"trung ương|\b(?:ns)?tw\b")),
    ("provincial", re.compile(r"\btỉnh|địa phương|\b(?:ns)?đp\b|\bns tỉnh")),
)
KEPT_AS = {
    "district": "provincial",
    "credit": "central",
}  # a package's three sources; such a cell is in doubt

AGENCIES = tuple(
    (re.compile(words), vietnamese, english)
    for words, vietnamese, english in (
        (
            r"ngân hàng (?:chính sách xã hội|csxh)|nhcsxh|nh\.? ?csxh",
            "Ngân hàng Chính sách xã hội tỉnh",
            "Bank for Social Policies, provincial branch",
        ),
        (
            r"sở (?:lao động(?:\s*[-,]?\s*(?:thương binh|tb)[\s&,-]*(?:và\s+)?(?:xã hội|xh)|\s*-\s*tbxh)?"
            r"|lđ\s*-?\s*tb\s*&?\s*xh)",
            "Sở Lao động - Thương binh và Xã hội",
            "Department of Labour, Invalids and Social Affairs",
        ),
        (
            r"phòng lđ\s*-?\s*tb\s*&?\s*xh"
            r"|phòng lao động(?:\s*[-,]?\s*(?:thương binh|tb)[\s&,-]*(?:và\s+)?(?:xã hội|xh)|\s*-\s*tbxh)?",
            "Phòng Lao động - Thương binh và Xã hội",
            "District division of Labour, Invalids and Social Affairs",
        ),
        (
            r"phòng (?:tài chính(?:\s*-\s*kế hoạch)?|tc\s*-\s*kh)",
            "Phòng Tài chính - Kế hoạch",
            "District division of Finance and Planning",
        ),
        (r"sở y tế|ngành y tế", "Sở Y tế", "Department of Health"),
        (r"bảo hiểm xã hội|\bbhxh\b", "Bảo hiểm xã hội tỉnh", "Provincial Social Security"),
        (r"sở tài chính", "Sở Tài chính", "Department of Finance"),
        (
            r"sở giáo dục(?:\s*(?:-|và|&)?\s*đào tạo)?|sở gd\s*(?:[-&]|và)?\s*đt|ngành giáo d[ụu]c",
            "Sở Giáo dục và Đào tạo",
            "Department of Education and Training",
        ),
        (r"sở xây dựng|ngành xây dựng", "Sở Xây dựng", "Department of Construction"),
        (r"sở tư pháp|ngành tư pháp", "Sở Tư pháp", "Department of Justice"),
        (r"ban dân tộc", "Ban Dân tộc tỉnh", "Provincial Committee for Ethnic Minorities"),
        (
            r"sở kế hoạch(?:\s*(?:-|và|&)?\s*đầu tư)?|sở kh\s*(?:[-&]|và)?\s*đt",
            "Sở Kế hoạch và Đầu tư",
            "Department of Planning and Investment",
        ),
        (
            r"sở nông nghiệp(?:\s*(?:và|&|-)?\s*(?:phát triển nông thôn|ptnt))?|sở nn\s*(?:[-&]|và)?\s*ptnt",
            "Sở Nông nghiệp và Phát triển nông thôn",
            "Department of Agriculture and Rural Development",
        ),
        (
            r"phòng (?:nông nghiệp(?:\s*(?:và|&|-)?\s*(?:phát triển nông thôn|ptnt))?|nn\s*(?:[-&]|và)?\s*ptnt)",
            "Phòng Nông nghiệp và Phát triển nông thôn",
            "District division of Agriculture and Rural Development",
        ),
        (r"sở công thương", "Sở Công Thương", "Department of Industry and Trade"),
        (
            r"sở (?:thông tin(?:\s*(?:và|-|&)\s*truyền thông)?|tt\s*[-&]?\s*tt)\b",
            "Sở Thông tin và Truyền thông",
            "Department of Information and Communications",
        ),
        (r"sở giao thông(?:\s*vận tải)?", "Sở Giao thông vận tải", "Department of Transport"),
        (r"sở nội vụ", "Sở Nội vụ", "Department of Home Affairs"),
        (
            r"sở tài nguyên(?:\s*và\s*môi trường)?",
            "Sở Tài nguyên và Môi trường",
            "Department of Natural Resources and Environment",
        ),
        (
            r"(?:ủy ban\s+)?mặt trận tổ quốc|\b(?:ub|ủy ban\s+)?mttq",
            "Ủy ban Mặt trận Tổ quốc tỉnh",
            "Provincial Fatherland Front Committee",
        ),
        (
            r"hội (?:liên hiệp )?phụ nữ|hội lhpn|đoàn thể|tổ chức chính trị\s*-\s*xã hội",
            "Hội Phụ nữ và các đoàn thể",
            "Women's Union and other associations",
        ),
        (r"hội nông dân", "Hội Nông dân tỉnh", "Provincial Farmers' Union"),
        (
            r"văn phòng (?:ubnd|ủy ban nhân dân) tỉnh",
            "Văn phòng UBND tỉnh",
            "Office of the provincial People's Committee",
        ),
        (
            r"(?:ubnd|ủy ban nhân dân)\s+(?:các\s+|cấp\s+)?(?:huyện|xã)",
            "UBND cấp huyện, xã",
            "People's committees of districts and communes",
        ),
        (
            r"các (?:sở|ngành|đơn vị|cơ quan|phòng|ban)(?:[\w ,]{0,40}?liên quan|(?:,\s*ban)?,\s*ngành)",
            "Các sở, ngành, đơn vị có liên quan khác",
            "Other departments and agencies concerned",
        ),
    )
)


TOPICS = {  # what a part of a plan is about, by the words of its heading
    "results": r"tình hình|thực trạng|hiện trạng|kết quả|đánh giá|đặc điểm|khái quát|nguyên nhân|sự cần thiết|bối cảnh"
    r"|hạn chế|tồn tại|thành tựu|đặt vấn đề|mở đầu|tổng quan",
    "aims": r"(?:mục tiêu|chỉ tiêu)(?! quốc gia)",
    "duties": r"tổ chức thực hiện|phân công|trách nhiệm|điều khoản|nhiệm vụ (?:của )?các (?:sở|ngành|cơ quan)",
    "money": r"kinh phí|nguồn (?:vốn|lực)|tổng (?:nhu cầu )?vốn|dự toán|nhu cầu vốn|vốn thực hiện|tài chính",
    "policies": r"chính sách(?! xã hội)|dự án|nhiệm vụ|hoạt động|nội dung|hợp phần",
    "solutions": r"giải pháp|biện pháp",
    "scope": r"đối tượng|phạm vi|thời gian|quan điểm|nguyên tắc|định hướng|phương hướng",
}
_TOPIC = re.compile("|".join(f"(?P<{name}>{words})" for name, words in TOPICS.items()))
# A heading's words: to a full stop, a colon or a figure.
_HEAD = re.compile(
    r"(?:(?!\d[\d.,]*\s*(?!-)[^\W\d]|[.:;](?:\s|$)).){0,150}"
)  # to a full stop, a colon or a figure
_STOP = re.compile(r"[:;]|[.](?=\s|$)")
_DONE = re.compile(r"\bđã\b")
_AGENCY = re.compile(
    r"[\W\d]*(?:giao\s+|đề nghị\s+)?"
    r"(?:sở|ban|ủy ban|ubnd|hội(?! đồng)|ngân hàng|chánh|giám đốc|văn phòng|phòng|đài|báo|công an|bộ)\b"
)


def unmarked(words):
    """A folded heading's mark and its words, up to a full stop, a colon or a figure (tuple of str)."""
    end = end_of_mark(words)
    return words[:end], _HEAD.match(words, end)[0]


def name_in(words):
    """Where a folded heading says its name: behind its marks, up to a colon or a clause's end (tuple of int)."""
    start = 0
    while (behind := end_of_mark(words, start)) > start:
        start = behind
    end = _STOP.search(words, start)
    return start, end.start() if end else len(words)


def topic_of(words, within=80):
    """What a folded heading is about, one of `TOPICS`, None if its first letters do not tell (str).

    Its first letters are those before a colon, a full stop or a figure.
    """
    mark, head = unmarked(words)
    found = _TOPIC.search(head) or _TOPIC.search(mark)
    if not found or found.start() > within:
        return None
    return (
        "policies"
        if found.lastgroup == "solutions" and re.search(TOPICS["policies"], head)
        else found.lastgroup
    )


def topic_under(above, heading, said):
    """What a part is about whose own heading says one thing and that above it, of these words, another (str or None).

    A heading may name what its parts are about ("tình hình và mục tiêu"); else only policies have parts of any kind.
    """
    named = {topic_of(piece, 25) for piece in re.split(r"[,;:]|\bvà\b|\s-\s", heading)} - {None}
    if said is None and named == {"results", "aims"}:
        return None  # each paragraph tells
    if said is None or above in (None, "policies"):
        return said or above
    return said if said in named or (len(named) > 1 and above != "results") else above


def topic_of_prose(words):
    """What a folded paragraph is about of which no heading tells it (str or None)."""
    if (said := topic_of(words, 25)) is not None:
        return said
    if _AGENCY.match(words):
        return "duties"
    if re.search(r"phấn đấu|mục tiêu(?! quốc gia)", words[:200]) and "nghèo" in words:
        return "aims"
    return (
        "policies" if "đồng" in words and subject_of(words[:60]) and not _DONE.search(words[:120]) else None
    )


def names_agency(words):
    """Whether folded words begin with an agency (bool)."""
    return bool(_AGENCY.match(words))


def subject_of(*headings):
    """The subject that the first of some folded headings names, None if none does (Subject)."""
    for heading in headings:
        for subject in SUBJECTS:
            if subject.words.search(heading):
                return subject
    return None


def groups_in(words):
    """Where folded words name population groups (list of (int, int, str))."""
    return [(found.start(), found.end(), found.lastgroup) for found in _GROUP.finditer(words)]


def named_sources(words):
    """The sources of money that folded words name, with the place of each (list of (int, str))."""
    return [(found.start(), name) for name, pattern in SOURCES if (found := pattern.search(words))]


def source_of(words):
    """The source of money that folded words name, None if none (str)."""
    return next((name for _, name in named_sources(words)), None)


def sources_in(words):
    """Where folded words name sources of public or mobilised money (list of (int, str))."""
    found = []
    for phrase in re.finditer(
        r"(?:ngân sách|\bnguồn|\bvốn)\s+(?:(?!ngân sách|nguồn|vốn)[^;.,:\d]){2,25}", words
    ):
        name = source_of(phrase[0])
        if name:
            found.append((phrase.start(), name))
    return found


def spelled_out(words):
    """A name without its abbreviations (str)."""
    return _ABBREVIATED.sub(lambda found: _ABBREVIATIONS[found[0].lower()], words)


def slug(words):
    """An id from words: without marks, at most 48 letters (str)."""
    return grammar.slug(words)[:48].strip("_")
