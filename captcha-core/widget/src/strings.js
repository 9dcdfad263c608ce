import { base } from "./base.js";

let tables = {};

// The words of a language, loaded once: a list in the order of `languages/en.json`, or nothing where it could not be had. The
// server knows what to give for a tag that it has no words for.
export const strings = (lang) => {
  const file = `lang/${/^[\w-]{2,40}$/.test(lang) ? lang : "en"}.json`;
  return (tables[file] ||= fetch(base + file).then((reply) => (reply.ok ? reply.json() : Promise.reject()))).catch(() => {
    tables = {};
  });
};

export const fill = (text, first, second) => text.replace("{0}", first).replace("{1}", second);
