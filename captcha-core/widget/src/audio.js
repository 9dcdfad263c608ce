import * as T from "strings";
import { bytes } from "./bytes.js";
import { anew, button, el, icon } from "./dom.js";
import { actions } from "./mover.js";
import { typed } from "./text.js";

// Played from bytes in memory: a page's policy may forbid blob: media. Nothing sounds before Play is pressed.
export function audio({ audio: { data } }, text) {
  let context, gain, sound, source, playing;

  const show = (on) => {
    playing = on;
    toggle.replaceChildren(icon(on ? "M8 5v14M16 5v14" : "M7 5l12 7-12 7z"), on ? text[T.pause] : text[T.play]);
  };
  const play = async (over) => {
    if (!context) {
      context = new AudioContext();
      gain = context.createGain();
      gain.connect(context.destination);
      volume.oninput = () => (gain.gain.value = volume.value / 50);
      volume.oninput();
    }
    show(true);
    puzzle.first.focus();
    sound ||= await context.decodeAudioData(bytes(data).buffer);
    if (over || !source) {
      if (source) {
        source.onended = null;
        source.stop();
      }
      source = context.createBufferSource();
      source.buffer = sound;
      source.connect(gain);
      source.onended = () => {
        source = null;
        show(false);
      };
      source.start();
    }
    if (playing) context.resume();
  };
  const toggle = button("step play", "", () => {
    if (!playing) return play();
    show(false);
    context.suspend();
  });
  const again = button("step", text[T.again], () => play(true), icon(anew));
  const volume = el("input.volume", { type: "range", "aria-label": text[T.volume] });
  show(false);

  const puzzle = typed([actions(toggle)], text[T.digits], text, { inputmode: "numeric" });
  // Behind the field, so that from there the ways to verify are two steps back, as they are from any puzzle.
  puzzle.nodes.push(actions(again, volume));
  puzzle.end = () => context?.close();
  return puzzle;
}
