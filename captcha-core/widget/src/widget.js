import { Widget } from "./host.js";

const name = "one-captcha";
const widgets = new WeakMap();

function mount(host) {
  if (!host.shadowRoot) widgets.set(host, new Widget(host));
}

// A second copy of the script finds the element defined and does nothing.
if (!customElements.get(name)) {
  customElements.define(
    name,
    class extends HTMLElement {
      connectedCallback() {
        mount(this);
      }
      disconnectedCallback() {
        widgets.get(this).reset();
      }
    },
  );
  const start = () => document.querySelectorAll(`#${name}, .${name}`).forEach(mount);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}
