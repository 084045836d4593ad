// What any page can see of the browser that shows it. Reads only.
async () => {
  const data = navigator.userAgentData;
  const high = data ? await data.getHighEntropyValues(["platformVersion", "uaFullVersion", "fullVersionList",
    "architecture", "model"]).catch(() => null) : null;
  const permission = await navigator.permissions?.query({ name: "notifications" })
    .then((p) => p.state).catch(() => null);
  const gl = document.createElement("canvas").getContext("webgl");
  const about = gl?.getExtension("WEBGL_debug_renderer_info");
  return {
    user_agent: navigator.userAgent,
    app_version: navigator.appVersion,
    platform: navigator.platform,
    vendor: navigator.vendor,
    languages: [...navigator.languages],
    webdriver: navigator.webdriver ?? null,
    plugins: navigator.plugins.length,
    cores: navigator.hardwareConcurrency ?? null,
    memory_gb: navigator.deviceMemory ?? null,
    touch_points: navigator.maxTouchPoints,
    cookies: navigator.cookieEnabled,
    hints: data ? {
      brands: data.brands.map((b) => `${b.brand} ${b.version}`), mobile: data.mobile, platform: data.platform,
      full: high?.fullVersionList?.map((b) => `${b.brand} ${b.version}`) ?? null,
    } : null,
    chrome_object: typeof window.chrome === "object",
    secure: isSecureContext,
    notification: globalThis.Notification?.permission ?? null,
    notification_asked: permission ?? null,
    screen: [screen.width, screen.height],
    window: [outerWidth, outerHeight],
    viewport: [innerWidth, innerHeight],
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    graphics: about ? gl.getParameter(about.UNMASKED_RENDERER_WEBGL) : null,
  };
}
