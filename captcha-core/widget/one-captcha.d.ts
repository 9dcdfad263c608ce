// Types of the widget's script interface, for pages that load `widget.js` with a <script> tag.

/** A kind of challenge. */
type OneCaptchaKind = "slide" | "drag" | "rotate" | "click" | "text" | "audio" | "work";

/** What the widget is doing; also in the host's `data-state`. */
type OneCaptchaState = "idle" | "loading" | "open" | "checking" | "verified" | "expired" | "error";

/** As the attributes of the same names; what is given here goes before what stands in the markup. */
interface OneCaptchaOptions {
  /** What is protected. */
  action?: string;
  /** The kind to begin with; the server's choice otherwise. */
  kind?: OneCaptchaKind;
  /** A tag such as `de` or `zh-Hant`; the page's own language otherwise. */
  lang?: string;
  theme?: "auto" | "light" | "dark";
  size?: "normal" | "compact" | "flexible" | "invisible";
  appearance?: "always" | "interaction-only";
  /** `load` asks for a challenge at once, and solves it where there is no puzzle. */
  start?: "interaction" | "load";
  /** The name of the form's field; `captcha-token` otherwise. */
  name?: string;
  /** For how many milliseconds the page wants a token to be good; never longer than the server has it. */
  time?: number | string;
  /** A function, or the name of one of the page's own. */
  callback?: ((token: string) => void) | string;
  expiredCallback?: (() => void) | string;
  errorCallback?: (() => void) | string;
  errorRecoveryCallback?: (() => void) | string;
}

/** A host by itself or by a selector; the first of the page without either. Where there is none, or no widget in it, that is said as an error. */
type OneCaptchaTarget = Element | string;

interface OneCaptchaApi {
  /** Puts the widget into an element, once, and gives the element. */
  render<T extends OneCaptchaTarget>(target: T, options?: OneCaptchaOptions): T extends Element ? T : Element;
  /**
   * Starts, and gives the token as soon as there is one. Rejects with an error whose message says why there is none:
   * `closed`, `reset`, `disabled`, `network`, `failed`, or the `<kind>` of the server's `urn:captcha:<kind>`.
   */
  execute(target?: OneCaptchaTarget): Promise<string>;
  /** Takes the widget back to its beginning. */
  reset(target?: OneCaptchaTarget): void;
  /** The token, or an empty string. */
  getResponse(target?: OneCaptchaTarget): string;
  /** Takes the widget out of its element, which shows again what the page put there. */
  remove(target?: OneCaptchaTarget): void;
}

/** `<one-captcha>`, which belongs to its form. */
interface HTMLOneCaptchaElement extends HTMLElement {
  /** The token, or an empty string. */
  readonly value: string;
}

/**
 * `error` is dispatched as well, a `CustomEvent<{ kind: string }>` that does not bubble. It cannot stand here: the DOM has another type
 * for an event of that name, and a map may give it only one.
 */
interface OneCaptchaEvents {
  verified: CustomEvent<{ token: string; expiresIn: number }>;
  expired: CustomEvent<Record<string, never>>;
  statechange: CustomEvent<{ state: OneCaptchaState }>;
}

interface HTMLElementTagNameMap {
  "one-captcha": HTMLOneCaptchaElement;
}

interface HTMLElementEventMap extends OneCaptchaEvents {}

interface Window {
  readonly OneCaptcha: OneCaptchaApi;
}

declare const OneCaptcha: OneCaptchaApi;
