// Where the captcha is mounted, read from the script's own address: a site may serve it under any path.
// A module script has no currentScript, hence the second look.
const script = document.currentScript || document.querySelector('script[src*="widget.js"]');

export const base = new URL(".", script.src).href;
