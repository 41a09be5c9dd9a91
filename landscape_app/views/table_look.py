"""The look of tables, lists and progress bars inside dialogs: rules on top of the window's style sheet."""

from landscape_app.views.palette import Palette


def table_rules(palette: Palette) -> str:
    """Return style sheet rules for tables with their headers, lists, progress bars and questions."""
    p = palette
    return f"""
    QDialog {{ background: {p.window}; color: {p.text}; }}
    QTableView, QListWidget {{ background: {p.field}; color: {p.text}; border: 1px solid {p.border};
        gridline-color: {p.border}; selection-background-color: {p.accent}; selection-color: {p.accent_text}; }}
    QListWidget::item {{ padding: 2px 0; }}
    QListWidget::indicator:unchecked {{ border: 1px solid {p.muted}; border-radius: 2px; width: 11px; height: 11px; }}
    QTableView:focus, QListWidget:focus {{ border: 1px solid {p.accent}; }}
    QTableView QLineEdit {{ border-radius: 0; padding: 0 3px; min-height: 0; }}
    QHeaderView {{ background: {p.panel}; border: none; }}
    QHeaderView::section {{ background: {p.panel}; color: {p.text}; border: none; padding: 2px 6px;
        border-right: 1px solid {p.border}; border-bottom: 1px solid {p.border}; }}
    QTableCornerButton::section {{ background: {p.panel}; border: none; border-right: 1px solid {p.border};
        border-bottom: 1px solid {p.border}; }}
    QProgressBar {{ background: {p.field}; color: {p.text}; border: 1px solid {p.border}; border-radius: 4px;
        text-align: center; min-height: 18px; }}
    QProgressBar::chunk {{ background: {p.accent}; border-radius: 3px; }}
    QPushButton#primary:disabled {{ background: {p.field}; color: {p.faint}; border-color: {p.border}; }}
    QLabel#error {{ color: {p.error}; }}
    #question {{ background: {p.field}; border: 1px solid {p.warning}; border-radius: 5px; }}
    #question QLabel {{ color: {p.text}; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {p.border}; border-radius: 4px; min-width: 24px; }}
    """
