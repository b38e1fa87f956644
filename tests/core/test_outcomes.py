from core.outcomes import READ, RETRIED, Outcome


def test_every_outcome_has_persian_words_of_its_own() -> None:
    words = [outcome.persian for outcome in Outcome]
    assert len(set(words)) == len(words)


def test_what_was_read_is_never_retried_as_a_failure() -> None:
    assert not READ & RETRIED
