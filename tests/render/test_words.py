from render.words import alphabetical


def test_names_stand_in_the_order_of_the_persian_alphabet() -> None:
    names = ["یزد", "مترو", "گل", "پارک", "بوستان", "آب", "لاله", "چهارراه", "حمل‌ونقل", "کتاب", "ژاله", "ایران"]
    ordered = ["آب", "ایران", "بوستان", "پارک", "چهارراه", "حمل‌ونقل", "ژاله", "کتاب", "گل", "لاله", "مترو", "یزد"]
    assert sorted(names, key=alphabetical) == ordered


def test_a_half_space_sorts_as_a_space_and_other_signs_come_last() -> None:
    assert sorted(["راه آهن", "راه‌آبی", "137", "راه"], key=alphabetical) == ["راه", "راه‌آبی", "راه آهن", "137"]
