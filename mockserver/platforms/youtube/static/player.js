// The mock's video player, with the state classes, controls and adverts of the real site's.
//
//   MockPlayer.load(cfg)    a watch page became visible; plays at once
//   MockPlayer.unload()     it is being left; resolves when its last beacon has arrived
//
// cfg = { videoId, seconds (null: live), load, ad: null | {id, seconds, title, sponsor, site},
//         fault: null | "stall" | "player_error", next: videoId | null, autoplay: bool,
//         clip: "/_media/clip.webm", strings: {…} (optional, see STRINGS) }
//
// In real time a short clip is repeated through MediaSource to the length that the world says. Where
// the media element is simulated (it is ready as soon as it knows data-seconds) no clip is fetched.
// Beacons: POST /api/stats/watchtime every 10 media seconds, on pause, on the end of a video or an
// advert, and on leaving. A segment is sent once it was played, and again only if it did not arrive.
(() => {
  "use strict";

  const BEACON_URL = "/api/stats/watchtime";
  const BEACON_EVERY_S = 10;
  const SKIP_AFTER_S = 5;
  const AUTOPLAY_AFTER_S = 5;
  const STALL_SHARE = 0.4; // of a video that is shorter than where the stall would begin
  const ERROR_AFTER_MS = 500;
  const MODES = ["unstarted-mode", "playing-mode", "paused-mode", "ended-mode"];
  const STRINGS = {
    sponsored: "Sponsored", skip: "Skip", skipIn: "Skip in {n}", visit: "Visit site", live: "LIVE",
    upNext: "Up next in {n}", cancel: "Cancel", playNow: "Play now", play: "Play (k)",
    pause: "Pause (k)", mute: "Mute (m)", unmute: "Unmute (m)", fullscreen: "Full screen (f)",
    progress: "Seek slider", autoplay: "Autoplay is on", autoplayOff: "Autoplay is off",
    error: "An error occurred. Please try again later.", errorHint: "Playback ID: {id}",
  };

  const make = (tag, className, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };

  // -- a clip of a few seconds, repeated to any length -------------------------------------------

  const clips = new Map();
  const fetchClip = (url) => {
    if (!clips.has(url)) clips.set(url, fetch(url).then((answer) => answer.arrayBuffer()));
    return clips.get(url);
  };

  class RepeatedClip {
    static LENGTH_S = 10;
    static AHEAD_S = 30;
    static BEHIND_S = 60;

    constructor(video, url, seconds) {
      this.video = video;
      this.seconds = seconds ?? Infinity;
      this.source = new MediaSource();
      this.fill = this.fill.bind(this);
      this.address = URL.createObjectURL(this.source);
      this.source.addEventListener("sourceopen", () => this.open(url), { once: true });
      for (const type of ["timeupdate", "seeking"]) video.addEventListener(type, this.fill);
      video.src = this.address;
    }

    async open(url) {
      this.data = await fetchClip(url);
      if (this.source.readyState !== "open") return;
      this.buffer = this.source.addSourceBuffer('video/webm; codecs="vp9"');
      this.buffer.addEventListener("updateend", this.fill);
      this.source.duration = this.seconds;
      this.fill();
    }

    has(second) {
      const ranges = this.buffer.buffered;
      for (let i = 0; i < ranges.length; i++) {
        if (ranges.start(i) <= second && second < ranges.end(i)) return true;
      }
      return false;
    }

    fill() {
      if (!this.buffer || this.buffer.updating || this.source.readyState === "closed") return;
      const length = RepeatedClip.LENGTH_S;
      const now = this.video.currentTime;
      const until = Math.min(now + RepeatedClip.AHEAD_S, this.seconds);
      for (let index = Math.floor(now / length); index * length < until; index++) {
        const middle = (index * length + Math.min((index + 1) * length, this.seconds)) / 2;
        if (this.has(middle)) continue;
        this.buffer.timestampOffset = index * length;
        this.buffer.appendWindowEnd = this.seconds;
        this.buffer.appendBuffer(this.data);
        return;
      }
      const ranges = this.buffer.buffered;
      if (ranges.length && ranges.start(0) < now - 2 * RepeatedClip.BEHIND_S) {
        this.buffer.remove(0, now - RepeatedClip.BEHIND_S);
      } else if (until >= this.seconds && this.source.readyState === "open") {
        this.source.endOfStream();
      }
    }

    close() {
      for (const type of ["timeupdate", "seeking"]) this.video.removeEventListener(type, this.fill);
      this.buffer?.removeEventListener("updateend", this.fill);
      this.buffer = undefined;
      URL.revokeObjectURL(this.address);
      this.video.removeAttribute("src");
    }
  }

  // -- beacons ----------------------------------------------------------------------------------

  class Beacons {
    constructor(cfg) {
      this.cfg = cfg;
      this.unsent = []; // bodies that have not arrived
      this.sending = Promise.resolve();
    }

    // segments: [[start, end], …] in media seconds
    add(segments, { ad, state, rate, length }) {
      if (!segments.length) return;
      this.unsent.push({
        load: this.cfg.load, v: this.cfg.videoId,
        st: segments.map((s) => s[0]), et: segments.map((s) => s[1]),
        ad: ad ? ad.id : null, state, vis: document.visibilityState === "visible", rate, len: length,
      });
      this.flush();
    }

    flush() {
      this.sending = this.sending.then(async () => {
        while (this.unsent.length) {
          const body = this.unsent[0];
          let answer;
          try {
            answer = await fetch(BEACON_URL, {
              method: "POST", keepalive: true, body: JSON.stringify(body),
              headers: { "Content-Type": "application/json" },
            });
          } catch {
            return; // no connection: it goes with the next one
          }
          if (answer.status >= 500) return;
          this.unsent.shift();
        }
      });
      return this.sending;
    }

    // The page is being unloaded: no answer can be waited for. The server drops what it has already.
    farewell() {
      for (const body of this.unsent.splice(0)) {
        navigator.sendBeacon(BEACON_URL, new Blob([JSON.stringify(body)], { type: "application/json" }));
      }
    }
  }

  // What was played since the last beacon, as segments of media time.
  class Played {
    constructor(video) {
      this.video = video;
      this.restart();
    }

    restart() {
      this.segments = [];
      this.start = this.end = this.video.currentTime;
    }

    note() {
      const now = this.video.currentTime;
      if (!this.video.seeking && now > this.end) this.end = now;
    }

    seek() {
      this.close();
      this.start = this.end = this.video.currentTime;
    }

    close() {
      const round = (value) => Math.round(value * 1000) / 1000;
      if (this.end - this.start >= 0.001) this.segments.push([round(this.start), round(this.end)]);
      this.start = this.end;
    }

    get seconds() {
      return this.segments.reduce((sum, [start, end]) => sum + end - start, this.end - this.start);
    }

    take() {
      this.note();
      this.close();
      return this.segments.splice(0);
    }
  }

  // -- the player -------------------------------------------------------------------------------

  class Player {
    constructor(root, cfg) {
      this.root = root;
      this.cfg = cfg;
      this.strings = { ...STRINGS, ...(cfg.strings ?? {}) };
      this.autoplay = Boolean(cfg.autoplay);
      this.phase = "unstarted"; // ad | content | ended | error
      this.timers = new Set();
      this.closing = new AbortController();
      this.video = root.querySelector("video") ?? root.appendChild(make("video"));
      this.video.classList.add("video-stream", "html5-main-video");
      this.video.playsInline = true;
      this.beacons = new Beacons(cfg);
      this.build();
      this.listen();
      this.expose();
      this.mode("unstarted-mode");
      if (cfg.fault === "player_error") this.later(() => this.fail(), ERROR_AFTER_MS);
      else if (cfg.ad) this.startAd();
      else this.startContent();
    }

    text(name, value) {
      return this.strings[name].replace("{n}", value).replace("{id}", value);
    }

    later(action, milliseconds) {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        action();
      }, milliseconds);
      this.timers.add(timer);
      return timer;
    }

    every(action, milliseconds) {
      const timer = setInterval(action, milliseconds);
      this.timers.add(timer);
      return timer;
    }

    cancel(timer) {
      clearTimeout(timer); // also ends an interval
      this.timers.delete(timer);
    }

    mode(name) {
      this.root.classList.remove(...MODES, "buffering-mode");
      this.root.classList.add(name);
    }

    // Give the element `seconds` to play: the simulated one needs no more than their number.
    attach(seconds) {
      this.clip?.close();
      this.clip = null;
      this.video.dataset.seconds = String(seconds ?? Infinity);
      this.video.load();
      if (this.video.readyState === 0) this.clip = new RepeatedClip(this.video, this.cfg.clip, seconds);
      this.played = new Played(this.video);
    }

    startAd() {
      const ad = this.cfg.ad;
      this.phase = "ad";
      this.root.classList.add("ad-showing", "ad-created");
      this.adModule.replaceChildren(this.buildAd(ad));
      this.attach(ad.seconds);
      this.play();
    }

    endAd() {
      this.beacon("ended");
      this.root.classList.remove("ad-showing", "ad-created");
      this.adModule.replaceChildren();
      this.startContent();
    }

    startContent() {
      this.phase = "content";
      this.stalled = this.cfg.fault !== "stall";
      this.attach(this.cfg.seconds);
      this.play();
    }

    play() {
      this.dismissNext();
      if (this.phase === "ended") {
        this.phase = "content";
        this.played.restart();
      }
      // A refusal (no gesture yet, or a pause in between) leaves the player unstarted or paused.
      return this.video.play().catch(() => {});
    }

    toggle() {
      if (this.phase === "error") return;
      if (this.video.paused) this.play();
      else this.video.pause();
    }

    stall() {
      this.stalled = true;
      const rate = this.video.playbackRate;
      this.root.classList.add("buffering-mode");
      this.video.playbackRate = 0;
      const lasts = this.cfg.stall?.for;
      if (lasts == null) return; // for ever
      this.later(() => {
        this.video.playbackRate = rate;
        this.root.classList.remove("buffering-mode");
      }, lasts * 1000);
    }

    fail() {
      this.phase = "error";
      this.video.pause();
      this.mode("unstarted-mode");
      const box = make("div", "ytp-error", { role: "alert" });
      const message = box.appendChild(make("yt-player-error-message-renderer"));
      const wrap = message.appendChild(make("div", "ytp-error-content-wrap"));
      wrap.appendChild(make("div", "ytp-error-content-wrap-reason", {}, this.strings.error));
      wrap.appendChild(make("div", "ytp-error-content-wrap-subreason", {}, this.text("errorHint", this.cfg.load)));
      this.root.appendChild(box);
    }

    // -- what the element reports

    listen() {
      const on = (target, type, handler) =>
        target.addEventListener(type, handler, { signal: this.closing.signal });
      on(this.video, "playing", () => this.mode("playing-mode"));
      on(this.video, "waiting", () => this.root.classList.add("buffering-mode"));
      on(this.video, "seeking", () => this.played?.seek());
      on(this.video, "timeupdate", () => this.tick());
      on(this.video, "volumechange", () => this.showVolume());
      on(this.video, "pause", () => {
        if (!this.video.ended && this.phase !== "error") {
          this.mode("paused-mode");
          this.beacon("paused");
        }
        this.showPlay();
      });
      on(this.video, "play", () => this.showPlay());
      on(this.video, "ended", () => (this.phase === "ad" ? this.endAd() : this.end()));
      on(this.video, "click", () => this.toggle());
      on(document, "keydown", (event) => this.key(event));
      on(document, "visibilitychange", () => this.played?.note());
      on(window, "pagehide", () => {
        this.beacon(this.video.paused ? "paused" : "playing");
        this.beacons.farewell();
      });
    }

    tick() {
      if (!this.played) return;
      this.played.note();
      const now = this.video.currentTime;
      if (this.phase === "ad") this.showAd(now);
      else if (this.phase === "content" && !this.stalled && now >= this.stallAt()) this.stall();
      if (this.played.seconds >= BEACON_EVERY_S) this.beacon("playing");
      this.showProgress(now);
    }

    stallAt() {
      return Math.min(this.cfg.stall.at, (this.cfg.seconds ?? Infinity) * STALL_SHARE);
    }

    end() {
      this.phase = "ended";
      this.mode("ended-mode");
      this.beacon("ended");
      this.showPlay();
      this.showProgress(this.video.currentTime);
      if (this.autoplay && this.cfg.next && window.siteNavigate) this.offerNext();
    }

    beacon(state) {
      if (!this.played) return;
      const length = Number.isFinite(this.video.duration) ? this.video.duration : null;
      this.beacons.add(this.played.take(), {
        ad: this.phase === "ad" ? this.cfg.ad : null,
        state, rate: this.video.playbackRate || 1, length,
      });
    }

    offerNext() {
      let left = AUTOPLAY_AFTER_S;
      const box = make("div", "ytp-autonav-endscreen-countdown-overlay");
      const line = box.appendChild(make("div", "ytp-autonav-endscreen-upnext-header", {}, this.text("upNext", left)));
      const cancel = box.appendChild(make("button", "ytp-autonav-endscreen-upnext-cancel-button", { type: "button" }, this.strings.cancel));
      const now = box.appendChild(make("button", "ytp-autonav-endscreen-upnext-play-button", { type: "button" }, this.strings.playNow));
      cancel.addEventListener("click", () => this.dismissNext());
      now.addEventListener("click", () => this.goNext());
      this.next = { box, timer: this.every(() => {
        left -= 1;
        if (left <= 0) this.goNext();
        else line.textContent = this.text("upNext", left);
      }, 1000) };
      this.root.appendChild(box);
    }

    dismissNext() {
      if (!this.next) return;
      this.cancel(this.next.timer);
      this.next.box.remove();
      this.next = null;
    }

    goNext() {
      this.dismissNext();
      window.siteNavigate(`/watch?v=${this.cfg.next}`);
    }

    // -- what is seen

    build() {
      for (const old of [...this.root.children]) if (old !== this.video && !old.contains(this.video)) old.remove();
      this.root.classList.add("html5-video-player", "ytp-transparent");
      this.root.tabIndex = -1;
      this.root.appendChild(make("div", "ytp-spinner", { "aria-hidden": "true" }));
      this.adModule = this.root.appendChild(make("div", "video-ads ytp-ad-module"));
      const bottom = this.root.appendChild(make("div", "ytp-chrome-bottom", { dir: "ltr" }));
      this.bar = bottom.appendChild(make("div", "ytp-progress-bar", {
        role: "slider", tabindex: "0", "aria-label": this.strings.progress, "aria-valuemin": "0",
      }));
      this.done = this.bar.appendChild(make("div", "ytp-play-progress"));
      const controls = bottom.appendChild(make("div", "ytp-chrome-controls"));
      const left = controls.appendChild(make("div", "ytp-left-controls"));
      const right = controls.appendChild(make("div", "ytp-right-controls"));
      const button = (parent, name, action) => {
        const element = parent.appendChild(make("button", `ytp-button ${name}`, { type: "button" }));
        element.addEventListener("click", action);
        return element;
      };
      this.playButton = button(left, "ytp-play-button", () => this.toggle());
      this.muteButton = button(left, "ytp-mute-button", () => this.mute(!this.video.muted));
      const time = left.appendChild(make("div", "ytp-time-display notranslate"));
      if (this.cfg.seconds === null) {
        this.root.classList.add("ytp-live");
        time.appendChild(make("button", "ytp-live-badge ytp-button", { type: "button" }, this.strings.live));
      }
      this.current = time.appendChild(make("span", "ytp-time-current", {}, "0:00"));
      if (this.cfg.seconds !== null) {
        time.appendChild(make("span", "ytp-time-separator", {}, " / "));
        this.total = time.appendChild(make("span", "ytp-time-duration", {}, clock(this.cfg.seconds)));
      }
      this.autoplayButton = button(right, "ytp-autonav-toggle", () => this.setAutoplay(!this.autoplay));
      this.autoplayButton.appendChild(make("div", "ytp-autonav-toggle-button"));
      this.fullButton = button(right, "ytp-fullscreen-button", () => this.root.classList.toggle("ytp-fullscreen"));
      this.fullButton.setAttribute("aria-label", this.strings.fullscreen);
      this.bar.addEventListener("click", (event) => {
        if (this.phase === "ad" || !Number.isFinite(this.video.duration)) return;
        const box = this.bar.getBoundingClientRect();
        this.seek(((event.clientX - box.left) / box.width) * this.video.duration);
      });
      this.showPlay();
      this.showVolume();
      this.showAutoplay();
    }

    buildAd(ad) {
      const overlay = make("div", "ytp-ad-player-overlay-layout");
      const card = overlay.appendChild(make("div", "ytp-ad-player-overlay-layout__player-card-container"));
      this.adText = card.appendChild(make("div", "ytp-ad-text ytp-ad-simple-ad-badge", {}, this.strings.sponsored));
      card.appendChild(make("div", "ytp-ad-player-overlay-advertiser-info", {}, ad.sponsor ?? ""));
      if (ad.title) card.appendChild(make("div", "ytp-ad-player-overlay-title", {}, ad.title));
      if (ad.site) card.appendChild(make("div", "ytp-visit-advertiser-link", {}, `${this.strings.visit} · ${ad.site}`));
      const slot = overlay.appendChild(make("div", "ytp-ad-skip-button-slot"));
      this.adWait = slot.appendChild(make("div", "ytp-preview-ad"));
      this.adSkip = slot.appendChild(make("button", "ytp-skip-ad-button", { type: "button" }, this.strings.skip));
      this.adSkip.hidden = true;
      this.adSkip.addEventListener("click", () => this.endAd());
      this.showAd(0);
      return overlay;
    }

    showAd(now) {
      const ad = this.cfg.ad;
      this.adText.textContent = `${this.strings.sponsored} · ${clock(Math.ceil(ad.seconds - now))}`;
      const wait = Math.ceil(SKIP_AFTER_S - now);
      this.adSkip.hidden = wait > 0;
      this.adWait.hidden = wait <= 0;
      this.adWait.textContent = this.text("skipIn", Math.max(wait, 0));
    }

    showPlay() {
      const label = this.video.paused ? this.strings.play : this.strings.pause;
      this.playButton.setAttribute("aria-label", label);
      this.playButton.classList.toggle("ytp-is-playing", !this.video.paused);
    }

    showVolume() {
      const label = this.video.muted ? this.strings.unmute : this.strings.mute;
      this.muteButton.setAttribute("aria-label", label);
      this.muteButton.classList.toggle("ytp-is-muted", this.video.muted);
    }

    showAutoplay() {
      const label = this.autoplay ? this.strings.autoplay : this.strings.autoplayOff;
      this.autoplayButton.setAttribute("aria-label", label);
      this.autoplayButton.firstChild.setAttribute("aria-checked", String(this.autoplay));
    }

    showProgress(now) {
      const length = this.video.duration;
      this.current.textContent = clock(now);
      if (!Number.isFinite(length) || length <= 0) return;
      if (this.total) this.total.textContent = clock(length); // an advert has its own
      this.done.style.width = `${Math.min((now / length) * 100, 100).toFixed(2)}%`;
      this.bar.setAttribute("aria-valuemax", String(Math.round(length)));
      this.bar.setAttribute("aria-valuenow", String(Math.floor(now)));
    }

    // -- what one can do

    key(event) {
      const target = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || this.phase === "error") return;
      if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
      const onButton = target instanceof Element && target.closest("button, a");
      const actions = {
        k: () => this.toggle(), m: () => this.mute(!this.video.muted),
        f: () => this.root.classList.toggle("ytp-fullscreen"),
        j: () => this.seek(this.video.currentTime - 10), l: () => this.seek(this.video.currentTime + 10),
        ArrowLeft: () => this.seek(this.video.currentTime - 5),
        ArrowRight: () => this.seek(this.video.currentTime + 5),
        ...(onButton ? {} : { " ": () => this.toggle() }),
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }

    mute(on) {
      this.video.muted = on;
    }

    seek(second) {
      if (this.phase === "ad" || this.phase === "error") return;
      this.dismissNext();
      if (this.phase === "ended") this.phase = "content";
      this.video.currentTime = Math.max(0, Math.min(second, this.video.duration || 0));
    }

    setAutoplay(on) {
      this.autoplay = on;
      if (!on) this.dismissNext();
      this.showAutoplay();
      document.dispatchEvent(new CustomEvent("mockplayer-autoplay", { detail: { on } }));
    }

    // The functions that scripts call on the real player's element.
    expose() {
      const states = { "unstarted-mode": -1, "ended-mode": 0, "playing-mode": 1, "paused-mode": 2 };
      Object.assign(this.root, {
        getPlayerState: () => {
          if (this.root.classList.contains("buffering-mode")) return 3;
          return states[MODES.find((name) => this.root.classList.contains(name))] ?? -1;
        },
        getAdState: () => (this.phase === "ad" ? 1 : -1),
        getCurrentTime: () => (this.phase === "ad" ? 0 : this.video.currentTime),
        getDuration: () => this.cfg.seconds ?? 0,
        getVideoData: () => ({ video_id: this.cfg.videoId, isLive: this.cfg.seconds === null }),
        getPlaybackRate: () => this.video.playbackRate,
        setPlaybackRate: (rate) => { this.video.playbackRate = rate; },
        playVideo: () => this.play(),
        pauseVideo: () => this.video.pause(),
        seekTo: (second) => this.seek(second),
        isMuted: () => this.video.muted,
        mute: () => this.mute(true),
        unMute: () => this.mute(false),
      });
    }

    close() {
      const playing = !this.video.paused;
      this.closing.abort();
      for (const timer of this.timers) clearTimeout(timer);
      this.timers.clear();
      this.beacon(playing ? "playing" : "paused");
      this.video.pause();
      this.clip?.close();
      delete this.video.dataset.seconds;
      this.root.classList.remove("ad-showing", "ad-created");
      return this.beacons.flush();
    }
  }

  // A sheet of its own, so that the player's looks are not part of the page's markup.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .html5-video-player { position: relative; overflow: hidden; background: #0b0b0c; color: #fff;
      font: 13px/1.3 Roboto, Arial, sans-serif; outline: none; }
    .html5-video-player video { display: block; width: 100%; height: 100%; object-fit: cover; }
    .html5-video-player [hidden] { display: none !important; }
    .html5-video-player.ytp-fullscreen { position: fixed; inset: 0; z-index: 3000; }
    .html5-video-player button { font: inherit; color: inherit; border: 0; background: none; cursor: pointer; }
    .ytp-chrome-bottom { position: absolute; inset-inline: 0; bottom: 0; padding: 28px 12px 4px;
      background: linear-gradient(transparent, rgb(0 0 0 / .65)); transition: opacity .15s; }
    .playing-mode:not(:hover, :focus-within, .ad-showing) .ytp-chrome-bottom { opacity: 0; }
    .ytp-progress-bar { height: 4px; border-radius: 2px; background: rgb(255 255 255 / .28); cursor: pointer; }
    .ytp-progress-bar:hover { height: 6px; margin-top: -2px; }
    .ytp-play-progress { height: 100%; width: 0; border-radius: 2px; background: #e0342b; }
    .ad-showing .ytp-play-progress { background: #f2b705; }
    .ytp-chrome-controls, .ytp-left-controls, .ytp-right-controls { display: flex; align-items: center; gap: 6px; }
    .ytp-chrome-controls { justify-content: space-between; height: 40px; }
    .ytp-button { min-width: 36px; height: 36px; padding: 0 6px; display: grid; place-items: center; }
    .ytp-button:focus-visible, .ytp-progress-bar:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
    .ytp-play-button::before { content: ""; width: 16px; height: 18px; background: currentColor;
      clip-path: polygon(0 0, 100% 50%, 0 100%); }
    .ytp-play-button.ytp-is-playing::before { clip-path: polygon(0 0, 36% 0, 36% 100%, 0 100%, 0 0, 64% 0, 100% 0, 100% 100%, 64% 100%, 64% 0); }
    .ytp-mute-button::before { content: ""; width: 16px; height: 16px; background: currentColor;
      clip-path: polygon(0 32%, 38% 32%, 82% 0, 82% 100%, 38% 68%, 0 68%); }
    .ytp-mute-button.ytp-is-muted::before { opacity: .4; }
    .ytp-fullscreen-button::before { content: ""; width: 14px; height: 14px;
      background: linear-gradient(currentColor 0 0) 0 0/6px 2px, linear-gradient(currentColor 0 0) 0 0/2px 6px,
        linear-gradient(currentColor 0 0) 100% 0/6px 2px, linear-gradient(currentColor 0 0) 100% 0/2px 6px,
        linear-gradient(currentColor 0 0) 0 100%/6px 2px, linear-gradient(currentColor 0 0) 0 100%/2px 6px,
        linear-gradient(currentColor 0 0) 100% 100%/6px 2px, linear-gradient(currentColor 0 0) 100% 100%/2px 6px;
      background-repeat: no-repeat; }
    .ytp-autonav-toggle-button { width: 30px; height: 14px; border-radius: 7px; background: rgb(255 255 255 / .35); position: relative; }
    .ytp-autonav-toggle-button::after { content: ""; position: absolute; top: -2px; left: -2px; width: 18px; height: 18px;
      border-radius: 50%; background: #bbb; transition: left .12s; }
    .ytp-autonav-toggle-button[aria-checked="true"]::after { left: 14px; background: #fff; }
    .ytp-time-display { font-variant-numeric: tabular-nums; display: flex; align-items: center; white-space: pre; }
    .ytp-live-badge { text-transform: uppercase; font-weight: 600; }
    .ytp-live-badge::before { content: "● "; color: #e0342b; white-space: pre; }
    .ytp-live-badge.ytp-button { display: inline-flex; align-items: center; }
    .ytp-spinner { position: absolute; inset: 0; margin: auto; width: 52px; height: 52px; border-radius: 50%; opacity: 0;
      border: 4px solid rgb(255 255 255 / .25); border-top-color: #fff; pointer-events: none; }
    .buffering-mode .ytp-spinner { opacity: 1; }
    .ytp-ad-player-overlay-layout { position: absolute; inset: 0; pointer-events: none; }
    .ytp-ad-player-overlay-layout > * { pointer-events: auto; }
    .ytp-ad-player-overlay-layout__player-card-container { position: absolute; inset-inline-start: 12px; bottom: 62px; max-width: 60%;
      box-sizing: border-box; padding: 10px 14px; border-radius: 10px; background: rgb(15 15 15 / .82); }
    .ytp-ad-player-overlay-layout__player-card-container > * { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
    .ytp-ad-player-overlay-layout__player-card-container > :is(.ytp-ad-player-overlay-title, .ytp-visit-advertiser-link) {
      white-space: normal; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
    .ytp-ad-text { color: #f2b705; font-size: 12px; font-weight: 600; }
    .ytp-ad-player-overlay-advertiser-info { margin-top: 2px; font-size: 15px; font-weight: 600; }
    .ytp-visit-advertiser-link { margin-top: 4px; color: #9cc4ff; }
    .ytp-ad-skip-button-slot { position: absolute; inset-inline-end: 12px; bottom: 62px; }
    .ytp-preview-ad, .html5-video-player .ytp-skip-ad-button { padding: 10px 18px; border-radius: 18px;
      background: rgb(15 15 15 / .82); font-weight: 500; }
    .html5-video-player .ytp-skip-ad-button { background: #f1f1f1; color: #0f0f0f; }
    .ytp-error { position: absolute; inset: 0; display: grid; place-items: center; background: #0b0b0c; text-align: center; z-index: 2; }
    .ytp-error-content-wrap-reason { font-size: 20px; max-width: 34ch; }
    .ytp-error-content-wrap-subreason { margin-top: 8px; color: #aaa; }
    .ytp-autonav-endscreen-countdown-overlay { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center;
      gap: 10px; background: rgb(0 0 0 / .78); z-index: 1; }
    .ytp-autonav-endscreen-upnext-header { font-size: 18px; font-weight: 500; }
    .ytp-autonav-endscreen-countdown-overlay button { padding: 9px 20px; border-radius: 18px; background: rgb(255 255 255 / .16); }
    .html5-video-player .ytp-autonav-endscreen-upnext-play-button { background: #f1f1f1; color: #0f0f0f; }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  let active = null;

  window.MockPlayer = {
    load(cfg) {
      active?.close();
      const root = cfg.root
        ?? [...document.querySelectorAll("#movie_player")].find((element) => !element.closest("[hidden]"));
      if (!root) throw new Error("MockPlayer.load: no visible #movie_player on the page");
      active = new Player(root, cfg);
      return root;
    },
    unload() {
      const left = active;
      active = null;
      return left ? left.close() : Promise.resolve();
    },
    get active() {
      return active !== null;
    },
  };
})();
