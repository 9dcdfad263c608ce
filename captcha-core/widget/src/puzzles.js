import { audio } from "./audio.js";
import { click } from "./click.js";
import { drag } from "./drag.js";
import { rotate } from "./rotate.js";
import { slide } from "./slide.js";
import { text } from "./text.js";
import { work } from "./work.js";

// Each takes (prompt, strings, answer) and gives its nodes, the control to focus, what to answer on submit, what to
// do when it is put away, and the key of its words where they are not its kind's.
export const puzzles = { slide, text, rotate, click, drag, audio, work };
