"""The settings: everything acts at once, and everything goes back to the standard."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QTabWidget, QVBoxLayout, QWidget

from landscape_app.preferences import Preferences
from landscape_app.views.forms import closing_buttons, describe
from landscape_app.views.keys import Keys
from landscape_app.views.palette import Palette
from landscape_app.views.settings_general import GeneralPage
from landscape_app.views.settings_keys import KeysPage
from landscape_app.views.table_look import table_rules

#: The preferences that this dialog is for; all others are remembered without being asked.
SHOWN = ("theme", "colour_map", "digits", "grid", "autosave", "autosave_minutes", "keys")


class SettingsDialog(QDialog):
    """Shows the preferences and emits each change as a dictionary of fields."""

    change_requested = Signal(object)

    def __init__(self, preferences: Preferences, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self.general, self.keys = GeneralPage(), KeysPage(keys)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.general, self.tr("&General"))
        self.tabs.addTab(self.keys, self.tr("&Keys"))
        self.tabs.setAccessibleName(self.tr("Groups of settings"))
        self.standard_button = QPushButton(self.tr("Everything back to the standard"))
        describe(
            self.standard_button,
            self.tr("Everything back to the standard"),
            self.tr("Use the standard settings and keys, on both pages; files and layout stay as they are"),
        )
        self.buttons = closing_buttons(
            self,
            self.tr("Close"),
            self.tr("Close this window; all changes have been made already (Esc)"),
            self.standard_button,
            QDialogButtonBox.ButtonRole.ResetRole,
        )
        self.standard_button.clicked.connect(self._on_standard)
        self.general.change_requested.connect(self.change_requested)
        self.keys.change_requested.connect(self.change_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        layout.addWidget(self.tabs)
        layout.addWidget(self.buttons)
        self.resize(560, 520)
        self.show_preferences(preferences)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        p = palette
        pages = f"""
        QTabWidget::pane {{ background: {p.window}; border: 1px solid {p.border}; border-radius: 6px; top: -1px; }}
        QTabBar::tab {{ background: {p.window}; color: {p.muted}; border: 1px solid transparent; padding: 5px 14px;
            border-top-left-radius: 6px; border-top-right-radius: 6px; }}
        QTabBar::tab:selected {{ color: {p.text}; border-color: {p.border}; border-bottom-color: {p.window}; }}
        QTabBar::tab:hover {{ color: {p.text}; }}
        QTabBar::tab:focus {{ color: {p.accent}; }}
        QTableView::item {{ padding: 0 4px; }}
        """
        self.setStyleSheet(table_rules(palette) + pages)

    def show_preferences(self, preferences: Preferences) -> None:
        """Show these; emits nothing."""
        self.general.show_preferences(preferences)
        self.keys.show_preferences(preferences)

    def _on_standard(self) -> None:
        standard = Preferences()
        self.change_requested.emit({name: getattr(standard, name) for name in SHOWN})
