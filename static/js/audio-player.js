// Players of the audio book: [data-player]. Without this file the browser's own player works; here are
// speed, going on where one stopped, one voice at a time, waiting for a network that went away, and a button
// that plays the chapters of a recording in a row ([data-player-all]). In the text beside, a time leads to its
// place in the sound, and the part that is being read is marked ([data-second]).
// The browser keeps two numbers: the second one has come to, and the speed.
(() => {
  const players = [...document.querySelectorAll("[data-player]")].filter((player) => player.querySelector("audio"));
  const SPEED = "kompas-lyd-fart";
  const NEAR_THE_END = 5;
  const NETWORK = 2; // MediaError.MEDIA_ERR_NETWORK

  const read = (key) => {
    try { return Number(localStorage.getItem(key)) || 0; } catch { return 0; }
  };
  const keep = (key, number) => {
    try {
      if (number) localStorage.setItem(key, String(number));
      else localStorage.removeItem(key);
    } catch { /* Nothing may be kept in this browser; the sound plays all the same. */ }
  };

  const setUp = (player) => {
    const audio = player.querySelector("audio");
    const speed = player.querySelector("[data-player-speed]");
    const status = player.querySelector("[data-player-status]");
    const place = `kompas-lyd:${audio.getAttribute("src")}`;
    const parts = [...(player.closest("[data-chapter]")?.querySelectorAll("[data-second]") ?? [])];
    let isChosen = false; // a time of the text, before anything was played
    let waiting = null; // the second to go on from when the network is back

    const goTo = (seconds) => {
      if (audio.readyState) audio.currentTime = seconds;
      else audio.addEventListener("loadedmetadata", () => { audio.currentTime = seconds; }, { once: true });
    };
    const goOn = () => {
      if (waiting === null) return;
      const seconds = waiting;
      waiting = null;
      status.textContent = "";
      audio.load();
      goTo(seconds);
      audio.play().catch(() => {});
    };

    speed.closest("[hidden]").hidden = false;
    speed.value = String(read(SPEED) || 1);
    if (!speed.value) speed.value = "1";
    audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value);
    speed.addEventListener("change", () => {
      players.forEach((other) => {
        other.querySelector("[data-player-speed]").value = speed.value;
        const sound = other.querySelector("audio");
        sound.defaultPlaybackRate = sound.playbackRate = Number(speed.value);
      });
      keep(SPEED, Number(speed.value));
    });

    audio.addEventListener("play", () => {
      players.forEach((other) => { if (other !== player) other.querySelector("audio").pause(); });
    });
    audio.addEventListener("play", () => {
      const seconds = read(place);
      if (isChosen || audio.currentTime || !seconds) return;
      goTo(seconds);
      status.textContent = status.dataset.resumed;
    }, { once: true });
    audio.addEventListener("timeupdate", () => {
      if (audio.currentTime) keep(place, Math.floor(audio.currentTime));
      if (audio.duration - audio.currentTime < NEAR_THE_END) keep(place, 0);
    });
    audio.addEventListener("error", () => {
      if (audio.error && (audio.error.code === NETWORK || !navigator.onLine)) {
        waiting = audio.currentTime || read(place);
        status.textContent = status.dataset.waiting;
      }
    });
    parts.forEach((part) => {
      part.querySelector("a").addEventListener("click", (event) => {
        event.preventDefault();
        isChosen = true;
        goTo(Number(part.dataset.second));
        audio.play().catch(() => {});
      });
    });
    audio.addEventListener("timeupdate", () => {
      const now = parts.filter((part) => Number(part.dataset.second) <= audio.currentTime).pop();
      parts.forEach((part) => part.classList.toggle("kompas-spoken--now", part === now));
    });
    window.addEventListener("online", goOn);
    audio.addEventListener("playing", () => { waiting = null; });
  };

  const playInARow = (row) => {
    const sounds = [...row.parentElement.querySelectorAll("audio")];
    let isOn = false;
    row.hidden = sounds.length < 2;
    row.querySelector("button").addEventListener("click", () => {
      isOn = true;
      sounds[0]?.play().catch(() => {});
    });
    sounds.forEach((sound, number) => {
      sound.addEventListener("ended", () => {
        if (isOn) sounds[number + 1]?.play().catch(() => {});
        if (number + 1 === sounds.length) isOn = false;
      });
    });
  };

  players.forEach(setUp);
  document.querySelectorAll("[data-player-all]").forEach(playInARow);
})();
