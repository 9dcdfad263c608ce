import { base } from "./base.js";

// Always resolves; `kind` names what went wrong, in the server's own words where it gave any.
export async function call(method, route, body, signal) {
  try {
    const response = await fetch(base + route, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal,
    });
    const { status, headers } = response;
    if (response.ok) return { ok: true, body: status !== 204 && (await response.json()) };
    const { type } = await response.json().catch(() => ({}));
    return { status, kind: /^urn:captcha:(.+)/.exec(type)?.[1] || "failed", retryAfter: parseInt(headers.get("Retry-After")) || 5 };
  } catch {
    return { kind: "network" };
  }
}
