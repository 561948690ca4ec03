def make(f): pass
import re
def lists_on_one_line(text: str) -> str:
    """The JSON text with every list of plain values on one line."""
    return re.sub(r"\[[^\[\]{}\"]*\]", lambda found: re.sub(r"\s+", " ", found.group()).replace("[ ", "[").replace(" ]", "]"), text)
