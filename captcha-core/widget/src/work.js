import { el } from "./dom.js";

export const work = () => ({ nodes: [el(".spinner")] });
