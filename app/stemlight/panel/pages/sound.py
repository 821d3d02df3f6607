"""Sound: which input is heard, whether it arrives, how loud each stem is, and why there is silence."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from stemlight.audio.devices import Device
from stemlight.bus.frame_ring import Published
from stemlight.panel.buttons import Fader, Menu, SwitchButton
from stemlight.panel.device_list import DeviceList
from stemlight.panel.link import Link
from stemlight.panel.memory import Memory
from stemlight.panel.meters import SpectrumView, StemMeters, WaveView
from stemlight.panel.page import Page, card, quiet, row
from stemlight.panel.settings import PanelSettings
from stemlight.panel.theme import GOOD, WARN, font
from stemlight.panel.why_silent import sound_state

_NAME = Qt.ItemDataRole.UserRole
TEST = "test"
SOUND_FILES = "*.wav *.flac *.mp3 *.ogg *.opus *.m4a *.aac *.aif *.aiff *.wma *.mp4"


class SoundPage(Page):
    """Devices on the left; on the right what comes out of the chosen one."""

    name = "sound"

    def __init__(self, link: Link, memory: Memory, settings: PanelSettings) -> None:
        super().__init__(link, memory)
        self.title = self.tr("Sound")
        self._began_with = settings.source
        self._devices = DeviceList(self)
        self._devices.came.connect(self._show_devices)
        self._filled_for = ""
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self._make_chooser(), 1)
        right.setSpacing(12)
        right.addWidget(self._make_state())
        right.addWidget(self._make_meters())
        right.addWidget(self._make_curves(), 1)
        whole = self.sides = QHBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 12)
        whole.setSpacing(16)
        whole.addLayout(left, 5)
        whole.addLayout(right, 6)
        self._show_devices([])
        link.bind(self._list, "input.device", lambda value: self._mark())
        link.bind(self._channels, "input.channels", lambda value: self._show_channels(str(value)))

    def show_frame(self, newest: Published | None) -> None:
        frame = newest.frame if newest else None
        self._meters.show_frame(frame)
        self._spectrum.show_frame(frame)
        self._wave.show_frame(frame)

    def look(self) -> None:
        self._devices.watch(self.isVisible() and self.link.seen)
        state = sound_state(self.link)
        self._title.setText(("●  " if state.arrives else "○  ") + state.title)
        style = f"color: {GOOD if state.arrives else WARN};"
        if style != self._title.styleSheet():
            self._title.setStyleSheet(style)
        self._line.setText(state.line)

    def hideEvent(self, event: object) -> None:
        self._devices.watch(False)

    def leave(self) -> None:
        self._devices.close()

    @property
    def chosen(self) -> str:
        """What the show listens to, as `--input` names it."""
        return str(self.link.controls.get("input.device")) or self._began_with

    def _make_chooser(self) -> QFrame:
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Sound inputs"))
        self._list.setWordWrap(True)
        self._list.itemClicked.connect(self._choose)
        self._list.itemActivated.connect(self._choose)
        self._trouble = quiet("", wraps=True)
        self._devices.failed.connect(self._trouble.setText)
        self._channels = Menu()
        self._channels.setAccessibleName(self.tr("Channels that are heard"))
        self._channels.activated.connect(
            lambda index: self.link.set("input.channels", self._channels.itemData(index))
        )
        file = QPushButton(self.tr("A sound file …"))
        file.clicked.connect(self._choose_file)
        gain = Fader(self.link, "input.gain_db", self.tr("Input gain"), "dB")
        gain_words = QLabel()
        gain_words.setMinimumWidth(76)
        self.link.bind(
            gain_words, "input.gain_db", lambda value: gain_words.setText(f"{float(value):+.1f} dB")
        )
        lock = SwitchButton(self.link, "agc.lock", self.tr("Hold the automatic gain"))
        return card(
            self.tr("What is heard"),
            self._list,
            self._trouble,
            row(self.tr("Channels"), self._channels, 1, file),
            row(self.tr("Gain"), gain, gain_words),
            row(lock, 1),
        )

    def _make_state(self) -> QFrame:
        self._title, self._line = QLabel(), quiet("", wraps=True)
        self._title.setFont(font(22, bold=True))
        self._line.setMinimumHeight(36)
        self._line.setAlignment(Qt.AlignmentFlag.AlignTop)
        return card("", self._title, self._line)

    def _make_meters(self) -> QFrame:
        self._meters = StemMeters()
        return card("", self._meters)

    def _make_curves(self) -> QFrame:
        self._spectrum, self._wave = SpectrumView(), WaveView()
        return card("", self._spectrum, self._wave)

    def _show_devices(self, devices: list[Device]) -> None:
        """The list, and what is not a device."""
        self._trouble.setText("")
        self._list.clear()
        rows = [
            (device.name, _facts(device) + (self.tr(" · the system's choice") if device.is_default else ""))
            for device in devices
        ]
        if not any(device.is_default for device in devices):
            rows.insert(0, ("default", self.tr("whatever the system records from")))
        rows.append((TEST, self.tr("built in: hears all stems, needs no cable")))
        wanted = self.chosen
        known = [name for name, _ in rows]
        if wanted not in known and wanted != "default":
            facts = self.tr("a file") if Path(wanted).suffix else self.tr("not there: it is waited for")
            rows.insert(0, (wanted, facts))
        for name, facts in rows:
            title = self.tr("Test band") if name == TEST else Path(name).name if Path(name).suffix else name
            item = QListWidgetItem(f"{title}\n{facts}")
            item.setData(_NAME, name)
            item.setToolTip(name)
            self._list.addItem(item)
        self._mark()

    def _mark(self) -> None:
        """Selects the input that is heard."""
        wanted = self.chosen
        if wanted == "default":
            wanted = next((device.name for device in self._devices.devices if device.is_default), wanted)
        for place in range(self._list.count()):
            item = self._list.item(place)
            if item and item.data(_NAME) == wanted:
                self._list.setCurrentItem(item)
        self._show_channels(str(self.link.controls.get("input.channels")))

    def _show_channels(self, chosen: str) -> None:
        """The pairs of the chosen device, and each of its channels."""
        device = next(
            (
                d
                for d in self._devices.devices
                if d.name == self.chosen or (self.chosen == "default" and d.is_default)
            ),
            None,
        )
        n_inputs = device.n_inputs if device else 2
        choices = [("", self.tr("first two"))]
        choices += [(f"{n}-{n + 1}", f"{n} – {n + 1}") for n in range(1, n_inputs, 2)]
        choices += [(str(n), self.tr("{} mono").format(n)) for n in range(1, n_inputs + 1)]
        if chosen not in [value for value, _ in choices]:
            choices.append((chosen, chosen))
        key = f"{choices}"
        if key != self._filled_for:
            self._filled_for = key
            self._channels.clear()
            for value, words in choices:
                self._channels.addItem(words, value)
        self._channels.setCurrentIndex(self._channels.findData(chosen))
        self._channels.setEnabled(self.chosen != TEST)

    def _choose(self, item: QListWidgetItem) -> None:
        name = str(item.data(_NAME))
        if name != self.chosen:
            self.link.set("input.channels", "")
            self.link.set("input.device", name)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("A sound file"), "", self.tr("Sound ({})").format(SOUND_FILES)
        )
        if path:
            self.link.set("input.device", path)
            self._show_devices(self._devices.devices)


def _facts(device: Device) -> str:
    return f"{device.host_api} · {device.n_inputs} in · {device.default_rate_hz / 1000:g} kHz"
