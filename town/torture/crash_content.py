"""What becomes of files when the power goes: what programs see, what is kept, and what lies between.

What is written is seen at once and kept at the next sync of its file. At a power cut each write that was not
synced is kept, dropped, torn between sectors, turned into rubbish, or leaves only the file's new length.
Bytes next to those written keep their value, as SQLite assumes of the disks of today.
"""

from dataclasses import dataclass, field

from town.torture.luck import Luck

SECTOR = 512


@dataclass(frozen=True)
class Write:
    """Bytes at an offset; None instead of them for a file cut to that length."""

    offset: int
    content: bytes | None


@dataclass
class Content:
    """One file. ``listed``: its folder would still name it after a power cut."""

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    waiting: list[Write] = field(default_factory=list)
    listed: bool = False

    def copy(self) -> "Content":
        """Another one that is the same so far."""
        return Content(bytearray(self.seen), bytearray(self.kept), list(self.waiting), self.listed)

    def change(self, write: Write) -> None:
        """Seen from now on, and kept at the next sync."""
        _apply(self.seen, write)
        self.waiting.append(write)

    def sync(self) -> None:
        """Keep everything."""
        for write in self.waiting:
            _apply(self.kept, write)
        self.waiting.clear()

    def fail_to_sync(self, luck: Luck) -> None:
        """As Linux does it: what did not reach the disk is still seen, and no later sync writes it."""
        self.kept = self.after_cut(luck)
        self.waiting.clear()

    def after_cut(self, luck: Luck) -> bytearray:
        """What is found after a power cut: one of the many things that can be."""
        left = bytearray(self.kept)
        likely = luck.choose((0.0, 0.1, 0.5, 0.9, 1.0))
        for write in self.waiting:
            if luck.happens(likely):
                _apply(left, write)
            else:
                _damage(left, write, luck)
        return left


@dataclass
class Folder:
    """Files by name, and those that were removed but may be back after a power cut."""

    files: dict[str, Content] = field(default_factory=dict)
    removed: dict[str, Content] = field(default_factory=dict)

    def copy(self) -> "Folder":
        """Another one that is the same so far."""
        files, removed = (
            {name: content.copy() for name, content in each.items()} for each in (self.files, self.removed)
        )
        return Folder(files, removed)

    def remove(self, name: str, synced: bool) -> None:
        """Take a file out; unless that is synced at once it may come back."""
        content = self.files.pop(name, None)
        if content is not None and content.listed and not synced:
            self.removed[name] = content

    def sync(self, name: str) -> None:
        """Keep the content of a file. With a new one SQLite's own file layer syncs the folder too."""
        content = self.files.get(name)
        if content is not None:
            content.sync()
            if not content.listed:
                content.listed = True
                self.removed.clear()

    def after_cut(self, luck: Luck) -> "Folder":
        """What is found when the power is back: one of the many things that can be."""
        found = Folder()
        for doubtful, files in ((False, self.files), (True, self.removed)):
            for name, content in files.items():
                if (doubtful or not content.listed) and luck.happens(0.5):
                    continue
                left = content.after_cut(luck)
                found.files[name] = Content(left, bytearray(left), listed=True)
        return found


def _apply(content: bytearray, write: Write) -> None:
    if write.content is None:
        _resize(content, write.offset)
        return
    if len(content) < write.offset:
        _resize(content, write.offset)
    content[write.offset : write.offset + len(write.content)] = write.content


def _resize(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))
    del content[size:]


def _damage(content: bytearray, write: Write, luck: Luck) -> None:
    """A write that the cut met: gone, partly there, rubbish, or only the file's length has changed."""
    fate = luck.choose(("gone", "gone", "torn", "torn", "rubbish", "length"))
    if fate == "gone" or write.content is None:
        return
    end = write.offset + len(write.content)
    if fate == "length":
        _resize(content, max(end, len(content)))
        return
    at = write.offset
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        if luck.happens(0.5):
            sector = write.content[at - write.offset : until - write.offset]
            rubbish = fate == "rubbish" and luck.happens(0.5)
            _apply(content, Write(at, luck.rubbish(len(sector)) if rubbish else sector))
        at = until
