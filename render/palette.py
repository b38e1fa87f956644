"""The few colours of charts and mails. The style sheet repeats them as variables; a test keeps the two equal."""

INK = "#1f2a2e"
MUTED = "#5b676c"
LINE = "#dcd8cf"
TONE_COLOURS = {"negative": "#b8433f", "neutral": "#8a959b", "positive": "#1f8a78"}
