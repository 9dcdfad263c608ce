#!/usr/bin/env python3
"""Makes the voices that audio challenges are spoken with.

    python3 make.py            # writes ../src/render/voice/<language>.bin
    python3 make.py --check    # makes them again and compares

Needs espeak-ng and numpy. Each digit is spoken by two speakers of its language, and only what shapes the
voice is kept: of every 12.5 ms the line spectral frequencies of a linear prediction, the loudness, how
voiced it is, and the pitch. README.md has the format and the licence.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np

RATE = 8000
HOP = 100
ORDER = 12
WINDOW = 240
# Pitch in quarter semitones above this; 0 is unvoiced.
LOWEST_HZ = 55.0

# Words as they are called in a row of digits, which is not always how espeak-ng reads a numeral. Arabic words
# without vowel signs and Chinese characters it cannot read (`espeak-ng -q -x` shows what it makes of them).
WORDS = {
    "ar": ("ar", "0 1 2 3 4 5 6 7 8 9"),
    "de": ("de", "null eins zwei drei vier fünf sechs sieben acht neun"),
    "en": ("en-us", "zero one two three four five six seven eight nine"),
    "es": ("es", "cero uno dos tres cuatro cinco seis siete ocho nueve"),
    "fr": ("fr", "zéro un deux trois quatre cinq six sept huit neuf"),
    "it": ("it", "zero uno due tre quattro cinque sei sette otto nove"),
    "ja": ("ja", "ゼロ いち に さん よん ご ろく なな はち きゅう"),
    "ko": ("ko", "공 일 이 삼 사 오 육 칠 팔 구"),
    "pl": ("pl", "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć"),
    "pt": ("pt-br", "zero um dois três quatro cinco seis sete oito nove"),
    "ru": ("ru", "ноль один два три четыре пять шесть семь восемь девять"),
    "zh": ("cmn", "0 1 2 3 4 5 6 7 8 9"),
}
SPEAKERS = ("", "+f2")
WORDS_A_MINUTE = "125"


def speak(voice, word):
    """The word at 8 kHz, as floats."""
    wav = subprocess.run(["espeak-ng", "-v", voice, "-s", WORDS_A_MINUTE, "--stdout", word],
                         check=True, capture_output=True).stdout
    rate = int.from_bytes(wav[24:28], "little")
    body = wav[wav.index(b"data") + 8:]
    x = np.frombuffer(body[:len(body) // 2 * 2], "<i2").astype(np.float64) / 32768
    x = np.concatenate([np.zeros(rate // 10), x, np.zeros(rate // 10)])
    n = len(x) * RATE // rate
    spectrum = np.fft.rfft(x)[:n // 2 + 1]
    f = np.arange(len(spectrum)) * RATE / n
    # Like a telephone: nothing near the folding frequency, which prediction would spend poles on.
    spectrum *= np.clip((3900 - f) / 200, 0, 1) * np.clip((f - 40) / 40, 0, 1)
    return np.fft.irfft(spectrum, n) * n / len(x)


def trim(x):
    """Without the silence around it."""
    power = np.convolve(x * x, np.ones(HOP) / HOP, "same")
    loud = np.flatnonzero(power > 4e-4 * power.max())
    return x[max(0, loud[0] - HOP):loud[-1] + HOP]


def prediction(frame):
    """Coefficients and residual power of the linear prediction of one windowed frame."""
    r = np.array([frame[:len(frame) - k] @ frame[k:] for k in range(ORDER + 1)])
    r *= np.exp(-0.5 * (2 * np.pi * 40 / RATE * np.arange(ORDER + 1)) ** 2)
    r[0] = r[0] * 1.0005 + 1e-12
    a, error = np.array([1.0]), r[0]
    for i in range(1, ORDER + 1):
        k = -(a @ r[i:0:-1]) / error
        a = np.append(a, 0.0)
        a = a + k * a[::-1]
        error *= 1 - k * k
    return a, error


def spectral_frequencies(a):
    """Line spectral frequencies, rising, in radians."""
    p = np.append(a, 0.0) + np.append(a, 0.0)[::-1]
    q = np.append(a, 0.0) - np.append(a, 0.0)[::-1]
    angles = np.angle(np.concatenate([np.roots(p), np.roots(q)]))
    return np.sort(angles[(angles > 1e-4) & (angles < np.pi - 1e-4)])


def pitch(x, at, lowest, highest):
    """Pitch in Hz and how periodic it is, around sample `at`."""
    low, high = int(RATE / highest), int(RATE / lowest)
    span = high * 13 // 10
    part = x[max(0, at - span):at + span]
    part = np.pad(part, (max(0, span - at), max(0, at + span - len(x))))
    part = part - part.mean()
    first = part[:2 * span - high]
    scores = []
    for lag in range(low, high):
        second = part[lag:lag + len(first)]
        scores.append(first @ second / (np.sqrt(first @ first * (second @ second)) + 1e-9))
    scores = np.array(scores)
    # The shortest lag that is nearly as good as the best: not an octave too low.
    best = scores.max()
    for i in range(1, len(scores) - 1):
        if scores[i] > 0.9 * best and scores[i] >= scores[i - 1] and scores[i] >= scores[i + 1]:
            return RATE / (low + i), scores[i]
    return RATE / (low + int(scores.argmax())), best


def analyse(x, high_voice):
    """Bytes of one digit: the number of frames, then 14 bytes for each."""
    emphasised = np.append(x[0], x[1:] - 0.9 * x[:-1])
    low_passed = np.convolve(x, np.hanning(9) / np.hanning(9).sum(), "same")
    taper = np.hamming(WINDOW)
    frames = []
    for at in range(HOP // 2, len(x), HOP):
        cut = np.zeros(WINDOW)
        start = at - WINDOW // 2
        here = emphasised[max(0, start):start + WINDOW]
        cut[max(0, -start):max(0, -start) + len(here)] = here
        a, error = prediction(cut * taper)
        f = spectral_frequencies(a)
        hz, periodic = pitch(low_passed, at, *((110, 420) if high_voice else (60, 240)))
        frames.append((f, np.sqrt(error / (taper @ taper)), hz, periodic))
    loudest = max(gain for _, gain, _, _ in frames)
    out = bytearray([len(frames)])
    for f, gain, hz, periodic in frames:
        decibels = int(np.clip(round(63 + 20 * np.log10(gain / loudest + 1e-9)), 0, 63))
        voiced = int(np.clip(np.floor((periodic - 0.35) / 0.15), 0, 3))
        tone = int(np.clip(round(48 * np.log2(hz / LOWEST_HZ)), 1, 255)) if voiced else 0
        out += bytes(np.clip(np.round(f / np.pi * 256), 1, 255).astype(int).tolist())
        out += bytes([decibels << 2 | voiced, tone])
    return bytes(out)


def language(code):
    voice, words = WORDS[code]
    digits = [analyse(trim(speak(voice + speaker, word)), bool(speaker))
              for speaker in SPEAKERS for word in words.split()]
    return b"".join(digits)


def main():
    folder = Path(__file__).parent.parent / "src/render/voice"
    folder.mkdir(exist_ok=True)
    different = []
    for code in sorted(WORDS):
        path, made = folder / f"{code}.bin", language(code)
        if "--check" not in sys.argv:
            path.write_bytes(made)
        elif path.read_bytes() != made:
            different.append(path.name)
        print(code, len(made), "bytes")
    if different:
        sys.exit(f"other than what the script makes: {', '.join(different)}")


if __name__ == "__main__":
    main()
