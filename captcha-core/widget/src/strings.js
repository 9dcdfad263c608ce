const en = {
  lang: "en",
  dir: "ltr",
  label: "I’m not a robot",
  loading: "Loading…",
  checking: "Checking…",
  verified: "Verified",
  expired: "This check has expired. Tick the box again.",
  close: "Close",
  kinds: "Ways to verify",
  kind: { slide: "Puzzle", text: "Text image", work: "No puzzle" },
  refresh: "New puzzle",
  check: "Check",
  retry: "Try again",
  privacy: "Privacy",
  title: { slide: "Slide the piece into its gap", text: "Type what you see", work: "No puzzle needed" },
  hint: {
    slide: "Drag the piece and let go. Or use the arrow keys, or the buttons, then Check.",
    text: "Letters and digits, in any case.",
    work: "Your browser does a short calculation instead. Nothing to do for you.",
  },
  picture: {
    slide: "Puzzle picture with a gap. If you cannot use it, choose another way above.",
    text: "Picture of distorted letters and digits. If you cannot read it, choose another way above.",
  },
  position: "Position of the piece",
  of: (value, max) => `${value} of ${max}`,
  left: "Move left",
  right: "Move right",
  characters: "Characters in the picture",
  working: "Working…",
  soon: "Less than 20 seconds left. Choose New puzzle for more time.",
  wrong: "That did not fit. Here is a new one.",
  renewed: "The puzzle had expired. Here is a new one.",
  timedOut: "The puzzle has expired. Choose New puzzle.",
  offline: "Cannot reach the server. Check your connection and try again.",
  busy: (seconds) => `The server is busy. You can try again in ${seconds} seconds.`,
  failed: "The check did not work. Try again, or reload the page.",
};

const tables = { en };

export const strings = (lang) => tables[lang] || en;
