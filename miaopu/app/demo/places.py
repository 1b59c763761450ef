"""Guiyang's ten counties and four city zones, with streets, towns and villages for addresses.

Districts, towns and main streets carry their real names; villages and house numbers are made by
rule, so that no real village is called poor and no address is anyone's.
"""

from dataclasses import dataclass
from functools import cache

LOW_INCOME_VILLAGES = 100
"""How many villages count as low-income (the plan names a hundred, not which)."""

_VILLAGES_PER_TOWN = 8
_VILLAGE_NAMES = tuple(
    (
        "龙井 大坝 新寨 上寨 下寨 石门 双山 长冲 桃源 红岩 马场 羊场 大田 小坝 茶山 清江 白岩 高坡 "
        "云盘 凤凰 金星 团结 光明 前进 新华 三合 四方 五星 平寨 营盘 青杠 杉木 银杏 核桃 梨树 李子 "
        "水井 落水 龙潭 水头 岩脚 坡头 坝子 关口 古楼 石桥 板桥 花桥 木桥 新桥 大寨 小寨 老寨 中寨 "
        "后寨 田坝 麦地 谷丰 稻香 菜花 竹林 松林 柏杨 枫香 香树 桂花 兰花 杜鹃 金竹 翠林 碧水 清泉 "
        "温水 冷水 黑石 白石 红星 朝阳 向阳 东山 西山 南山 北坡 中坪 大坪 小坪 高坪 长坪 新坪 塘边 "
        "河边 江边 湖边 山脚 洞口 坪上 湾子"
    ).split()
)


@dataclass(frozen=True)
class Place:
    """One county or zone.

    `share` is its part of all enterprises and `rural` the part of its enterprises that sits in
    villages, both per mille. `low_income` says whether some of its villages are low-income.
    `registry` is the county in GB/T 2260 whose code stands in credit codes issued there.
    """

    code: str
    name_zh: str
    name_en: str
    short: str
    share: int
    rural: int
    low_income: bool
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    registry: str

    @property
    def zone(self) -> bool:
        """True for the city's own zones, which GB/T 2260 does not know."""
        return self.registry != self.code


@dataclass(frozen=True)
class Village:
    """One village of a town; `low_income` marks the hundred that the plan favours."""

    town: str
    name: str
    low_income: bool


def _place(
    code: str,
    names: tuple[str, str, str],
    shares: tuple[int, int],
    low_income: bool,
    streets: str,
    towns: str = "",
    registry: str = "",
) -> Place:
    return Place(
        code,
        *names,
        *shares,
        low_income,
        tuple(streets.split()),
        tuple(towns.split()),
        registry or code,
    )


