import { base } from "./base.js";
import { bytes } from "./bytes.js";
import { search } from "./sha256.js";

// Resolves with the nonce. Runs in a worker, or in short slices here where the page or an extension blocks workers.
export function stamp({ salt, bits }, signal) {
  salt = bytes(salt);
  return new Promise((resolve) => {
    let from = 0;
    const slice = () => {
      const end = performance.now() + 12;
      while (!signal.aborted) {
        const nonce = search(salt, bits, from, (from += 256));
        if (nonce >= 0) return resolve(nonce);
        if (performance.now() > end) return setTimeout(slice);
      }
    };
    try {
      const worker = new Worker(scriptUrl());
      worker.onmessage = ({ data }) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = slice;
      worker.postMessage({ salt, bits });
      signal.addEventListener("abort", () => worker.terminate());
    } catch {
      slice();
    }
  });
}

// Under `require-trusted-types-for 'script'` a worker takes no plain string.
let url;
const scriptUrl = () =>
  (url ||= window.trustedTypes ? trustedTypes.createPolicy("captcha", { createScriptURL: () => base + "widget.js" }).createScriptURL("") : base + "widget.js");
