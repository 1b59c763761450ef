"""Names of enterprises and people, telephone numbers and addresses, all made by rule.

Any likeness with a real enterprise or person is chance: names are combined from word lists.
"""

from miaopu.app.demo.dice import Dice, Weighted
from miaopu.app.demo.places import Place, Village

_FIRST = tuple("鑫宏恒瑞兴华盛泰祥隆福顺永同信诚德和金银玉宝嘉佳美新天地东南中正立众汇聚创智博远")
_SECOND = tuple(
    "源达盛丰茂隆昌泰安康宁业成利润发祥旺荣辉腾飞翔航程通联合众友邦升旭阳光明晨峰岭川林森"
)
_LOCAL = (
    "苗岭 黔灵 甲秀 筑城 林城 黔山 花溪河 南明河 红枫 百花湖 高原 山水 云上 多彩 黔韵 苗家 侗乡 "
    "布依 夜郎 黔北 黔味 乌江 清水江 云贵 春晖 阿哈湖 天河潭 青岩 桃源 山里人"
).split()
_LOCAL_TAIL = tuple("源香缘情悦优鲜味乡记然汇居品")
_SHOP_TAIL = tuple("源香缘悦优鲜味乡福兴和顺")

_COMPANY_TAIL = Weighted((("有限公司", 85), ("有限责任公司", 15)))

_SURNAMES = Weighted(
    tuple(
        (surname, weight)
        for weight, row in (
            (60, "王 李 张 杨 陈 刘"),
            (32, "罗 吴 周 黄 赵 何 谢 田 龙 石"),
            (14, "徐 朱 胡 郭 唐 彭 冯 蒋 邓 曾 韦 陆 潘 梁 宋 袁 蔡 吕 汪 任 高 马 孙 熊 文 令狐"),
            (6, "卢 姚 丁 余 夏 安 万 蒙 岑 班 莫 欧 吉 穆 申 覃 涂 敖 娄 犹 帅 晏 班 饶 桂 游 宁"),
            (2, "欧阳 上官 司马 诸葛 皇甫 东方 夏侯 尉迟 司徒 公孙 禄 蔺 仡 鄢 爨"),
        )
        for surname in row.split()
    )
)
_GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文海波晓燕春荣德贵光福成林峰"
    "云飞雪莲琴琳倩颖佳欣宇浩轩子涵思雨梓晨俊凯旭鹏程永兴国庆正江山松柏青山忠信义仁礼智祥瑞祖富"
)
_RARE_GIVEN = tuple("㛃𬍛堃喆翀彧赟昇犇龑㬎𬱖䶮淼骉")
_LONG_FIRST = "阿依古丽 买买提 阿不力孜 古丽娜尔 玉素甫 帕提古丽".split()
_LONG_LAST = "热合曼 吐尔逊 艾山 依明 卡德尔 阿布都拉".split()

_NICKNAME = tuple("老小阿")
_ROOMS = Weighted((("", 40), ("附", 25), ("栋", 20), ("层", 15)))
_BUILDINGS = "大厦 广场 商务楼 综合楼 国际 中心".split()

PHONE_PREFIX = "142"
"""The numbering plan gives 142 to no operator: nobody can be called by accident."""


def brand(dice: Dice) -> str:
    """A trade name of two to four characters, e.g. 鑫源 or 苗岭香."""
    if dice.chance(280):
        local = dice.pick(_LOCAL)
        tail = dice.pick(_LOCAL_TAIL) if dice.chance(750) else dice.pick(_SECOND)
        return local if tail in local else local + tail
    word = dice.pick(_FIRST) + dice.pick(_SECOND)
    return word + dice.pick(_LOCAL_TAIL) if dice.chance(250) else word


def company_name(dice: Dice, place: Place, word: str) -> str:
    """A limited company, e.g. 贵州苗岭生态农业有限公司."""
    prefixes = (
        ("贵州", "贵阳", f"贵阳市{place.short}区")
        if place.zone
        else (
            "贵州",
            "贵阳",
            f"贵州省{place.short}"
            if place.name_zh.endswith(("县", "市"))
            else f"贵阳{place.short}",
        )
    )
    return dice.pick(prefixes) + brand(dice) + word + dice.weigh(_COMPANY_TAIL)


def shop_name(dice: Dice, place: Place, word: str, surname: str) -> str:
    """A shop, workshop or farm, e.g. 贵阳云岩鑫源食品经营部 or 开阳县老杨土鸡养殖场."""
    roll = dice.below(100)
    prefix = f"贵阳{place.short}" if roll < 40 else place.name_zh if roll < 85 else place.short
    roll = dice.below(100)
    if roll < 10:
        middle = dice.pick(_NICKNAME) + surname + (dice.pick(_GIVEN) if roll < 6 else "")
    elif roll < 25:
        middle = surname + dice.pick(("记", "氏", "家")) + dice.pick(_SHOP_TAIL)
    elif roll < 35:
        middle = dice.pick(_GIVEN) + dice.pick(_GIVEN)
    else:
        middle = brand(dice)
    return prefix + middle + word


def person_name(dice: Dice) -> tuple[str, str]:
    """Surname and full name; some compound, some long, some with characters beyond the BMP."""
    if dice.chance(2):
        first = dice.pick(_LONG_FIRST)
        return first[0], f"{first}·{dice.pick(_LONG_LAST)}"
    surname = dice.weigh(_SURNAMES)
    given = dice.pick(_GIVEN)
    if dice.chance(760):
        given += dice.pick(_RARE_GIVEN) if dice.chance(12) else dice.pick(_GIVEN)
    elif dice.chance(15):
        given = dice.pick(_RARE_GIVEN)
    return surname, surname + given


def phone(scattered: int) -> str:
    """An eleven-digit mobile number that no operator may give out, from a number below 10^8."""
    return f"{PHONE_PREFIX}{scattered:08d}"


def street_address(dice: Dice, place: Place) -> str:
    """An address in a street of the county's seat or of the zone."""
    text = f"贵州省贵阳市{place.name_zh}{dice.pick(place.streets)}{dice.between(1, 388)}号"
    room = dice.weigh(_ROOMS)
    if room == "附":
        return f"{text}附{dice.between(1, 30)}号"
    if room == "栋":
        return (
            f"{text}{dice.between(1, 18)}栋{dice.between(1, 4)}单元"
            f"{dice.between(1, 32)}{dice.between(1, 8):02d}室"
        )
    if room == "层":
        building = dice.pick(_FIRST) + dice.pick(_SECOND) + dice.pick(_BUILDINGS)
        return f"{text}{building}{dice.between(1, 28)}层"
    return text


def village_address(dice: Dice, place: Place, village: Village) -> str:
    """An address in a village: town, village and group, as the countryside has no house numbers."""
    group = dice.pick(("一", "二", "三", "四", "五", "六", "七", "八"))
    return f"贵州省贵阳市{place.name_zh}{village.town}{village.name}{group}组"
