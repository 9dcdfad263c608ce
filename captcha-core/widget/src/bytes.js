// Accepts both alphabets: pictures come as base64, salts as base64url without padding.
export const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
