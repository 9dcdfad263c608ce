// Where the captcha is mounted, read from the script's own address: a site may serve it under any path. A module script has no
// currentScript, and markup may have put a thing of that name in its way (as in CVE-2024-43788), hence the second look.
const { currentScript } = self.document || {};
const script = currentScript && currentScript instanceof HTMLScriptElement ? currentScript : self.document?.querySelector('script[src*="widget.js"]');

export const base = script && new URL(".", script.src).href;
