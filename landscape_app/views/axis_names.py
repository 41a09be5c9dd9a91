"""What features and targets are called where they are drawn or listed."""

from PySide6.QtCore import QCoreApplication

from landscape_app.core.dataset import Dataset


def axis_label(data: Dataset, index: int) -> str:
    """Return the name of a feature (or, at ``index`` n, of the target) with its unit.

    What is standardised has lost its unit and says so.
    """
    name = data.target_name if index == data.n else data.feature_names[index]
    if data.is_standardised(index):
        return f"{name} ({QCoreApplication.translate('AxisNames', 'standardised')})"
    unit = data.units[index] if index < len(data.units) else ""
    return f"{name} ({unit})" if unit else name
