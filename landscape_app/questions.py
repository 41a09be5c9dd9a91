"""A question with a few answers, asked without stopping the window."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


class Question(QMessageBox):
    """Calls back with the key of the answer, or with an empty string for Cancel and Escape."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        answers: Mapping[str, str],
        answered: Callable[[str], None],
    ) -> None:
        super().__init__(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may look like a tag
        self._answered = answered
        self.choices: dict[str, QAbstractButton] = {}
        for number, (key, label) in enumerate(answers.items()):
            role = QMessageBox.ButtonRole.AcceptRole if number == 0 else QMessageBox.ButtonRole.ActionRole
            button = self.addButton(label, role)
            button.setAccessibleName(label)
            button.setToolTip(label)
            self.choices[key] = button
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setToolTip(self.tr("Leave everything as it is (Esc)"))
        self.setEscapeButton(cancel)
        self.buttonClicked.connect(self._on_clicked)

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        self._answered(next((key for key, choice in self.choices.items() if choice is button), ""))


def ask(
    parent: QWidget, title: str, text: str, answers: Mapping[str, str], answered: Callable[[str], None]
) -> Question:
    """Show the question; ``answered`` is called later, with a key of ``answers`` or an empty string."""
    question = Question(parent, title, text, answers, answered)
    question.open()
    return question
