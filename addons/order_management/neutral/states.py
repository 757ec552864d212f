# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Provinces of Vietnam and China as people write them, resolved to ISO 3166-2.

Vietnam merged its 63 provinces into 34 on 1 July 2025; addresses keep naming the old
ones, so both are understood and an old one leads to the province it now belongs to.
Other countries' states are left to whoever has a table of them.
"""

from dataclasses import dataclass
from functools import cache

from .words import fold, squeeze


@dataclass(frozen=True, slots=True)
class State:
    """A first-level division.

    ``iso`` is its ISO 3166-2 code (``VN-SG``, ``CN-GD``), ``local`` the code Odoo files
    it under (the same in Vietnam, a character such as ``粤`` in China), ``former`` the
    ISO code of the province it was before a merger (``VN-57``) if an old name was
    written, else empty.
    """

    iso: str
    local: str
    name: str
    former: str = ""

    @property
    def key(self) -> str:
        """Code that tells old provinces apart, too."""
        return self.former or self.iso


#: Today's provinces of Vietnam: ISO code -> name and other spellings, apart by "|".
_VN = {
    "VN-44": "An Giang",
    "VN-56": "Bắc Ninh",
    "VN-04": "Cao Bằng",
    "VN-59": "Cà Mau",
    "VN-CT": "Cần Thơ|Can Tho|TPCT",
    "VN-71": "Điện Biên",
    "VN-33": "Đắk Lắk|Đắc Lắc|Đắk Lắc|Đăk Lăk|Darlac|Buôn Ma Thuột",
    "VN-DN": "Đà Nẵng|Danang|TPDN|TPĐN|Tourane",
    "VN-39": "Đồng Nai|Biên Hòa",
    "VN-45": "Đồng Tháp",
    "VN-30": "Gia Lai|Pleiku",
    "VN-SG": "Hồ Chí Minh|HCM|HCMC|TPHCM|TP HCM|HCM City|Ho Chi Minh City|Saigon|"
    "Sài Gòn|SG|SGN|Thành phố Sài Gòn|胡志明市|胡志明|西贡",
    "VN-HN": "Hà Nội|Hanoi|HN|TPHN|HAN|Thủ đô Hà Nội|河内|河內",
    "VN-HP": "Hải Phòng|Haiphong|TPHP|海防",
    "VN-23": "Hà Tĩnh",
    "VN-66": "Hưng Yên",
    "VN-34": "Khánh Hòa|Nha Trang",
    "VN-02": "Lào Cai|Lao Kay",
    "VN-01": "Lai Châu",
    "VN-35": "Lâm Đồng|Đà Lạt",
    "VN-09": "Lạng Sơn",
    "VN-22": "Nghệ An",
    "VN-18": "Ninh Bình",
    "VN-68": "Phú Thọ",
    "VN-13": "Quảng Ninh|Hạ Long",
    "VN-29": "Quảng Ngãi",
    "VN-25": "Quảng Trị",
    "VN-05": "Sơn La",
    "VN-21": "Thanh Hóa",
    "VN-69": "Thái Nguyên",
    "VN-37": "Tây Ninh",
    "VN-07": "Tuyên Quang",
    "VN-26": "Huế|Thừa Thiên Huế|Thừa Thiên - Huế|TT Huế|TTH|Thua Thien|顺化",
    "VN-49": "Vĩnh Long",
}
#: Provinces until June 2025: ISO code -> (today's code, name and spellings).
_VN_FORMER = {
    "VN-03": ("VN-07", "Hà Giang"),
    "VN-06": ("VN-02", "Yên Bái"),
    "VN-14": ("VN-68", "Hòa Bình"),
    "VN-15": ("VN-HN", "Hà Tây"),
    "VN-20": ("VN-66", "Thái Bình"),
    "VN-24": ("VN-25", "Quảng Bình"),
    "VN-27": ("VN-DN", "Quảng Nam|Hội An"),
    "VN-28": ("VN-29", "Kon Tum|Kontum|Công Tum"),
    "VN-31": ("VN-30", "Bình Định|Quy Nhơn|Qui Nhơn"),
    "VN-32": ("VN-33", "Phú Yên"),
    "VN-36": ("VN-34", "Ninh Thuận"),
    "VN-40": ("VN-35", "Bình Thuận|Phan Thiết"),
    "VN-41": ("VN-37", "Long An"),
    "VN-43": ("VN-SG", "Bà Rịa - Vũng Tàu|BRVT|BR-VT|BR VT|Vũng Tàu|Bà Rịa"),
    "VN-46": ("VN-45", "Tiền Giang|Mỹ Tho"),
    "VN-47": ("VN-44", "Kiên Giang|Phú Quốc"),
    "VN-50": ("VN-49", "Bến Tre"),
    "VN-51": ("VN-49", "Trà Vinh"),
    "VN-52": ("VN-CT", "Sóc Trăng"),
    "VN-53": ("VN-69", "Bắc Kạn|Bắc Cạn|Bac Can"),
    "VN-54": ("VN-56", "Bắc Giang"),
    "VN-55": ("VN-59", "Bạc Liêu"),
    "VN-57": ("VN-SG", "Bình Dương|Thủ Dầu Một"),
    "VN-58": ("VN-39", "Bình Phước"),
    "VN-61": ("VN-HP", "Hải Dương"),
    "VN-63": ("VN-18", "Hà Nam"),
    "VN-67": ("VN-18", "Nam Định"),
    "VN-70": ("VN-68", "Vĩnh Phúc"),
    "VN-72": ("VN-35", "Đắk Nông|Đắc Nông|Đăk Nông|Đak Nông"),
    "VN-73": ("VN-CT", "Hậu Giang"),
}
#: China: ISO code -> (character on plates, full name, other spellings).
_CN = {
    "CN-AH": ("皖", "安徽省", "安徽|Anhui|Anhwei"),
    "CN-BJ": ("京", "北京市", "北京|Beijing|Peking"),
    "CN-CQ": ("渝", "重庆市", "重庆|重慶|Chongqing|Chungking"),
    "CN-FJ": ("闽", "福建省", "福建|閩|Fujian|Fukien"),
    "CN-GD": ("粤", "广东省", "广东|廣東|廣東省|粵|Guangdong|Kwangtung|Canton"),
    "CN-GS": ("甘", "甘肃省", "甘肃|甘肅|Gansu|Kansu|陇"),
    "CN-GX": ("桂", "广西壮族自治区", "广西|廣西|Guangxi|Guangxi Zhuang|Kwangsi"),
    "CN-GZ": ("黔", "贵州省", "贵州|貴州|贵|Guizhou|Kweichow"),
    "CN-HA": ("豫", "河南省", "河南|Henan|Honan"),
    "CN-HB": ("鄂", "湖北省", "湖北|Hubei|Hupeh"),
    "CN-HE": ("冀", "河北省", "河北|Hebei|Hopeh"),
    "CN-HI": ("琼", "海南省", "海南|瓊|Hainan"),
    "CN-HK": ("港", "香港特别行政区", "香港|香港特別行政區|Hong Kong|Xianggang"),
    "CN-HL": ("黑", "黑龙江省", "黑龙江|黑龍江|Heilongjiang|Heilungkiang"),
    "CN-HN": ("湘", "湖南省", "湖南|Hunan"),
    "CN-JL": ("吉", "吉林省", "吉林|Jilin|Kirin"),
    "CN-JS": ("苏", "江苏省", "江苏|江蘇|蘇|Jiangsu|Kiangsu"),
    "CN-JX": ("赣", "江西省", "江西|贛|Jiangxi|Kiangsi"),
    "CN-LN": ("辽", "辽宁省", "辽宁|遼寧|遼|Liaoning"),
    "CN-MO": ("澳", "澳门特别行政区", "澳门|澳門|澳門特別行政區|Macau|Macao|Aomen"),
    "CN-NM": ("蒙", "内蒙古自治区", "内蒙古|內蒙古|内蒙|Inner Mongolia|Nei Mongol|"
              "Neimenggu|Nei Menggu"),
    "CN-NX": ("宁", "宁夏回族自治区", "宁夏|寧夏|寧|Ningxia|Ningxia Hui|Ningsia"),
    "CN-QH": ("青", "青海省", "青海|Qinghai|Tsinghai"),
    "CN-SC": ("蜀", "四川省", "四川|川|Sichuan|Szechuan|Szechwan"),
    "CN-SD": ("鲁", "山东省", "山东|山東|魯|Shandong|Shantung"),
    "CN-SH": ("沪", "上海市", "上海|滬|申|Shanghai"),
    "CN-SN": ("陕", "陕西省", "陕西|陝西|陝|秦|Shaanxi|Shensi"),
    "CN-SX": ("晋", "山西省", "山西|晉|Shanxi|Shansi"),
    "CN-TJ": ("津", "天津市", "天津|Tianjin|Tientsin"),
    "CN-TW": ("台", "台湾省", "台湾|台灣|臺灣|臺|Taiwan"),
    "CN-XJ": ("新", "新疆维吾尔自治区", "新疆|新疆維吾爾自治區|Xinjiang|Xinjiang Uygur|"
              "Xinjiang Uyghur|Sinkiang"),
    "CN-XZ": ("藏", "西藏自治区", "西藏|Xizang|Tibet"),
    "CN-YN": ("滇", "云南省", "云南|雲南|云|雲|Yunnan"),
    "CN-ZJ": ("浙", "浙江省", "浙江|Zhejiang|Chekiang"),
}  # fmt: skip

#: Words before and after the name, in the order they are taken off.
_BEFORE = {
    "VN": ["thanh pho", "tinh", "thu do", "tp", "t p", "t", "city of", "province of"],
    "CN": ["province of"],
}
_AFTER = {
    "VN": ["province", "city", "municipality", "tinh"],
    "CN": [
        "autonomous region",
        "special administrative region",
        "sar",
        "zizhiqu",
        "province",
        "municipality",
        "city",
        "sheng",
        "shi",
        "自治区",
        "自治區",
        "省",
        "市",
    ],
}


def resolve_state(text: str | None, country: str | None) -> State | None:
    """The first-level division that ``text`` names in ``country``.

    :param text: name, ISO code with or without the country, or the local abbreviation
    :param country: ISO 3166-1 code of two letters
    :return: None for other countries than Vietnam and China and for what is unknown
    """
    country = (country or "").upper()
    if not text or len(text) > 200 or country not in _BEFORE:
        return None
    names = _names(country)
    words = fold(text)
    for candidate in _candidates(words, country):
        found = names.get(candidate.replace(" ", ""))
        if found:
            return found
    return None


def _candidates(words, country):
    """The words as they are, then with less and less of what stands around the name."""
    yield words
    # "Thành phố Huế, Việt Nam" and "TP HCM Vietnam"
    for suffix in (" viet nam", " vietnam", " china", " cn", " vn"):
        words = words.removesuffix(suffix)
    yield words
    for word in _BEFORE[country]:
        if words.startswith(word + " "):
            words = words.removeprefix(word + " ")
            yield words
            break
    for word in _AFTER[country]:
        gap = "" if not word.isascii() else " "
        if words.endswith(gap + word):
            yield words.removesuffix(gap + word)
            break


@cache
def _names(country):
    return _vietnam() if country == "VN" else _china()


def _vietnam():
    names = {}
    for code, (target, spellings) in _VN_FORMER.items():
        name = _VN[target].split("|")[0]
        state = State(target, target, name, code)
        names.update((squeeze(text), state) for text in (code, *spellings.split("|")))
    for code, spellings in _VN.items():
        state = State(code, code, spellings.split("|")[0])
        names.update((squeeze(text), state) for text in (code, *spellings.split("|")))
        if not code[3:].isdigit():
            names.setdefault(squeeze(code[3:]), state)
    return names


def _china():
    names = {}
    for code, (local, name, spellings) in _CN.items():
        state = State(code, local, name)
        texts = (code, code[3:], local, name, *spellings.split("|"))
        names.update((squeeze(text), state) for text in texts)
    return names
