import { base } from "./base.js";
import { callback, widget } from "./host.js";
import { search } from "./sha256.js";

const name = "one-captcha";
const selector = `#${name},.${name},${name}`;
const controls = new WeakMap();
const internals = new WeakMap();

// Every browser that has this has dialogs as well.
const able = base && document.adoptedStyleSheets;

// Once a host, and again only where a script asks for it; where the browser is too old, the page is told, and its own fallback stays.
function mount(host, options) {
  if (options ? !controls.get(host) : !controls.has(host)) {
    if (!host.matches(selector)) host.classList.add(name);
    controls.set(host, able ? widget(host, options, internals.get(host)) : void callback(host.dataset.unsupportCallback)?.());
  }
  return host;
}

// A host by itself or by a selector; the first of the page without either.
function find(target = selector) {
  return (target.nodeType ? target : document.querySelector(target)) || fail(target);
}

function fail(target = selector) {
  throw new Error("OneCaptcha: no widget in " + target);
}

// Every widget of the page with its host.
const each = (act) => {
  for (const host of document.querySelectorAll(selector)) {
    // What cannot be a host, such as a link of that class, keeps nothing from the others.
    try {
      mount(host);
    } catch {}
    act?.(controls.get(host), host);
  }
};

function begin() {
  class Element extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ["required"];
    constructor() {
      super();
      internals.set(this, this.attachInternals?.());
    }
    attributeChangedCallback() {
      controls.get(this)?.reflect();
    }
    formResetCallback() {
      controls.get(this)?.reset();
    }
    formDisabledCallback(on) {
      mount(this);
      controls.get(this)?.disable(on);
    }
    // Inside another component nothing else sees it come. Later: its attributes may be set by then.
    connectedCallback() {
      setTimeout(mount, 0, this);
    }
    async disconnectedCallback() {
      await 0;
      controls.get(this)?.moved();
    }
    get value() {
      return controls.get(this)?.response() || "";
    }
  }
  customElements.define(name, Element);

  const control = (target) => controls.get(mount(find(target))) || fail(target);
  window.OneCaptcha = {
    render: (target, options = {}) => mount(find(target), options),
    execute: async (target) => control(target).wait(),
    reset: (target) => control(target).reset(),
    getResponse: (target) => control(target).response(),
    remove(target) {
      const host = find(target);
      controls.get(host)?.leave();
      controls.set(host);
    },
  };

  // In a task of its own: a deferred script has its own in common with the end of the page.
  setTimeout(each);
  // Sees what the browser has still to read of the page, and what comes later.
  new MutationObserver((changes) => {
    each();
    for (const { removedNodes } of changes) {
      for (const node of removedNodes) {
        for (const host of [node, ...(node.querySelectorAll?.(selector) || [])]) controls.get(host)?.moved();
      }
    }
  }).observe(document, { childList: true, subtree: true });

  // Compared and not asked for: fields of a form may be called as its methods are. Captured, so that a page that keeps it to itself,
  // and a plain `reset` sent to a host, work as well; and heard after the page's own listeners, which may cancel it.
  for (const type of ["reset", "formdata"]) {
    const hear = (event) => event.defaultPrevented || each((control, host) => [host, internals.get(host)?.form || host.closest("form")].includes(event.target) && control?.[type]());
    addEventListener(type, ({ target }) => addEventListener.call(target, type, hear, { once: true }), true);
  }
  // A page that the Back button brings out of memory would still show the tick of a token long spent.
  addEventListener("pageshow", ({ persisted }) => persisted && each((control) => control?.back()));
  for (const type of ["offline", "online"]) addEventListener(type, () => each((control) => control?.link(type === "online")));
}

// The same file is its own worker, which computes stamps. A second copy of the script finds the element defined and does nothing.
if (!self.document) onmessage = ({ data: { salt, bits } }) => postMessage(search(salt, bits, 0, 2 ** 32));
else if (!customElements.get(name)) {
  // A page that is told that the browser is too old has to have its own functions by then.
  if (able || document.readyState !== "loading") begin();
  else addEventListener("DOMContentLoaded", begin);
}
