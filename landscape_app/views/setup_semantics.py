"""Whose reading of the rules is taken: a choice of libraries, which explains what they make of the present rule.

Random search is in none of them: there is nothing to choose, and the list is grey.
"""

from PySide6.QtWidgets import QComboBox, QWidget

from landscape_app.core.optimizers import LIBRARIES, RULES, SEMANTICS, Optimizer, Semantics
from landscape_app.views.forms import describe


class SemanticsChoice(QComboBox):
    """Lists the libraries; its tooltip tells how they differ in the rule in force."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for semantics in SEMANTICS:
            self.addItem(LIBRARIES[semantics], semantics)

    def show_rule(self, rule: Optimizer, semantics: Semantics) -> None:
        """Show whose ``rule`` it is, and explain."""
        self.setCurrentIndex(self.findData(semantics))
        self.setEnabled(rule.uses_gradient)
        tip = "\n".join(line for text in self._words(rule) for line in _lines(text))
        if tip != self.toolTip():
            describe(self, self.tr("Semantics"), tip)

    def _words(self, rule: Optimizer) -> list[str]:
        if not rule.uses_gradient:
            return [self.tr("{0} is in none of the libraries.").format(rule.title)]
        words = [
            self.tr("Whose rule of this name, and whose defaults; the path is recorded again from its start."),
            rule.libraries or self.tr("{0} is the same in all of them.").format(rule.title),
        ]
        if rule.libraries:
            words += [f"{LIBRARIES[name]}: {rules[rule.name].formula}" for name, rules in RULES.items()]
        return words


def _lines(text: str, most: int = 100) -> list[str]:
    """Break a text at blanks: tooltips that are no rich text are not broken by themselves."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
