"""Invented comments on an invented draft: two fifths near copies of one another, the others strangers in stock phrases."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

COPIES, ADDS, EXACT = 0.4, 0.25, 0.25
OPENINGS = ("", "", "您好！", "尊敬的领导：", "我是本区居民，", "我认为，", "本人的意见是：", "意见如下：", "建议：")
CLOSINGS = ("", "", "谢谢。", "请予考虑！", "请采纳。", "望采纳", "特此建议。")
STOCK = (
    "根据实际情况", "进一步明确责任主体", "切实减轻经营者负担", "充分听取各方意见", "严格依法办理", "加强监督检查",
    "结合本区实际", "完善工作机制", "避免重复检查", "保障群众合法权益", "明确具体标准", "提高办事效率",
)  # fmt: skip
WHO = ("小型餐饮店", "社区居民", "老旧小区住户", "沿街商户", "学校周边家长", "夜间经营的摊主", "物业公司", "外卖骑手")
PLACES = "东西南北新老上下前后青石白云金银桥湾坊里巷路街口坪岭塘洲屯庄村渡关亭台楼门井泉溪河江湖海山川林竹梅兰松柏杨柳桃李杏枫"
PARTS = (
    "净化设施", "清洗频次", "排放标准", "营业时间", "公示牌", "投诉电话", "罚款数额", "整改期限", "台账", "隔油池", "排烟口",
    "监测数据", "补贴办法", "验收程序", "培训", "检查人员", "举报奖励", "过渡期", "信用记录", "第三方机构",
)  # fmt: skip
DOES = (
    "太高",
    "不够清楚",
    "难以做到",
    "应当统一",
    "可以放宽",
    "应当从严",
    "缺少依据",
    "没有说明",
    "容易误解",
    "需要细化",
)
CHANGES = (
    "删去",
    "改为",
    "推迟",
    "分类规定",
    "单独列出",
    "由街道承担",
    "由区里补助",
    "写明例外",
    "与上位法一致",
    "提前公告",
)
# Without words of negation: a copy does not say the opposite.
LETTERS = "的一是在有人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心你明看原又么利比或但质气第向道命此变条只结解问意建月公系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处"


def stranger(random: Random) -> str:
    """One opinion of its own, with stock phrases that others use too."""
    place = "".join(random.sample(PLACES, 3))
    own = "".join(random.choices(LETTERS, k=random.randint(14, 34)))
    said = [
        f"{place}{random.randint(1, 900)}号的{random.choice(WHO)}反映{random.choice(PARTS)}{random.choice(DOES)}",
        own,
        f"{random.choice(PARTS)}建议{random.choice(CHANGES)}",
        random.choice(STOCK),
        random.choice(STOCK),
    ]
    random.shuffle(said)
    return random.choice(OPENINGS) + "，".join(said) + "。" + random.choice(CLOSINGS)


def copy_of(model: str, random: Random) -> str:
    """The same opinion in another hand: other openings and punctuation, a few other characters, perhaps a sentence more."""
    if random.random() < EXACT:
        return model.replace("，", random.choice(("，", ",", " "))).rstrip("。") + random.choice(("。", "！", ""))
    letters = list(model)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(letters))
        letters[at] = random.choice(("", random.choice(LETTERS), letters[at] + random.choice(LETTERS)))
    out = random.choice(OPENINGS) + "".join(letters) + random.choice(CLOSINGS)
    if random.random() < ADDS:
        out += f"另外，{random.choice(WHO)}希望{random.choice(PARTS)}{random.choice(CHANGES)}。"
    return out


def opinions(count: int, seed: int = 1) -> Iterator[tuple[str, int]]:
    """So many comments in a mixed order, each with the number of the opinion it was made from; strangers have their own."""
    random = Random(seed)
    models: list[str] = []
    planted = int(count * COPIES)
    plan: list[int] = []
    while len(plan) < planted:
        # Many small groups, few large ones: the largest hold thousands.
        size = min(int(random.paretovariate(0.9)) + 1, planted // 20 + 2, planted - len(plan) + 1)
        plan += [len(models)] * size
        models.append(stranger(random))
    plan = plan[:planted] + [-1] * (count - planted)
    random.shuffle(plan)
    own = len(models)
    for model in plan:
        if model < 0:
            yield stranger(random), own
            own += 1
        else:
            yield copy_of(models[model], random), model
