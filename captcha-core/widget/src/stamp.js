import { base } from "./base.js";
import { bytes } from "./bytes.js";
import { search } from "./sha256.js";

// Resolves with the nonce. Runs in a worker, or in short slices here where the page or an extension blocks workers.
export function stamp({ salt, bits }, signal) {
  const task = { salt: bytes(salt), bits };
  return new Promise((resolve) => {
    let worker;
    let sliced;
    const slices = () => {
      worker?.terminate();
      if (!sliced) inSlices(task, signal, resolve);
      sliced = true;
    };
    try {
      worker = new Worker(scriptUrl(base + "worker.js"));
      worker.onmessage = ({ data }) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = slices;
      worker.postMessage(task);
      signal.addEventListener("abort", () => worker.terminate());
    } catch {
      slices();
    }
  });
}

function inSlices({ salt, bits }, signal, resolve) {
  let from = 0;
  const slice = () => {
    const end = performance.now() + 12;
    while (!signal.aborted) {
      const nonce = search(salt, bits, from, (from += 256));
      if (nonce >= 0) return resolve(nonce);
      if (performance.now() > end) return setTimeout(slice);
    }
  };
  slice();
}

// Under `require-trusted-types-for 'script'` a worker takes no plain string.
let policy;
function scriptUrl(url) {
  if (!window.trustedTypes) return url;
  policy ||= trustedTypes.createPolicy("captcha", { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
