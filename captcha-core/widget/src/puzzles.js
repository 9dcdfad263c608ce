import { slide } from "./slide.js";
import { text } from "./text.js";
import { work } from "./work.js";

// Each takes (prompt, strings, answer) and gives its nodes, the control to focus, and what to answer on submit.
export const puzzles = { slide, text, work };
