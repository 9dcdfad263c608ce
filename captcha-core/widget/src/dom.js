export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

export function button(name, label, onclick, ...children) {
  const node = el("button", { type: "button", class: name }, ...(children.length ? children : [label]));
  if (children.length) node.setAttribute("aria-label", label);
  node.onclick = onclick;
  return node;
}

export const anew = "M19 12a7 7 0 1 1-2.05-4.95L19.5 9.5M19.5 4.5v5h-5";

// Icons are drawn as SVG nodes: a page's policy may forbid data: pictures.
export function icon(path) {
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    return node;
  };
  const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(make("path", { d: path }));
  return svg;
}
