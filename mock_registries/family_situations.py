"""The situations a family can be in: each differs from the plain one in a way the agencies must notice.

Weights are guesses, in parts of all families: they make the plain cases common and keep every odd case
in sight. No statistic stands behind any of them.
"""

from dataclasses import dataclass

from mock_registries.family_plans import BirthPlan, DeathPlan, years_before


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation, its names for people, its weight, and the plan that brings it about."""

    id: str
    title_vi: str
    title_en: str
    weight: int
    plan: BirthPlan | DeathPlan


SITUATIONS: tuple[Situation, ...] = (
    Situation(
        "newborn",
        "Trẻ mới sinh, cha mẹ đã kết hôn, ở nhà của cha",
        "A newborn of married parents who live in the father's house",
        300,
        BirthPlan(),
    ),
    Situation(
        "newborn_with_grandparents",
        "Trẻ mới sinh, ở nhà ông bà: chủ hộ phải đồng ý",
        "A newborn in the grandparents' house: the householder must consent",
        110,
        BirthPlan(home="grandparents_own"),
    ),
    Situation(
        "newborn_late",
        "Khai sinh quá hạn 60 ngày",
        "A birth declared after the sixty days",
        35,
        BirthPlan(days_before=(70, 80)),
    ),
    Situation(
        "no_birth_notice",
        "Không có giấy chứng sinh",
        "A birth without a birth notice",
        20,
        BirthPlan(notice=False),
    ),
    Situation(
        "unmarried_parents",
        "Cha mẹ chưa đăng ký kết hôn",
        "Parents who have not married",
        25,
        BirthPlan(married=False),
    ),
    Situation(
        "father_unknown",
        "Chưa xác định được cha",
        "A child whose father is not known",
        20,
        BirthPlan(father="unknown", married=False),
    ),
    Situation(
        "mother_unknown",
        "Chưa xác định được mẹ",
        "A child whose mother is not known",
        5,
        BirthPlan(mother_known=False, married=False),
    ),
    Situation(
        "twins",
        "Sinh đôi: hai giấy chứng sinh",
        "Twins: two birth notices",
        15,
        BirthPlan(children=2),
    ),
    Situation(
        "parents_apart",
        "Cha mẹ thường trú ở hai nơi",
        "Parents with two permanent residences",
        45,
        BirthPlan(home="apart"),
    ),
    Situation(
        "foreign_father",
        "Cha là người nước ngoài",
        "A foreign father",
        10,
        BirthPlan(father="foreign"),
    ),
    Situation(
        "child_over_six",
        "Trẻ đã hơn sáu tuổi mới khai sinh",
        "A child over six, not yet registered",
        5,
        BirthPlan(days_before=(2260, 3280)),
    ),
    Situation(
        "child_died",
        "Trẻ sinh ra sống hơn 24 giờ rồi mất",
        "A child who lived more than a day and died",
        5,
        BirthPlan(days_before=(4, 12), child_dies=True),
    ),
    Situation(
        "suspected_duplicate",
        "Nghi trùng: đã có con cùng mẹ, cùng ngày sinh",
        "A suspected duplicate: the same mother already has a child of this day",
        5,
        BirthPlan(twin_already_registered=True),
    ),
    Situation(
        "grandparent_declares",
        "Bà đi khai sinh cho cháu",
        "A grandmother declares the birth",
        40,
        BirthPlan(home="grandparents_near", grandparent_declares=True),
    ),
    Situation(
        "pensioner",
        "Người đang hưởng lương hưu mất tại bệnh viện",
        "A pensioner dies in hospital",
        120,
        DeathPlan(standing="pension", months_paid=(240, 420)),
    ),
    Situation(
        "pensioner_reserved_time",
        "Người bảo lưu thời gian đóng bảo hiểm xã hội",
        "Somebody with reserved insurance time",
        20,
        DeathPlan(
            ages=(45, 59),
            lives="with_spouse_as_head",
            spouse_per_mille=1000,
            standing="reserved_time",
            months_paid=(180, 300),
        ),
    ),
    Situation(
        "voluntary_insured",
        "Người đóng bảo hiểm xã hội tự nguyện",
        "Somebody insured voluntarily",
        12,
        DeathPlan(
            ages=(35, 58),
            lives="with_spouse_as_head",
            spouse_per_mille=1000,
            standing="voluntary",
            months_paid=(61, 180),
        ),
    ),
    Situation(
        "working_insured",
        "Người đang làm việc có đóng bảo hiểm: đơn vị sử dụng lao động nộp hồ sơ",
        "An insured worker: the employer files the claim",
        20,
        DeathPlan(
            ages=(32, 57),
            lives="with_spouse_as_head",
            spouse_per_mille=1000,
            standing="working",
            months_paid=(24, 360),
        ),
    ),
    Situation(
        "over_eighty_survivor",
        "Người từ đủ 80 tuổi hưởng tuất hằng tháng",
        "A survivor aged eighty or more on a monthly allowance",
        15,
        DeathPlan(ages=(80, 97), spouse_per_mille=0, notice="commune", monthly_survivor_over_80=True),
    ),
    Situation(
        "social_protection",
        "Người hưởng trợ cấp xã hội hằng tháng",
        "Somebody on monthly social assistance",
        30,
        DeathPlan(ages=(62, 79), social_protection="monthly_assistance"),
    ),
    Situation(
        "social_pension",
        "Người hưởng trợ cấp hưu trí xã hội",
        "Somebody on the social pension",
        45,
        DeathPlan(ages=(75, 96), social_protection="social_pension"),
    ),
    Situation(
        "merit",
        "Người có công với cách mạng",
        "A person with merit to the revolution",
        20,
        DeathPlan(ages=(72, 96), merit=True),
    ),
    Situation(
        "merit_and_pension",
        "Người có công đang hưởng lương hưu: chỉ hưởng mức cao nhất",
        "A person of merit on a pension: only the highest is paid",
        12,
        DeathPlan(ages=(72, 92), standing="pension", months_paid=(240, 420), merit=True),
    ),
    Situation(
        "nobody_entitled",
        "Không thuộc diện hưởng khoản nào: chỉ làm hai thủ tục",
        "Nobody is entitled: two procedures only",
        45,
        DeathPlan(ages=(38, 58), lives="with_spouse_as_head", spouse_per_mille=1000, notice="police"),
    ),
    Situation(
        "sole_member",
        "Người mất sống một mình trong hộ",
        "The deceased was the household's only member",
        15,
        DeathPlan(lives="alone", spouse_per_mille=0, social_protection="monthly_assistance"),
    ),
    Situation(
        "householder_died",
        "Chủ hộ mất: những người còn lại cử chủ hộ mới",
        "The householder dies: the others name a new one",
        35,
        DeathPlan(
            ages=(60, 84), lives="as_head", spouse_per_mille=800, standing="pension", months_paid=(240, 420)
        ),
    ),
    Situation(
        "no_permanent_residence",
        "Người mất không có nơi thường trú",
        "The deceased had no permanent residence",
        5,
        DeathPlan(ages=(60, 80), lives="nowhere", spouse_per_mille=0),
    ),
    Situation(
        "died_at_home",
        "Chết tại nhà, chưa có giấy báo tử: xã không cấp",
        "Death at home with no notice: the commune that registers issues none",
        50,
        DeathPlan(ages=(75, 97), notice="none", social_protection="social_pension"),
    ),
    Situation(
        "long_past_death",
        "Chết đã lâu, nay mới khai tử",
        "A death of years ago, declared only now",
        8,
        DeathPlan(ages=(60, 90), notice="none", days_before=years_before(2, 8)),
    ),
)
