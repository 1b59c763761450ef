"""Names of offices: splitting a printed list of units, and telling a unit from other words."""

import re

_ENDINGS = (
    "局|委|办|厅|部|院|会|室|中心|政府|公司|银行|分行|支行|部门|单位|县|市|区|州|盟|旗|地|镇|乡|街道|镇街|乡街|社区|园区"
    "|集团|学校|高校|院校|大学|学院|社|站|所|队|处|科|署|联|团|工会|残联|妇联|机关|机构|企业|小组|办公室|专班"
    "|基地|园|台|网|组织|协会|学会|商会|联盟|税务|财政|系统|监|人行|行|库|库区|基金|人社|教育|公安|检察院|法院|馆"
    "|平台|组|党委|党组|支队|总队|海关|指挥部|联社|地市|行署|省|全市|成员|团中央"
)
UNIT_END = re.compile(rf"(?:{_ENDINGS})(?:\([^()]*\)|〔[^〔〕]*〕|〈[^〈〉]*〉|\[[^\[\]]*\])*$")
_OPEN, _CLOSE = "([〔【{“‘《〈", ")]〕】}”’》〉"
_LEVEL = re.compile(r"^各?(?:[省市县区州盟旗乡镇]、)*[省市县区州盟旗乡镇]$|^各[县市区乡镇]{2}$")
# What goes on after 各市、: 州人民政府; and after a collective, 党委、: 政府.
_GOES_ON = re.compile(r"^[县区州盟旗市镇乡](?:\([^()]*\))?(?:人民政府|党委|政府|管委会|有关|$)")
_SHARED_END = re.compile(r"^(?:人民)?政府$")
_REST = re.compile(
    r"等(?:有关|相关|各|市直|省直|县直|区直|市级|省级|市|省|县|区|其他)*(?:职能|责任|成员|主管|行业|配合)*(?:部门|单位|委办局|机构|科室)?$"
)
_REST_THEN = re.compile(
    r"^(.+?)等(?:(?:有关|相关|各)?(?:职能)?(?:部门|单位))?(?:及|和|以及|与|,|、)(.+)$"
)
_AND = re.compile(r"(?:以及|及|和|与|会同)")
_SECOND_STANDS = re.compile(
    r"^(?:各|有关|相关|省|市|县|区|州|国家|自治|其他|所在|属地|开发区|高新|经开|经济|相应|市直|其余|驻|全市|.{2,8}(?:区|县|市|管委会|公司|银行)$)"
)
# （列首位者为牵头单位，下同） behind a unit is a note, not a part of its name.
_NOTE = re.compile(r"\([^()]*(?:牵头|下同)[^()]*\)")
_TRIM_HEAD = re.compile(r"^(?:由|请|以|并由|分别由|[、,;:\s—-])+")
_TRIM_TAIL = re.compile(
    r"(?:[、,;:。.\s]|按(?:照)?(?:各自)?职责(?:分工)?|根据职责分工|按分工|等)+$"
)
_UNKNOWN = re.compile(r"^(?:待|暂无|无$|/|另行|尚未|由?.{0,6}确定)")


def split_units(text: str) -> list[str]:
    """The units of a printed list, in order; brackets stay whole, 等 and 等部门 fall away."""
    units: list[str] = []
    for piece in _pieces(_TRIM_TAIL.sub("", text)):
        for part in _rest_parts(piece):
            for unit in _and_parts(part):
                name = tidy(unit)
                if name and not _UNKNOWN.match(name):
                    units.append(name)
    return list(dict.fromkeys(units))


def tidy(unit: str) -> str:
    """One unit without what stands around it."""
    name = _TRIM_TAIL.sub("", _TRIM_HEAD.sub("", _NOTE.sub("", unit)))
    shorter = _REST.sub("", name)
    return shorter if shorter else name


def looks_like_unit(name: str) -> bool:
    """Whether `name` reads like an office or a body: by its ending and its length."""
    return 2 <= len(name) <= 40 and UNIT_END.search(name) is not None


def is_collective(name: str) -> bool:
    """各县（市、区） and their like: nobody in particular."""
    return name.startswith(("各", "有关", "相关", "全市", "其他", "所有"))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    depth, start = 0, 0
    for place, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif char in "、,;，；\t" and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
    pieces.append(text[start:])
    joined: list[str] = []
    for piece in pieces:
        if joined and _LEVEL.match(joined[-1]) and (len(joined[-1]) == 1 or _GOES_ON.match(piece)):
            joined[-1] += "、" + piece
        elif joined and joined[-1].endswith(("党委", "党工委")) and _SHARED_END.match(piece):
            joined[-1] += "、" + piece
        else:
            joined.append(piece)
    return [piece for piece in joined if piece.strip()]


def _rest_parts(piece: str) -> list[str]:
    """`B局等有关部门及各区` is B局 and 各区."""
    found = _REST_THEN.match(piece)
    if found is None or not UNIT_END.search(found.group(1)):
        return [piece]
    return [found.group(1), found.group(2)]


def _and_parts(piece: str) -> list[str]:
    """Parted at 和 and 及 only where both names can stand alone."""
    for found in _AND.finditer(piece):
        left, right = piece[: found.start()], piece[found.end() :]
        if _inside_bracket(left) or not left or not right:
            continue
        if not looks_like_unit(tidy(left)) or not looks_like_unit(tidy(right)):
            continue
        if _SECOND_STANDS.match(right) and tidy(right) not in ("管委会", "政府", "市委", "区委"):
            return [left, *_and_parts(right)]
    return [piece]


def _inside_bracket(left: str) -> bool:
    return sum(left.count(char) for char in _OPEN) > sum(left.count(char) for char in _CLOSE)
