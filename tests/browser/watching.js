// Runs in every page of a journey before the page's own scripts: writes down what somebody sees and
// hears, and when, so that a test can ask afterwards instead of racing with the cues; and since when a
// control stands there, before which nobody would press it.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const seen = [];
  const played = [];
  const refused = [];
  window.__journey = { seen, played, refused };

  const came = new WeakMap();
  let shown = 0;
  document.addEventListener("visibilitychange", () => (shown = performance.now()));
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const added of addedNodes)
        if (added instanceof Element)
          for (const each of [added, ...added.querySelectorAll("button, summary")])
            if (!came.has(each)) came.set(each, performance.now());
  }).observe(document, { subtree: true, childList: true });
  window.__stands = (control) => Math.max(came.get(control) ?? performance.now(), shown);

  addEventListener("securitypolicyviolation", (event) => {
    refused.push(`${event.violatedDirective} ${event.blockedURI}`);
  });

  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!this.loop) played.push({ at: now(), what: this.src });
    return play.call(this);
  };

  const text = (node) => (node ? node.textContent.trim() : "");
  const look = () => {
    const room = document.querySelector(".room");
    const sentence = room && room.querySelector(".sentence");
    const next = {
      stage: room ? room.dataset.stage : "",
      still: room ? room.dataset.still === "true" : false,
      key: (sentence && sentence.dataset.key) || "",
      text: room ? text(sentence) : text(document.querySelector("h1")),
    };
    const last = seen[seen.length - 1];
    if (last && ["stage", "still", "key", "text"].every((name) => last[name] === next[name])) return;
    seen.push({ at: now(), ...next });
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["data-key", "data-still", "data-stage"],
  });
})();
