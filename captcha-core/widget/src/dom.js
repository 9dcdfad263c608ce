// `what` is a tag and a class, `p.status`, or a class alone for a div. The class is a part as well, for the page's own style sheet.
export function el(what, attributes, ...children) {
  const [tag, name] = what.split(".");
  const node = document.createElement(tag || "div");
  if (name) node.className = node.part = name;
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  node.append(...children);
  return node;
}

export function button(name, label, onclick, ...children) {
  const node = el("button." + name, { type: "button" }, ...(children.length ? children : [label]));
  if (children.length) node.setAttribute("aria-label", label);
  node.onclick = onclick;
  return node;
}

export const anew = "M19 12a7 7 0 1 1-2-5l2.5 2.5M19.5 4.5v5h-5";

// Icons are drawn as SVG nodes: a page's policy may forbid data: pictures.
export function icon(path) {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
