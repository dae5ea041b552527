"""An engine for tests: a tone as long as the words, in no time at all, and in English only."""

import numpy as np


class Beeps:
    sounds_like = "beeps 1"
    rate_hz = 16_000

    def speaks(self, language):
        return language == "en"

    def say(self, sentence):
        if "unspeakable" in sentence:
            raise ValueError("there is no sound for this")
        seconds = len(sentence.split()) / 10
        tone = np.sin(2 * np.pi * 220 * np.arange(int(seconds * self.rate_hz)) / self.rate_hz)
        quiet = np.zeros(self.rate_hz // 2)
        return np.concatenate([quiet, 0.2 * tone, quiet]).astype(np.float32)


class OtherBeeps(Beeps):
    sounds_like = "beeps 2"
