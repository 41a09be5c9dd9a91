"""Turns a palette into the look of all widgets."""

from PySide6.QtGui import QColor, QPalette

from landscape_app.resource_files import resource_path
from landscape_app.views.palette import Palette


def qt_palette(palette: Palette) -> QPalette:
    """Return the colours that the Fusion style draws with."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: palette.window,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.Base: palette.field,
        QPalette.ColorRole.AlternateBase: palette.panel,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.Button: palette.field,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.ToolTipBase: palette.panel,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.muted,
        QPalette.ColorRole.Highlight: palette.accent,
        QPalette.ColorRole.HighlightedText: palette.accent_text,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.Accent: palette.accent,
    }
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.faint))
    return result


def style_sheet(palette: Palette) -> str:
    """Return the rules for docks, panels, fields and buttons."""
    p = palette
    look = "dark" if p.dark else "light"
    up, down, close, float_ = (
        resource_path("icons", f"{name}-{look}.svg").as_posix() for name in ("up", "down", "close", "float")
    )
    return f"""
    QMainWindow, QMainWindow > QWidget {{ background: {p.window}; }}
    QMainWindow::separator {{ background: {p.window}; width: 6px; height: 6px; }}
    QMainWindow::separator:hover {{ background: {p.border}; }}
    QDockWidget {{ color: {p.muted}; font-weight: 600; titlebar-close-icon: url("{close}");
        titlebar-normal-icon: url("{float_}"); }}
    QDockWidget::close-button, QDockWidget::float-button {{ border: none; border-radius: 3px; padding: 1px; }}
    QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {p.border}; }}
    QDockWidget::title {{ background: {p.panel}; padding: 6px 10px 2px 10px;
        border-top-left-radius: 6px; border-top-right-radius: 6px; }}
    QMainWindow > QTabBar {{ qproperty-drawBase: 0; outline: 0; }}
    QMainWindow > QTabBar::tab {{ background: transparent; color: {p.muted}; padding: 4px 8px;
        border-bottom: 2px solid transparent; margin-right: 2px;
        border-bottom-left-radius: 6px; border-bottom-right-radius: 6px; }}
    QMainWindow > QTabBar::tab:selected {{ background: {p.panel}; color: {p.text}; border-bottom-color: {p.accent}; }}
    QMainWindow > QTabBar::tab:selected:focus {{ color: {p.accent}; border: 1px solid {p.accent};
        border-bottom: 2px solid {p.accent}; padding: 3px 7px; }}
    QMainWindow > QTabBar::tab:hover:!selected {{ color: {p.text}; background: {p.border}; }}
    #panel {{ background: {p.panel}; border-bottom-left-radius: 6px; border-bottom-right-radius: 6px; }}
    #section {{ background: {p.panel}; border-radius: 6px; }}
    QLabel#title {{ color: {p.muted}; font-weight: 600; }}
    QLabel#muted {{ color: {p.muted}; }}
    QLabel#readout {{ color: {p.muted}; }}
    QLabel#warning {{ color: {p.warning}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QLineEdit, QAbstractSpinBox, QComboBox {{ background: {p.field}; color: {p.text};
        border: 1px solid {p.border}; border-radius: 4px; padding: 1px 5px; min-height: 20px;
        selection-background-color: {p.accent}; selection-color: {p.accent_text}; }}
    QComboBox QAbstractItemView {{ background: {p.field}; color: {p.text}; border: 1px solid {p.border};
        selection-background-color: {p.accent}; selection-color: {p.accent_text}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 18px;
        border: none; background: transparent; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {p.border}; }}
    QAbstractSpinBox::up-arrow {{ image: url("{up}"); width: 10px; height: 10px; }}
    QAbstractSpinBox::down-arrow, QComboBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{ border: 1px solid {p.accent}; }}
    QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"] {{ border: 1px solid {p.error}; }}
    QPushButton, QToolButton {{ background: {p.field}; color: {p.text}; border: 1px solid {p.border};
        border-radius: 4px; padding: 3px 9px; min-height: 20px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {p.accent}; }}
    QPushButton:focus, QToolButton:focus {{ border: 1px solid {p.accent}; }}
    QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {p.border}; }}
    QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ color: {p.faint}; }}
    QToolButton#narrow {{ padding: 0 7px; min-height: 20px; }}
    QToolButton#small {{ padding: 0; min-height: 20px; min-width: 20px; }}
    QPushButton#primary {{ background: {p.accent}; color: {p.accent_text}; border-color: {p.accent};
        font-weight: 600; }}
    QPushButton#primary:hover {{ border-color: {p.text}; }}
    QSlider::groove:horizontal {{ background: {p.border}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {p.accent}; height: 4px; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {p.accent}; width: 14px; height: 14px; margin: -5px 0;
        border-radius: 7px; border: 1px solid {p.panel}; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {p.text}; }}
    QMenuBar {{ background: {p.window}; color: {p.text}; }}
    QMenuBar::item:selected {{ background: {p.border}; border-radius: 4px; }}
    QMenu {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.border}; }}
    QMenu::item:selected {{ background: {p.accent}; color: {p.accent_text}; }}
    QMenu::item:disabled {{ color: {p.muted}; }}
    QStatusBar {{ background: {p.window}; color: {p.muted}; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ background: {p.panel}; color: {p.text}; border: 1px solid {p.border}; padding: 4px; }}
    #notice {{ background: {p.field}; border: 1px solid {p.accent}; border-radius: 5px; }}
    #notice[kind="warning"] {{ border-color: {p.warning}; }}
    #notice[kind="error"] {{ border-color: {p.error}; }}
    #notice QLabel {{ color: {p.text}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {p.border}; border-radius: 4px; min-height: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    """
