import { base } from "./base.js";
import { bytes } from "./bytes.js";
import { el } from "./dom.js";

// Resolves with the nonce. Runs in a worker, or in short slices here where the page or an extension blocks workers.
export function stamp({ salt, bits }, signal) {
  const task = { salt: bytes(salt), bits };
  return new Promise((resolve) => {
    let worker;
    let script;
    const slices = () => {
      if (script) return;
      // The address differs, for whom a filter stops the worker by its name.
      script = el("script");
      script.src = scriptUrl("worker.js?page");
      script.onload = () => inSlices(script.search, task, signal, resolve);
      script.onerror = () => resolve();
      document.head.append(script);
      script.remove();
    };
    try {
      worker = new Worker(scriptUrl("worker.js"));
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

function inSlices(search, { salt, bits }, signal, resolve) {
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

// Under `require-trusted-types-for 'script'` neither takes a plain string.
let policy;
function scriptUrl(name) {
  const url = base + name;
  if (!window.trustedTypes) return url;
  policy ||= trustedTypes.createPolicy("captcha", { createScriptURL: (own) => own });
  return policy.createScriptURL(url);
}
