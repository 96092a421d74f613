// Reads a page aloud, sentence by sentence, with a voice that lives on the reader's own device:
// [data-read-aloud]. Where there is no such voice, a sentence says so instead of the bar. It is only put on
// pages where nobody writes anything. What is being read is marked, and the page scrolls along with it.
(() => {
  const place = document.querySelector("[data-read-aloud]");
  const speech = window.speechSynthesis;
  if (!place) return;
  const bar = place.querySelector("[data-read-aloud-bar]");
  const without = place.querySelector("[data-read-aloud-without]");
  if (!speech) {
    without.hidden = false;
    return;
  }
  const main = document.querySelector("main");
  const play = bar.querySelector("[data-read-aloud-play]");
  const stop = bar.querySelector("[data-read-aloud-stop]");
  const speed = bar.querySelector("[data-read-aloud-speed]");
  const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, blockquote, th, td, figcaption, legend";
  // The small lines over headings and under cards are for the eye: words without sentences.
  const SILENT = ".kompas-page-header__over, .kompas-card__over, .kompas-card__foot, nav, form, fieldset, button, select, audio, script, svg, details:not([open]), [hidden], [aria-hidden=true], [data-read-aloud], [data-not-read]";
  const mark = window.CSS && CSS.highlights && window.Highlight ? new Highlight() : null;
  if (mark) CSS.highlights.set("read-aloud", mark);

  let sentences = [];
  let at = 0;
  let state = "silent"; // silent, reading, paused
  let turn = 0; // a number for what is being said: an utterance that was broken off still says it ended

  const voiceFor = (lang) => {
    const own = speech.getVoices().filter((voice) => voice.localService);
    return own.find((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === lang.split("-")[0]);
  };
  const language = document.documentElement.lang;

  const textsIn = (block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent.closest(BLOCKS) === block && !parent.closest(SILENT)) texts.push(node);
    }
    return texts;
  };
  const cut = (text, lang) => {
    if (window.Intl && Intl.Segmenter) {
      return [...new Intl.Segmenter(lang, { granularity: "sentence" }).segment(text)].map((part) => [part.index, part.segment]);
    }
    return [...text.matchAll(/[^.!?]+[.!?]*\s*/g)].map((match) => [match.index, match[0]]);
  };
  // One text node may hold several sentences, and one sentence several nodes (a link in its middle).
  const rangeOf = (texts, from, to) => {
    const range = document.createRange();
    let start = 0;
    texts.forEach((node) => {
      const end = start + node.length;
      if (from >= start && from < end) range.setStart(node, from - start);
      if (to > start && to <= end) range.setEnd(node, to - start);
      start = end;
    });
    return range;
  };
  const collect = () => [...main.querySelectorAll(BLOCKS)].flatMap((block) => {
    const texts = textsIn(block);
    const whole = texts.map((node) => node.data).join("");
    const spoken = texts.find((node) => node.data.trim());
    if (!spoken) return [];
    const lang = spoken.parentElement.closest("[lang]").lang;
    return cut(whole, lang)
      .filter(([, text]) => /[\p{L}\p{N}]/u.test(text))
      .map(([index, text]) => ({ text: text.replace(/\s+/g, " ").trim(), lang, range: rangeOf(texts, index, index + text.trimEnd().length) }));
  }).filter((sentence) => voiceFor(sentence.lang));

  const show = (sentence) => {
    if (mark) {
      mark.clear();
      mark.add(sentence.range);
    }
    const box = sentence.range.getBoundingClientRect();
    if (box.top < 60 || box.bottom > window.innerHeight - 20) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      window.scrollBy({ top: box.top - window.innerHeight / 3, behavior: calm ? "instant" : "smooth" });
    }
  };
  const become = (next) => {
    state = next;
    stop.hidden = state === "silent";
    play.textContent = { silent: play.dataset.play, reading: play.dataset.pause, paused: play.dataset.goOn }[state];
    if (state === "silent" && mark) mark.clear();
  };
  const silence = () => {
    turn += 1;
    speech.cancel();
  };
  const say = () => {
    const sentence = sentences[at];
    if (!sentence) {
      at = 0;
      become("silent");
      return;
    }
    turn += 1;
    const mine = turn;
    const utterance = new SpeechSynthesisUtterance(sentence.text);
    utterance.lang = sentence.lang;
    utterance.voice = voiceFor(sentence.lang);
    utterance.rate = Number(speed.value);
    utterance.onend = () => {
      if (mine !== turn) return;
      at += 1;
      say();
    };
    utterance.onerror = () => { if (mine === turn) become("paused"); };
    show(sentence);
    speech.speak(utterance);
  };

  play.addEventListener("click", () => {
    if (state === "reading") {
      // Not speech.pause(): some phones never come back from it. The sentence is begun again.
      silence();
      become("paused");
      return;
    }
    if (state === "silent") {
      sentences = collect();
      at = 0;
    }
    become("reading");
    say();
  });
  stop.addEventListener("click", () => {
    silence();
    at = 0;
    become("silent");
    play.focus();
  });
  speed.addEventListener("change", () => {
    if (state !== "reading") return;
    silence();
    say();
  });
  window.addEventListener("pagehide", silence);

  // Some browsers find their voices a moment after the page; only then is it sure that there is none.
  const WAIT_FOR_VOICES = 1000;
  const offer = (isSure) => {
    bar.hidden = !voiceFor(language);
    without.hidden = !(bar.hidden && isSure);
  };
  offer(speech.getVoices().length > 0);
  setTimeout(() => offer(true), WAIT_FOR_VOICES);
  if (speech.addEventListener) speech.addEventListener("voiceschanged", () => offer(true));
})();
