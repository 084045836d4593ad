// Proof of playback, gathered in the page: what the player's own clock did, a quarter second at a time.
// Timers and Date are the page's, so the same script serves real and virtual time. It looks the player
// up anew at each reading, because in-page navigation replaces elements.
// Called with {planned, afterEnd, skipAds, stallLimit}; planned is media seconds, null for no limit.
(options) => {
  "use strict";
  const KEY = Symbol.for("twinwatch.receipt");
  window[KEY]?.close();
  const TICK_MS = 250;
  let planned = options.planned ?? Infinity;

  const player = () => [...document.querySelectorAll("#movie_player")].find((e) => !e.closest("[hidden]")) ?? null;
  const media = () => player()?.querySelector("video.html5-main-video, video")
    ?? [...document.querySelectorAll("video, audio")].find((e) => !e.closest("[hidden]")) ?? null;
  const inAd = () => player()?.classList.contains("ad-showing") ?? false;
  const videoId = () => {
    const url = new URL(location.href);
    return url.searchParams.get("v") ?? url.pathname.match(/^\/shorts\/([\w-]{11})/)?.[1]
      ?? player()?.getVideoData?.()?.video_id ?? "";
  };
  const errorText = () => {
    const shown = [...document.querySelectorAll("yt-player-error-message-renderer, .ytp-error")]
      .find((e) => !e.closest("[hidden]") && e.getClientRects().length > 0);
    if (shown) return shown.innerText.trim().replace(/\s+/g, " ").slice(0, 300) || "player error";
    const failed = media()?.error;
    return failed ? `media error ${failed.code}${failed.message ? `: ${failed.message}` : ""}`.slice(0, 300) : null;
  };
  const round = (value) => Math.round(value * 1000) / 1000;

  const began = Date.now();
  const r = {
    videoId: videoId(), watched: 0, ad: 0, stalled: 0, duration: null, ended: false, error: null,
    nextVideoId: null, samples: [], rates: [], visible: 0, ticks: 0, quiet: 0, done: null,
    seenPlaying: false, endedAt: 0,
  };
  // What an element had played before belongs to this watch, unless an earlier one counted it.
  const counted = window[Symbol.for("twinwatch.counted")] ??= new WeakMap();
  const playedSum = (element) => {
    const played = element.played;
    const now = element.currentTime;
    let sum = 0;
    for (let i = 0; i < played.length; i++) {
      // The range under way is read a moment after the position: measure it by the position.
      const end = Math.abs(played.end(i) - now) < 0.1 ? now : played.end(i);
      sum += Math.max(0, end - played.start(i));
    }
    return { sum, now };
  };
  let last = null; // the reading before: {element, time, at, ad, playing}
  let stop = 0;
  let lastSample = -1;
  let open = true;
  let wake = [];

  const elapsed = () => (Date.now() - began) / 1000;
  const finish = (why) => {
    if (r.done) return;
    r.done = why;
    for (const resolve of wake.splice(0)) resolve();
  };

  function read(sampling) {
    if (!open || r.done) return;
    const element = media();
    const now = Date.now();
    const ad = inAd();
    if (!element) {
      last = null;
      // What stands in the player's place says why there is none.
      r.error = errorText();
      if (r.error) finish("error");
      return;
    }
    let time = element.currentTime;
    const playing = !element.paused && !element.ended;
    const id = videoId();
    if (!ad && id && r.videoId && id !== r.videoId) {
      r.nextVideoId = id;
      finish("moved");
      return;
    }
    r.videoId ||= id;
    // A watch page shows its ad first; only the video's own length is of interest.
    if (!ad && Number.isFinite(element.duration) && element.duration > 0) r.duration = round(element.duration);
    r.seenPlaying ||= playing && !ad;
    if (!last && r.ticks === 0) {
      const before = counted.get(element);
      const { sum, now: at } = playedSum(element);
      time = at;
      const own = before && before.id === id && before.sum <= sum ? sum - before.sum : sum;
      if (ad) r.ad += own;
      else r.watched += own;
    } else if (last && last.element === element && last.ad === ad) {
      const moved = time - last.time;
      const passed = (now - last.at) / 1000;
      // More than the rate allows is a seek (or another video), not watching.
      const most = passed * Math.max(element.playbackRate, last.rate, 1) * 1.25 + 0.3;
      if (moved > 0 && moved <= most) {
        if (ad) r.ad += moved;
        else r.watched += moved;
        r.quiet = 0;
      } else if (moved > most) {
        r.quiet = 0;
      } else if (last.playing && playing) {
        r.stalled += passed;
        r.quiet += passed;
      } else {
        r.quiet += passed;
      }
    } else if (last && last.element === element && last.ad && !ad) {
      // The ad ended between two readings: what it lacked is not known better than its last reading.
      if (time > 0 && time <= (now - last.at) / 1000 * Math.max(element.playbackRate, 1) * 1.25 + 0.3) r.watched += time;
      r.quiet = 0;
    }
    last = { element, time, at: now, ad, playing, rate: element.playbackRate };
    if (sampling) {
      r.ticks += 1;
      if (document.visibilityState === "visible") r.visible += 1;
      if (!ad && playing && element.playbackRate > 0) r.rates.push(element.playbackRate);
    }
    const second = Math.floor(elapsed() + TICK_MS / 2000);
    if (!ad && second > lastSample) {
      lastSample = second;
      r.samples.push([round(elapsed()), round(time)]);
    }
    if (ad && options.skipAds) {
      const skip = player().querySelector(".ytp-skip-ad-button, .ytp-ad-skip-button, .ytp-ad-skip-button-modern");
      if (skip && skip.getClientRects().length > 0) skip.click();
    }
    r.error = errorText();
    if (r.error) return finish("error");
    if (!ad && element.ended && (r.seenPlaying || r.watched > 0)) {
      if (!r.ended) r.endedAt = elapsed();
      r.ended = true;
      if (elapsed() - r.endedAt >= options.afterEnd) finish("ended");
      return;
    }
    if (r.quiet >= options.stallLimit) return finish("stalled");
    plan(element, ad, playing);
  }

  // Stop on the planned second itself, not at the next reading.
  function plan(element, ad, playing) {
    clearTimeout(stop);
    if (ad) return;
    const left = planned - r.watched;
    if (left <= 0.0005) {
      element.pause();
      return finish("planned");
    }
    if (playing && element.playbackRate > 0 && left / element.playbackRate < TICK_MS / 1000) {
      stop = setTimeout(() => read(false), Math.ceil((left / element.playbackRate) * 1000 - 0.01));
    }
  }

  const timer = setInterval(() => read(true), TICK_MS);
  const watched = ["ended", "pause", "playing", "emptied", "ratechange", "seeked", "error"];
  const onEvent = (event) => {
    if (event.target === media()) read(false);
  };
  for (const type of watched) document.addEventListener(type, onEvent, true);
  const onNavigate = () => read(false);
  document.addEventListener("yt-navigate-finish", onNavigate);

  // What was told already is not told again: a watch of hours would tell all of it at every step.
  const told = { rates: 0, samples: 0 };
  const news = (name) => {
    const some = r[name].slice(told[name]);
    told[name] = r[name].length;
    return some;
  };

  const api = {
    state() {
      read(false);
      const element = media();
      return {
        videoId: r.videoId, nextVideoId: r.nextVideoId, watched: round(r.watched), ad: round(r.ad),
        stalled: round(r.stalled), duration: r.duration, ended: r.ended, error: r.error,
        visible: r.ticks ? r.visible / r.ticks : (document.visibilityState === "visible" ? 1 : 0),
        rates: news("rates"), samples: news("samples"), done: r.done, elapsed: elapsed(), inAd: inAd(),
        hasPlayer: element !== null, paused: element ? element.paused : true,
        mediaLeft: element && Number.isFinite(element.duration) && element.playbackRate > 0
          ? (element.duration - element.currentTime) / element.playbackRate : null,
        rate: element ? element.playbackRate : 0,
      };
    },
    // Resolves when the watch is over, or after some seconds of the page's time.
    wait(seconds) {
      if (r.done) return Promise.resolve();
      return new Promise((resolve) => {
        wake.push(resolve);
        setTimeout(resolve, seconds * 1000);
      });
    },
    setPlanned(seconds) { planned = seconds; },
    // The reason why playback was refused, or null. Without data play() neither starts nor fails.
    // Virtual time stands still here, so a timer would never come: what is computed answers at once.
    play() {
      const patience = new Promise((resolve) => {
        if (!window[Symbol.for("twinwatch.virtual")]) return setTimeout(resolve, 1000, null);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(null);
        channel.port2.postMessage(null);
      });
      return Promise.race([media().play().then(() => null, String), patience]);
    },
    close() {
      const element = media();
      if (element) counted.set(element, { id: videoId(), sum: playedSum(element).sum });
      open = false;
      clearInterval(timer);
      clearTimeout(stop);
      for (const type of watched) document.removeEventListener(type, onEvent, true);
      document.removeEventListener("yt-navigate-finish", onNavigate);
      delete window[KEY];
    },
  };
  Object.defineProperty(window, KEY, { value: api, configurable: true });
  read(true);
  return api.state();
}
