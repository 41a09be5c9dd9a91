"""What is standardised: nothing, the features, or the target too."""

from PySide6.QtWidgets import QComboBox


class ScaleBox(QComboBox):
    """What is standardised; a click from a menu or a program switches the features on and off."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        for title, value in (
            (self.tr("nothing"), "none"),
            (self.tr("features"), "standard"),
            (self.tr("features and target"), "both"),
        ):
            self.addItem(title, value)

    def click(self) -> None:
        """Choose the features, or nothing, as the user would."""
        self.setCurrentIndex(self.findData("standard" if self.currentData() == "none" else "none"))
        self.activated.emit(self.currentIndex())
