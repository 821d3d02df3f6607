"""What is wrong in a shader file, said with the line of that file."""

from __future__ import annotations

from pathlib import Path

from stemlight.errors import UserError


class ShaderError(UserError):
    """A shader file that cannot be drawn. One line of text: `file:line: message`."""

    def __init__(self, file: Path, line: int | None, message: str) -> None:
        """`line` counts from 1 in `file` as the author sees it; None where no line is to blame."""
        self.file = file
        self.line = line
        self.message = " ".join(message.split())
        where = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{where}: {self.message}")

    def __reduce__(self) -> tuple[type[ShaderError], tuple[Path, int | None, str]]:
        return ShaderError, (self.file, self.line, self.message)
