"""What a run must be to be saved as a story; a story that could only fail, or not be sent, is not written."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flow_model.errors import NotAllowedNow
from scenarios.model import MOST_ACTS, MOST_DECLARED, MOST_LETTERS

# As JSON that is sent to be played: what a gateway reads at most, and room for the rest of the request.
_MOST_BYTES = 64 * 1024 - 1024


def require_finished(view: Mapping[str, Any]) -> None:
    """A story tells what came of a dossier; raises NotAllowedNow while that is open."""
    if view["state"] not in ("finished", "withdrawn"):
        raise NotAllowedNow(
            f"Hồ sơ {view['dossier']} chưa xong nên chưa lưu thành kịch bản được: hãy cho đồng hồ chạy "
            "tới khi trả kết quả, hoặc rút hồ sơ, rồi lưu lại",
            f"dossier {view['dossier']} is not finished, so it cannot be saved as a story yet: let the "
            "clock run until the results are returned, or withdraw it, and save it then",
        )


def require_sayable(run_id: str, log: Sequence[Mapping[str, Any]]) -> None:
    """What was broken in earnest is nobody's act."""
    if any(each["payload"].get("act") == "retry" for each in log):
        raise NotAllowedNow(
            f"Trong lượt chạy {run_id} có việc bị kẹt vì hỏng thật rồi được đưa lại, điều mà kịch bản không "
            "lặp lại được: hãy lưu từ một lượt chạy không bị kẹt",
            f"in run {run_id} something was stuck in earnest and put back, which no story can do again: save "
            "from a run in which nothing was stuck",
        )


def require_next(preview: str, is_next: bool) -> None:
    """A story shows a preview and answers it at once: raises NotAllowedNow where others came in between."""
    if not is_next:
        raise NotAllowedNow(
            f"Bản xem trước {preview} được đồng ý sau bản xem trước muộn hơn, hoặc được đồng ý hai lần: "
            "kịch bản không lặp lại được",
            f"preview {preview} was agreed to after a later one, or twice: no story can do that again",
        )


def require_room(declared: int, acts: int) -> None:
    """Raises NotAllowedNow when more was done than one file may hold."""
    if declared > MOST_DECLARED:
        raise NotAllowedNow(
            f"Một kịch bản có nhiều nhất {MOST_DECLARED} tờ khai, lượt chạy này có {declared}: hãy lưu từ "
            "một lượt chạy nhỏ hơn",
            f"a story holds {MOST_DECLARED} declarations at the most, and this run has {declared}: save from "
            "a smaller run",
        )
    if acts > MOST_ACTS:
        raise NotAllowedNow(
            f"Một kịch bản có nhiều nhất {MOST_ACTS} việc làm, lượt chạy này có {acts}: hãy lưu từ một "
            "lượt chạy nhỏ hơn",
            f"a story holds {MOST_ACTS} acts at the most, and this run has {acts}: save from a smaller run",
        )


def require_short(text: str) -> None:
    """Raises NotAllowedNow when the file could not be sent to be played."""
    sent = len(json.dumps(text, ensure_ascii=False).encode())
    if len(text) > MOST_LETTERS or sent > _MOST_BYTES:
        raise NotAllowedNow(
            f"Kịch bản sẽ dài {len(text)} ký tự, quá dài để gửi đi phát lại: hãy lưu từ một lượt chạy có ít "
            "hồ sơ hơn",
            f"the story would be {len(text)} characters, too long to be sent and played: save from a run "
            "with fewer dossiers",
        )
