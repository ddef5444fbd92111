"""What a canvas has on the graphics card, kept for when Qt takes that away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vispy.gloo.glir import BaseGlirParser, GlirParser

Command = tuple[Any, ...]
Kept = dict[tuple[str, Any], tuple[int, Command]]
"""Commands of one object, numbered, by their kind and which of its things they set."""
NAMED = ("UNIFORM", "ATTRIBUTE", "TEXTURE", "ATTACH")
"""Commands that set one of several things of an object, named by their first argument."""
LASTING = (*NAMED, "CREATE", "SIZE", "DATA", "LINK", "WRAPPING", "INTERPOLATION")
"""Commands that leave something behind; the rest draw, or set what every draw sets again."""


class RememberingParser(BaseGlirParser):
    """Runs vispy's drawing commands, and can run them again in another OpenGL context.

    Qt gives a canvas another context when it comes into another window, as a dock that is
    taken out or put back does, and everything on the graphics card is lost. vispy does not
    send it again. This parser keeps the last command of each kind for each object.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runner = GlirParser()
        self._kept: dict[int, Kept] = {}
        self._count = 0
        self._is_lost = False

    @property
    def shader_compatibility(self) -> str:
        """Dialect of the shaders."""
        return str(self._runner.shader_compatibility)

    def is_remote(self) -> bool:
        """Commands run in this process."""
        return False

    def lose(self) -> None:
        """The context is another one: what was sent before is sent again when it is used."""
        self._is_lost = True

    def parse(self, commands: Sequence[Command]) -> None:
        """Run commands in the context that is current."""
        if self._is_lost:
            self._is_lost = False
            self._runner = GlirParser()
            self._runner.parse(self.kept_commands())
        for command in commands:
            self._keep(command)
        self._runner.parse(commands)
        self.capabilities = self._runner.capabilities

    def kept_commands(self) -> list[Command]:
        """What makes every living object again: all of them first, then what they hold."""
        ordered = sorted(entry for kept in self._kept.values() for entry in kept.values())
        commands = [command for _number, command in ordered]
        made = [command for command in commands if command[0] == "CREATE"]
        return made + [command for command in commands if command[0] != "CREATE"]

    def _keep(self, command: Command) -> None:
        kind, id_ = command[0], command[1]
        if kind == "DELETE" and not self._is_shader(id_):
            self._forget(id_)
        if kind not in LASTING:
            return
        kept = self._kept.setdefault(id_, {})
        if kind == "SIZE" and kept.get((kind, None), (0, ()))[1] != command:
            _drop(kept, ("DATA",))
        elif kind == "ATTACH" and ("LINK", None) in kept:
            self._forget_shaders(kept)
        elif kind == "LINK":
            # Linking clears a program's variables; vispy sets them again itself.
            _drop(kept, ("UNIFORM", "ATTRIBUTE", "TEXTURE"))
        # The number of a command is unique: commands themselves are never compared.
        self._count += 1
        kept[kind, _which(command)] = (self._count, command)

    def _is_shader(self, id_: int) -> bool:
        """Shaders are deleted once they are linked, and needed to link them again."""
        _number, made = self._kept.get(id_, {}).get(("CREATE", None), (0, ("", id_, "")))
        return str(made[2]).endswith("Shader")

    def _forget(self, id_: int) -> None:
        self._forget_shaders(self._kept.pop(id_, {}))

    def _forget_shaders(self, kept: Kept) -> None:
        """Forget the shaders of a program that is deleted or gets others."""
        for kind, which in list(kept):
            if kind == "ATTACH":
                self._kept.pop(which, None)
        _drop(kept, ("ATTACH", "LINK"))


def _which(command: Command) -> Any:
    """What tells apart two commands of one kind for one object."""
    if command[0] in NAMED:
        return command[2]
    if command[0] == "DATA":
        offset = command[2]
        return tuple(offset) if isinstance(offset, list | tuple) else offset
    return None


def _drop(kept: Kept, kinds: Sequence[str]) -> None:
    for key in [key for key in kept if key[0] in kinds]:
        del kept[key]
