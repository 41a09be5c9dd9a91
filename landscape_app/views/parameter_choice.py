"""A list of parameters that can be searched by typing any part of a name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget


class ParameterChoice(QComboBox):
    """A combo box for hundreds of names: typing shows those that contain what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        matches = QCompleter(self.model(), self)
        matches.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        matches.setFilterMode(Qt.MatchFlag.MatchContains)
        matches.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(matches)
