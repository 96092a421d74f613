"""Read the three pivots and the four paths aloud with an artificial voice, in Danish and in English.

Makes audio/*.mp3 and recordings.yaml of content/aarhus/ out of its pivots.yaml and paths.yaml.
Needs espeak-ng and lame (apt install espeak-ng lame). The sound is a demonstration: a city with real
recordings puts them in through the admin. MP3 because every browser plays it.

    python tools/make_recordings.py
"""

import subprocess
import sys
import wave
from io import BytesIO
from pathlib import Path

import yaml

CONTENT = Path(__file__).resolve().parent.parent / "content" / "aarhus"
AUDIO = CONTENT / "audio"
WORDS_A_MINUTE = 150
PAUSE = 1  # tens of milliseconds between words: the voice is easier to follow so

RECORDINGS = [
    {
        "slug": "kort-fortalt",
        "language": "da",
        "voice": "da",
        "title": "Aarhuskompasset kort fortalt",
        "title_en": "The Aarhus Compass in short, in Danish",
        "note": "Stemmen er kunstig. Den er lavet til at vise, hvordan lydbogen virker. "
        "Det er ikke kommunens egen lydbog.",
        "note_en": "The voice is artificial. It was made to show how the audio book works. "
        "It is not the municipality's own audio book.",
    },
    {
        "slug": "in-short",
        "language": "en",
        "voice": "en-gb",
        "title": "Aarhuskompasset kort fortalt på engelsk",
        "title_en": "The Aarhus Compass in short",
        "note": "Stemmen er kunstig. Den er lavet til at vise, hvordan lydbogen virker. "
        "Det er ikke kommunens egen lydbog.",
        "note_en": "The voice is artificial. It was made to show how the audio book works. "
        "It is not the municipality's own audio book.",
    },
]


class Dumper(yaml.SafeDumper):
    """Texts of several paragraphs as they are read, not in quotation marks."""


def _text(dumper, text: str):
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _text)


def main():
    AUDIO.mkdir(exist_ok=True)
    recordings = [_recording(dict(about)) for about in RECORDINGS]
    text = yaml.dump(recordings, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=110)
    (CONTENT / "recordings.yaml").write_text(text, encoding="utf-8")
    size = sum(file.stat().st_size for file in AUDIO.glob("*.mp3"))
    print(f"{len(recordings)} recordings, {size / 1_000_000:.1f} MB")


def _recording(about: dict) -> dict:
    language, voice = about.pop("language"), about.pop("voice")
    items = [*_read("pivots.yaml"), *_read("paths.yaml")]
    chapters = [_chapter(item, about["slug"], language, voice) for item in items]
    return {**about, "chapters": chapters}


def _read(filename: str) -> list[dict]:
    return yaml.safe_load((CONTENT / filename).read_text(encoding="utf-8"))


def _chapter(item: dict, slug: str, language: str, voice: str) -> dict:
    transcript = _transcript(item, "_en" if language == "en" else "")
    file = AUDIO / f"{slug}-{item['slug']}.mp3"
    seconds = _speak(transcript, voice, file)
    return {
        "title": item["title"],
        "title_en": item["title_en"],
        "language": language,
        "audio": file.name,
        "seconds": seconds,
        "transcript": transcript,
    }


def _transcript(item: dict, suffix: str) -> str:
    """What is read: the headings too, each as a sentence of its own."""
    opening = "subtitle" if "subtitle" in item else "standfirst"
    paragraphs = [
        f"{_sentence(item[f'title{suffix}'])} {_sentence(item[f'{opening}{suffix}'])}",
        item[f"body{suffix}"],
        *(
            f"{_sentence(point[f'title{suffix}'])} {point[f'text{suffix}']}"
            for point in item.get("points", [])
        ),
    ]
    return "\n\n".join(paragraphs)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _speak(text: str, voice: str, file: Path) -> int:
    """Write the MP3; returns its length in whole seconds."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "-g", str(PAUSE), "--stdout"],
        input=text.encode(),
        capture_output=True,
        check=True,
    ).stdout
    mp3 = ["lame", "--silent", "-m", "m", "--cbr", "-b", "24", "--resample", "16", "-", str(file)]
    subprocess.run(mp3, input=spoken, check=True)
    with wave.open(BytesIO(spoken)) as sound:
        # espeak-ng does not know the length while it writes the header of a stream.
        frames = (len(spoken) - 44) // (sound.getsampwidth() * sound.getnchannels())
        return round(frames / sound.getframerate())


if __name__ == "__main__":
    sys.exit(main())
