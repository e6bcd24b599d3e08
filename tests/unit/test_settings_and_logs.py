"""A clock that is held, settings, and logs that show nobody's number."""

import logging
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import structlog

from chassis import settings as settings_module
from chassis.clock import HeldClock, WallClock
from chassis.logs import MASK, configure, mask_text
from chassis.settings import BadSetting, Settings
from tests.unit.club import AT


def test_a_held_clock_moves_only_when_told_and_never_back() -> None:
    clock = HeldClock(datetime(2026, 3, 9, 1, 30, tzinfo=UTC))
    assert clock.now().isoformat() == "2026-03-09T08:30:00+07:00"
    assert clock.advance(timedelta(hours=1)) == clock.now() == AT + timedelta(hours=1)
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(AT)
    with pytest.raises(ValueError, match="offset"):
        HeldClock(datetime(2026, 3, 9))  # noqa: DTZ001  the refusal is what is tested
    assert WallClock().now().utcoffset() == timedelta(hours=7)


def test_settings_are_read_and_few() -> None:
    assert Settings.from_environment({"HOME": "/"}) == Settings()
    settings = Settings.from_environment(
        {
            "SANDBOX_BASE_PORT": "9000",
            "SANDBOX_LANGUAGE": "EN",
            "SANDBOX_VAR_DIR": "/tmp",
            "SANDBOX_LOG_JSON": "false",
            "SANDBOX_SERVICE_URLS": '{"gateway": "http://127.0.0.1:8000"}',
            "SANDBOX_TIMEOUT_SECONDS": " ",
            "SANDBOX_PROT": "1",
            "SANDBOX_WARNINGS": "x",
        }
    )
    assert (settings.base_port, settings.language, settings.log_json) == (9000, "en", False)
    assert settings.service_urls == {"gateway": "http://127.0.0.1:8000"}
    assert settings.timeout_seconds == 10.0
    assert [warning.split(":")[0] for warning in settings.warnings] == ["SANDBOX_PROT", "SANDBOX_WARNINGS"]
    assert len(settings_module.Settings.__dataclass_fields__) <= 12


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SANDBOX_BASE_PORT", "0"),
        ("SANDBOX_BASE_PORT", "8000a"),
        ("SANDBOX_BASE_PORT", "9" * 5000),
        ("SANDBOX_HOST", "a b"),
        ("SANDBOX_VAR_DIR", __file__),
        ("SANDBOX_LOG_LEVEL", "loud"),
        ("SANDBOX_LOG_JSON", "maybe"),
        ("SANDBOX_LANGUAGE", "fr"),
        ("SANDBOX_SERVICE_URLS", "{"),
        ("SANDBOX_SERVICE_URLS", "[]"),
        ("SANDBOX_SERVICE_URLS", '{"a": "ftp://x"}'),
        ("SANDBOX_SERVICE_URLS", '{"a": "http://x:99999"}'),
        ("SANDBOX_PLACES", "0"),
        ("SANDBOX_PLACES", "many"),
        ("SANDBOX_TIMEOUT_SECONDS", "nan"),
        ("SANDBOX_TIMEOUT_SECONDS", "-1"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({variable: value})
    for told in (str(caught.value), caught.value.detail_vi):
        assert told.startswith(f"{variable}: ")
        assert "\n" not in told


@pytest.mark.parametrize(
    "personal",
    [
        "001095012345",
        "001 095 012 345",
        "0912345678",
        "0912 345 678",
        "+84912345678",
        "+84 912 345 678",
        "012345678",
    ],
)
def test_a_number_that_could_be_somebodys_is_masked_everywhere(personal: str, log: StringIO) -> None:
    logger = structlog.get_logger("test")
    logger.info(
        f"call {personal}",
        value=personal,
        deep={"list": [{"x": f"<{personal}>"}], personal: 1},
        path=Path(personal),
    )
    logger.info("number", number=1095012345, small=8000, ratio=0.123456789012)
    try:
        raise ValueError(personal)
    except ValueError:
        logger.exception("failed")
    logging.getLogger("uvicorn.error").warning("from %s", personal)
    written = log.getvalue()
    assert personal not in written
    assert "1095012345" not in written
    assert MASK in written
    assert '"small": 8000' in written
    assert len(written.splitlines()) == 4


def test_what_is_nobodys_number_stays_readable() -> None:
    for kept in ("2026-03-09T08:30:00.123+07:00", "127.0.0.1:8000", "D1 after 21 days", "5f0c1d2e3a"):
        assert mask_text(kept) == kept


def test_a_value_cannot_begin_a_line_of_its_own(log: StringIO) -> None:
    structlog.get_logger("test").info("a\nERROR forged", b="x\r\n\x1b[2Jy")
    logging.getLogger("other").warning("a\nERROR forged")
    assert len(log.getvalue().splitlines()) == 2
    assert "\x1b" not in log.getvalue()


def test_the_console_form_is_masked_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure("warning", json=False, stream=stream)
    structlog.get_logger("test").info("unseen")
    structlog.get_logger("test").warning("seen", who="001095012345")
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    assert "unseen" not in stream.getvalue()
    assert MASK in stream.getvalue()
    assert capsys.readouterr().out == ""
