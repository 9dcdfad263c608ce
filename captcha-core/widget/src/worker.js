import { search } from "./sha256.js";

onmessage = ({ data: { salt, bits } }) => postMessage(search(salt, bits, 0, 2 ** 32));
