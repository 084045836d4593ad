// Media elements whose time is Date.now(): an init script, used only when the page's clock is virtual.
// A real <video> ignores a fake clock. Here play, pause, currentTime, ended, rate and their events are
// computed from the page's own (fake) Date and fake timers, so that moving the clock moves playback,
// and nothing else does.
// The length is the element's data-seconds ("Infinity" for a live stream), or what the real element
// found in the file. It also counts requests under way, so that beacons can be awaited, and hands
// over what arrives while the clock is being moved when it stands again: else the page's time of it
// would tell how fast the machine was.
(() => {
  "use strict";
  const media = HTMLMediaElement.prototype;
  const native = (name) => Object.getOwnPropertyDescriptor(media, name);
  const nativeDuration = native("duration").get;
  const nativeLoad = media.load;
  const states = new WeakMap();
  const TICK_MS = 250;

  function lengthOf(element) {
    const told = element.dataset.seconds;
    return told === undefined ? nativeDuration.call(element) : Number(told);
  }

  function stateOf(element) {
    let state = states.get(element);
    if (!state) {
      state = { at: 0, since: 0, rate: 1, defaultRate: 1, playing: false, paused: true, ended: false,
        seeking: false, from: 0, played: [], timer: 0, end: 0, loads: 0, pending: [] };
      states.set(element, state);
    }
    return state;
  }

  function position(element, state) {
    if (!state.playing) return state.at;
    const moved = ((Date.now() - state.since) / 1000) * state.rate;
    // Milliseconds are the grain of the clock; without rounding 0.1 + 0.2 would show in receipts.
    return Math.min(Math.round((state.at + moved) * 1e6) / 1e6, lengthOf(element) || Infinity);
  }

  const fire = (element, type) => element.dispatchEvent(new Event(type));

  function settle(element, state) {
    // Make "now" the new origin of playback; closes the played range.
    const now = position(element, state);
    if (state.playing && now > state.from) state.played.push([state.from, now]);
    state.at = now;
    state.from = now;
    state.since = Date.now();
    return now;
  }

  function stopTimers(state) {
    clearInterval(state.timer);
    clearTimeout(state.end);
    state.timer = state.end = 0;
  }

  function startTimers(element, state) {
    stopTimers(state);
    state.timer = setInterval(() => fire(element, "timeupdate"), TICK_MS);
    const left = lengthOf(element) - state.at;
    if (state.rate > 0 && Number.isFinite(left)) {
      state.end = setTimeout(() => finish(element, state), Math.ceil((left / state.rate) * 1000));
    }
  }

  function finish(element, state) {
    settle(element, state);
    state.at = lengthOf(element);
    state.playing = false;
    stopTimers(state);
    if (element.loop) {
      state.at = state.from = 0;
      run(element, state);
      return;
    }
    state.ended = true;
    state.paused = true;
    fire(element, "timeupdate");
    fire(element, "pause");
    fire(element, "ended");
  }

  function run(element, state) {
    state.since = Date.now();
    state.from = state.at;
    state.playing = true;
    startTimers(element, state);
  }

  function ready(element) {
    return element.dataset.seconds !== undefined || nativeDuration.call(element) > 0;
  }

  function reset(element) {
    const state = stateOf(element);
    stopTimers(state);
    const refused = state.pending;
    Object.assign(state, { at: 0, from: 0, playing: false, paused: true, ended: false, seeking: false,
      played: [], rate: state.defaultRate, pending: [] });
    state.loads += 1;
    for (const { reject } of refused) reject(new DOMException("The play() request was interrupted by a new load request.", "AbortError"));
    if (element.dataset.seconds === undefined) return;
    const load = state.loads;
    setTimeout(() => {
      if (state.loads !== load) return;
      for (const type of ["durationchange", "loadedmetadata", "loadeddata", "canplay", "canplaythrough"]) fire(element, type);
      if (element.autoplay && state.paused) element.play().catch(() => {});
    }, 0);
  }

  function define(name, get, set) {
    Object.defineProperty(media, name, { configurable: true, enumerable: true, get, set });
  }

  define("currentTime", function () {
    return position(this, stateOf(this));
  }, function (value) {
    const state = stateOf(this);
    settle(this, state);
    const length = lengthOf(this);
    state.at = Math.max(0, Number.isFinite(length) ? Math.min(Number(value), length) : Number(value));
    state.from = state.at;
    state.ended = false;
    state.seeking = true;
    fire(this, "seeking");
    if (state.playing) startTimers(this, state);
    setTimeout(() => {
      state.seeking = false;
      fire(this, "timeupdate");
      fire(this, "seeked");
      if (state.playing && state.at >= lengthOf(this)) finish(this, state);
    }, 0);
  });
  define("duration", function () { return lengthOf(this); });
  define("paused", function () { return stateOf(this).paused; });
  define("ended", function () { return stateOf(this).ended; });
  define("seeking", function () { return stateOf(this).seeking; });
  define("readyState", function () { return ready(this) ? 4 : 0; });
  define("networkState", function () { return 1; });
  define("error", function () { return null; });
  define("playbackRate", function () { return stateOf(this).rate; }, function (value) {
    const state = stateOf(this);
    settle(this, state);
    state.rate = Number(value);
    if (state.playing) startTimers(this, state);
    fire(this, "ratechange");
  });
  define("defaultPlaybackRate", function () { return stateOf(this).defaultRate; }, function (value) {
    stateOf(this).defaultRate = Number(value);
  });
  define("played", function () { return ranges(this, stateOf(this), true); });
  define("buffered", function () { return new Ranges([[0, lengthOf(this) || 0]]); });
  define("seekable", function () { return new Ranges([[0, lengthOf(this) || 0]]); });

  class Ranges {
    #list;
    constructor(list) { this.#list = list; }
    get length() { return this.#list.length; }
    start(index) { return this.#list[index][0]; }
    end(index) { return this.#list[index][1]; }
  }

  function ranges(element, state) {
    const now = position(element, state);
    const all = state.playing && now > state.from ? [...state.played, [state.from, now]] : [...state.played];
    all.sort((a, b) => a[0] - b[0]);
    const joined = [];
    for (const [start, end] of all) {
      const last = joined.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else joined.push([start, end]);
    }
    return new Ranges(joined);
  }

  media.play = function () {
    const state = stateOf(this);
    if (state.ended) { state.at = 0; state.ended = false; }
    const wasPaused = state.paused;
    state.paused = false;
    if (wasPaused) fire(this, "play");
    return new Promise((resolve, reject) => {
      state.pending.push({ resolve, reject });
      const begin = () => {
        state.pending = state.pending.filter((entry) => entry.reject !== reject);
        if (state.paused) return reject(new DOMException("The play() request was interrupted by a call to pause().", "AbortError"));
        if (!state.playing) {
          run(this, state);
          fire(this, "playing");
        }
        return resolve();
      };
      if (ready(this)) begin();
      else this.addEventListener("loadedmetadata", begin, { once: true });
    });
  };

  media.pause = function () {
    const state = stateOf(this);
    if (state.paused) return;
    settle(this, state);
    state.playing = false;
    state.paused = true;
    stopTimers(state);
    fire(this, "timeupdate");
    fire(this, "pause");
  };

  media.load = function () {
    if (this.dataset.seconds === undefined) nativeLoad.call(this);
    reset(this);
  };

  // Requests under way: fetch and beacons. Symbol.for keeps the page's own names free.
  const flight = { count: 0, waiting: [], moving: false, held: [] };
  const landed = () => {
    flight.count -= 1;
    if (flight.count === 0) for (const resolve of flight.waiting.splice(0)) resolve();
  };
  const standing = () =>
    flight.moving ? new Promise((resolve) => flight.held.push(resolve)) : undefined;
  const nativeFetch = window.fetch;
  window.fetch = function (...args) {
    flight.count += 1;
    const answer = nativeFetch.apply(this, args).finally(standing);
    answer.then(landed, landed);
    return answer;
  };
  const settled = () => {
    flight.moving = false;
    for (const resolve of flight.held.splice(0)) resolve();
    return flight.count === 0 ? Promise.resolve() : new Promise((resolve) => flight.waiting.push(resolve));
  };
  Object.defineProperty(window, Symbol.for("twinwatch.virtual"), {
    value: {
      settled,
      async beginStep() {
        await settled();
        flight.moving = true;
        return { ended: [...document.querySelectorAll("video")].some((e) => e.ended && !e.closest("[hidden]")) };
      },
    },
  });
})();
