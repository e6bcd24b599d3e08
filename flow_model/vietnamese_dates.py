"""Dates as Vietnamese officials write them: dd/mm/yyyy, and in words on certificates."""

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_words(day: date) -> str:
    """The date in words, as a birth certificate wants it.

    >>> in_words(date(2026, 11, 24))
    'Ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu'
    """
    month = "tư" if day.month == 4 else _below_hundred(day.month)
    return f"Ngày {_below_hundred(day.day)} tháng {month} năm {_thousands(day.year)}"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if ones == 0:
        return head
    if ones == 5:
        return f"{head} lăm"
    if tens > 1 and ones == 1:
        return f"{head} mốt"
    if tens > 1 and ones == 4:
        return f"{head} tư"
    return f"{head} {_DIGITS[ones]}"


def _thousands(year: int) -> str:
    thousands, rest = divmod(year, 1000)
    hundreds, below = divmod(rest, 100)
    words = f"{_DIGITS[thousands]} nghìn"
    if rest == 0:
        return words
    words += f" {_DIGITS[hundreds]} trăm"
    if below == 0:
        return words
    return f"{words} linh {_DIGITS[below]}" if below < 10 else f"{words} {_below_hundred(below)}"


def written(day: date) -> str:
    """dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"
