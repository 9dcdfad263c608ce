// Where the captcha is mounted, read from the script's own address: a site may serve it under any path. A module script has no
// currentScript, and markup may have put a thing of that name in its way (as in CVE-2024-43788), hence the second look: at scripts of
// the page's own origin that are called exactly so, or `chat-widget.js` from elsewhere would be asked for challenges.
const script =
  self.document &&
  [document.currentScript, ...document.querySelectorAll("script")].find((node, second) =>
    second ? /^[^?#]+\/widget\.js([?#]|$)/.test(node.src) && node.src.startsWith(location.origin + "/") : node instanceof HTMLScriptElement,
  );

export const base = script && new URL(".", script.src).href;
