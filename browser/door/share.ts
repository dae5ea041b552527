// Words to hand on from one's own phone: nothing of them is sent anywhere by this page.

/** Gives the two buttons beside a text their work, where the browser can do it at all. */
export function offerSharing(page: Document, browser: Navigator): void {
  const controls = page.querySelector<HTMLElement>("[data-share-controls]");
  if (!controls) return;
  for (const button of controls.querySelectorAll<HTMLButtonElement>("[data-share], [data-copy]")) {
    const sharing = button.dataset["share"] !== undefined;
    const text = page.getElementById(button.dataset["share"] ?? button.dataset["copy"] ?? "");
    const able = sharing ? "share" in browser : "clipboard" in browser;
    if (!(text instanceof HTMLTextAreaElement) || !able) {
      button.remove();
      continue;
    }
    button.addEventListener("click", () => {
      const handed = sharing
        ? browser.share({ text: text.value })
        : browser.clipboard.writeText(text.value).then(() => say(page, button.dataset["done"] ?? ""));
      // Closing the share sheet without sharing is a choice and no error; where copying is
      // refused, the words are marked, so that a hand can copy them.
      handed.catch(() => (sharing ? undefined : text.select()));
    });
  }
  controls.hidden = controls.children.length === 0;
}

function say(page: Document, sentence: string): void {
  const said = page.querySelector("[data-shared]");
  if (said) said.textContent = sentence;
}
