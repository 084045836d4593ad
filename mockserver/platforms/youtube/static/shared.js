  // What the scripts of both sites have in common. It stands inside each of them, where the source
  // has a line `@shared`, and leaves nothing on the page.

  const $ = (css, root = document) => root.querySelector(css);
  const $$ = (css, root = document) => [...root.querySelectorAll(css)];
  const failed = (error) => console.warn(`site: ${error.message}`);

  const context = () => ({ client: { hl: ytcfg.get("HL"), gl: ytcfg.get("GL") }, event: ytcfg.get("EVENT_ID") });

  async function post(path, body) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ context: context(), ...body }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  // The player's last report arrives first, so that the next page knows of it.
  async function unloadPlayer() {
    try {
      await window.MockPlayer?.unload();
    } catch (error) {
      failed(error);
    }
  }

  // The video that a card leads to.
  function videoOf(card) {
    for (const link of $$("a[href]", card)) {
      const url = new URL(link.href, location.href);
      const id = url.searchParams.get("v") ?? /^\/shorts\/([\w-]{11})/.exec(url.pathname)?.[1];
      if (id) return id;
    }
    return null;
  }

  // What the site sees of the browser.
  function probe() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    post("/youtubei/v1/log_event", {
      webdriver: navigator.webdriver === true, languages: navigator.languages, language: navigator.language,
      userAgent: navigator.userAgent, platform: navigator.platform, timeZone: zone,
      screen: [screen.width, screen.height], viewport: [innerWidth, innerHeight],
      pixelRatio: devicePixelRatio, dark: matchMedia("(prefers-color-scheme: dark)").matches,
      plugins: navigator.plugins.length, touch: navigator.maxTouchPoints,
    }).catch(failed);
  }
