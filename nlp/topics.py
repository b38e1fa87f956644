"""From topic probabilities to the topics of an article. Pure."""

import numpy as np
from numpy.typing import NDArray

from core.records import TOPICS, TopicLabel


def topic_labels(probabilities: NDArray[np.float32], cut: float, most: int = 3) -> tuple[TopicLabel, ...]:
    """The topics at or above ``cut``, at least one and at most ``most``, the surest first. ``probabilities`` follow TOPICS."""
    order = np.argsort(-probabilities, kind="stable")[:most]
    chosen = [int(i) for i in order if i == order[0] or probabilities[i] >= cut]
    return tuple(TopicLabel(TOPICS[i], round(float(probabilities[i]), 4)) for i in chosen)
