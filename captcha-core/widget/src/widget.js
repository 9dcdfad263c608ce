import { widget } from "./host.js";

const name = "one-captcha";
const resets = new WeakMap();

function mount(host) {
  if (!host.shadowRoot) resets.set(host, widget(host));
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
        resets.get(this)();
      }
    },
  );
  const start = () => document.querySelectorAll(`#${name}, .${name}`).forEach(mount);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
}
