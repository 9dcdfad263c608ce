// Pages of the tests' own, served from the example's address: what surrounds the widget is up to each test.

// The least that a page may allow and still have the widget.
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; " +
  "base-uri 'none'; require-trusted-types-for 'script'; trusted-types captcha";

// Options for a visit of such a page. `policy` is its Content-Security-Policy, none unless given; `before` runs ahead of it.
export const own = (body, { policy, head = '<script src="/captcha/widget.js" defer></script>', lang = "en", before, ...options } = {}) => ({
  ...options,
  path: "/own",
  before: async (visit) => {
    await visit.context.route("**/own*", (route) =>
      route.fulfill({
        contentType: "text/html; charset=utf-8",
        headers: policy ? { "Content-Security-Policy": policy } : {},
        body: `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Test</title>${head}</head><body><main><h1>Test</h1>${body}</main></body></html>`,
      }),
    );
    await before?.(visit);
  },
});

// Answers of the server that a test wants to see the widget meet; `undo` gives the real ones back.
export async function instead({ page }, route, answer) {
  await page.route(`**/captcha/${route}`, answer);
  return () => page.unroute(`**/captcha/${route}`);
}

export const problem = (status, kind, headers = {}) => (route) =>
  route.fulfill({
    status,
    headers,
    contentType: "application/problem+json",
    body: JSON.stringify({ type: `urn:captcha:${kind}`, title: kind, status }),
  });
