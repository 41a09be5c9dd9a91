"""Questions that a file leaves open, each with a button for every answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from landscape_app.data.reading import Doubt, Reading, Survey
from landscape_app.views.forms import describe
from landscape_app.views.preview_words import choice_title, choice_value

#: More answers than this are offered in a list.
_MOST_BUTTONS = 4


class DoubtsPanel(QWidget):
    """Shows questions; ``answered`` tells the setting of `Reading`, and the value that settles it."""

    answered = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.buttons: list[QPushButton] = []
        self.boxes: list[QComboBox] = []
        self._frames: list[QFrame] = []
        self.hide()

    def show_doubts(self, doubts: Sequence[Doubt]) -> None:
        """Ask ``doubts`` instead of those shown."""
        for frame in self._frames:
            frame.hide()
            frame.deleteLater()
        self.buttons, self.boxes = [], []
        self._frames = [self._question(doubt) for doubt in doubts]
        for frame in self._frames:
            self._layout.addWidget(frame)
        self.setVisible(bool(doubts))

    def _question(self, doubt: Doubt) -> QFrame:
        frame = QFrame()
        frame.setObjectName("question")
        sentence = doubt.sentence[:1].upper() + doubt.sentence[1:]
        label = QLabel(sentence if sentence.endswith((".", "?", "!")) else f"{sentence}.")
        label.setWordWrap(True)
        frame.setAccessibleName(label.text())
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 6, 10, 8)
        column.addWidget(label)
        row = QHBoxLayout()
        if len(doubt.choices) <= _MOST_BUTTONS:
            for choice in doubt.choices:
                row.addWidget(self._button(doubt, choice))
        else:
            row.addWidget(self._box(doubt))
        row.addStretch(1)
        column.addLayout(row)
        return frame

    def _button(self, doubt: Doubt, choice: str) -> QPushButton:
        title = choice_title(doubt, choice)
        button = QPushButton(title.replace("&", "&&"))
        button.setAutoDefault(False)
        describe(button, title, self.tr("Read the file again like this"))
        button.setProperty("answer", (doubt.setting, choice))
        button.clicked.connect(self._on_button)
        self.buttons.append(button)
        return button

    def _box(self, doubt: Doubt) -> QComboBox:
        box = QComboBox()
        box.setPlaceholderText(self.tr("Choose"))
        for choice in doubt.choices:
            box.addItem(choice_title(doubt, choice), (doubt.setting, choice))
        box.setCurrentIndex(-1)
        describe(box, doubt.sentence, self.tr("Read the file again like this"))
        box.activated.connect(self._on_box)
        self.boxes.append(box)
        return box

    def _on_button(self) -> None:
        setting, choice = self.sender().property("answer")
        self.answered.emit(setting, choice_value(setting, choice))

    def _on_box(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        setting, choice = box.currentData()
        self.answered.emit(setting, choice_value(setting, choice))


def without_guesses(survey: Survey, said: Reading) -> Survey:
    """Return the survey without what it assumed where it has doubts: nothing that is asked may look settled."""
    # The encoding stays: without one the text would seem to be pasted.
    doubted = {doubt.setting for doubt in survey.doubts if getattr(said, doubt.setting) is None} - {"encoding"}
    values: dict[str, Any] = {
        name: None if name in doubted else getattr(survey.reading, name) for name in Reading.model_fields
    }
    return replace(survey, reading=Reading(**values))
