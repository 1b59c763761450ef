"""Messages to people, in Chinese and English, and the base of every error the engine raises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages; `str()` shows both, a page picks one with `in_language`."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"

    def in_language(self, language: str) -> str:
        """The text in `language` ("zh-hans", "en", …); anything but English reads Chinese."""
        return self.en if language.startswith("en") else self.zh

    def to_json(self) -> dict[str, str]:
        """The text as plain data, in both languages."""
        return {"zh": self.zh, "en": self.en}


class EngineError(ValueError):
    """An input that the engine refuses: what is wrong (`message`) and what to do (`remedy`)."""

    def __init__(self, message: Bilingual, remedy: Bilingual) -> None:
        super().__init__(f"{message} — {remedy}")
        self.message = message
        self.remedy = remedy
