import { search } from "./sha256.js";

// Where workers are blocked this is a plain script, which hands the search to whoever put it into the page.
if (self.document) document.currentScript.search = search;
else onmessage = ({ data: { salt, bits } }) => postMessage(search(salt, bits, 0, 2 ** 32));