PLACES: tuple[Place, ...] = (
    _place(
        "520102",
        ("南明区", "Nanming District", "南明"),
        (190, 20),
        False,
        "中华南路 遵义路 瑞金南路 都司路 新华路 市南路 沙冲中路 沙冲南路 解放路 箭道街 富水南路 "
        "宝山南路 浣纱路 青云路 油榨街 朝阳洞路 玉厂路 花果园大街 花溪大道北段 西湖路 兴关路",
        "永乐乡",
    ),
    _place(
        "520103",
        ("云岩区", "Yunyan District", "云岩"),
        (185, 0),
        False,
        "中华中路 中华北路 延安中路 延安东路 延安西路 北京路 宝山北路 瑞金北路 瑞金中路 合群路 "
        "黔灵西路 友谊路 枣山路 百花大道 盐务街 海马冲街 三桥南路 中坝路 文昌北路 省府路 威清路 "
        "市北路 新添大道南段 普陀路 蔡家关路",
    ),
    _place(
        "520111",
        ("花溪区", "Huaxi District", "花溪"),
        (95, 350),
        True,
        "明珠大道 清溪路 花溪大道南段 贵筑路 田园南路 徐家冲路 民主路 溪北路 甲秀南路 吉林路",
        "青岩镇 石板镇 麦坪镇 燕楼镇 孟关乡 高坡乡 黔陶乡 马铃乡 久安乡 湖潮乡 党武镇",
    ),
    _place(
        "520112",
        ("乌当区", "Wudang District", "乌当"),
        (55, 400),
        True,
        "新添大道北段 航天路 新庄路 高新路 新创路 育新路",
        "东风镇 水田镇 羊昌镇 新场镇 下坝镇 百宜镇 偏坡乡 新堡乡",
    ),
    _place(
        "520113",
        ("白云区", "Baiyun District", "白云"),
        (75, 150),
        False,
        "白云中路 白云南路 白云北路 云峰大道 同心路 健康路 建设路 七一路 铝兴路 南湖路",
        "麦架镇 沙文镇 艳山红镇 都拉乡 牛场乡",
    ),
    _place(
        "520115",
        ("观山湖区", "Guanshanhu District", "观山湖"),
        (150, 60),
        False,
        "金阳南路 金阳北路 林城东路 林城西路 观山东路 观山西路 长岭北路 诚信北路 诚信南路 兴筑西路 "
        "云潭南路 石林东路 北京西路 金朱东路 金朱西路 石标路",
        "金华镇 朱昌镇 百花湖乡",
    ),
    _place(
        "520121",
        ("开阳县", "Kaiyang County", "开阳"),
        (45, 650),
        True,
        "开州大道 紫江路 东兴路 望城坡路 环湖路 开洲大道南段",
        "双流镇 金中镇 冯三镇 楠木渡镇 龙岗镇 永温镇 花梨镇 南龙乡 宅吉乡 龙水乡 米坪乡 毛云乡 "
        "高寨乡 南江乡 禾丰乡",
    ),
    _place(
        "520122",
        ("息烽县", "Xifeng County", "息烽"),
        (32, 650),
        True,
        "虎城大道 文化东路 县府路 龙泉大道 花园路",
        "永靖镇 温泉镇 九庄镇 小寨坝镇 西山镇 养龙司镇 石硐镇 鹿窝镇 流长镇 青山乡",
    ),
    _place(
        "520123",
        ("修文县", "Xiuwen County", "修文"),
        (38, 600),
        True,
        "阳明大道 翠屏路 文昌路 人民北路 迎春路",
        "龙场镇 扎佐镇 久长镇 六广镇 六屯镇 洒坪镇 六桥镇 谷堡镇 小箐镇 大石乡",
    ),
    _place(
        "520181",
        ("清镇市", "Qingzhen City", "清镇"),
        (65, 500),
        True,
        "云岭中路 云岭东路 红枫大街 富强路 前进路 前卫路 百花路 建国路",
        "红枫湖镇 站街镇 卫城镇 新店镇 犁倭镇 暗流镇 流长乡 王庄乡 麦格乡",
    ),
    _place(
        "520191",
        ("高新区", "Guiyang High-tech Zone", "高新"),
        (35, 0),
        False,
        "长岭南路 都匀路 黎阳大道 高海路 科教街 阳关大道 毕节路 兴义路",
        registry="520115",
    ),
    _place(
        "520192",
        ("经开区", "Guiyang Economic and Technological Development Zone", "经开"),
        (20, 0),
        False,
        "珠江路 黄河路 长江路 浦江路 清水江路 西南环线 开发大道 三江路 松花江路 香江路",
        registry="520111",
    ),
    _place(
        "520193",
        ("综保区", "Guiyang Comprehensive Bonded Zone", "综保"),
        (5, 0),
        False,
        "综保大道 保税一路 保税二路 都拉大道",
        registry="520113",
    ),
    _place(
        "520194",
        ("双龙航空港经济区", "Shuanglong Airport Economic Zone", "双龙"),
        (10, 0),
        False,
        "见龙洞路 机场路 龙水路 小碧路 航空港大道",
        registry="520102",
    ),
)


@cache
def villages() -> dict[str, tuple[Village, ...]]:
    """The villages of every county that has towns, by county code; 100 of them low-income."""
    total = sum(len(place.towns) for place in PLACES if place.low_income) * _VILLAGES_PER_TOWN
    found: dict[str, tuple[Village, ...]] = {}
    counted = 0
    for place in PLACES:
        rows = []
        for position, town in enumerate(place.towns):
            for nth in range(_VILLAGES_PER_TOWN):
                name = _VILLAGE_NAMES[(position * 31 + nth * 12) % len(_VILLAGE_NAMES)]
                low = False
                if place.low_income:
                    before, after = counted, counted + 1
                    low = (
                        before * LOW_INCOME_VILLAGES // total
                        != after * LOW_INCOME_VILLAGES // total
                    )
                    counted = after
                rows.append(Village(town, f"{name}村", low))
        found[place.code] = tuple(rows)
    return found
