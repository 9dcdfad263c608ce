// For clients of the protocol other than the widget, which is its own worker: takes {salt, bits}, gives the nonce.
import { search } from "./sha256.js";

onmessage = ({ data: { salt, bits } }) => postMessage(search(salt, bits, 0, 2 ** 32));
