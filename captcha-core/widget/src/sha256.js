// SHA-256 in plain script: crypto.subtle is absent on plain HTTP, and is slow for millions of short messages.

// The round constants: the first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4),
// and the starting state: the same of the square roots of the first eight.
const K = new Int32Array(64);
const H = new Int32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let d = 2;
  while (n % d) d++;
  if (d === n) {
    if (found < 8) H[found] = n ** 0.5 * 2 ** 32;
    K[found++] = n ** (1 / 3) * 2 ** 32;
  }
}

const W = new Int32Array(64);

// The smallest nonce in [from, to) whose stamp begins with `bits` zero bits, or -1. The protocol's salts are of four words; with the
// nonce they are one block. Nonces stay below 2^32, far beyond any stamp that a browser could compute.
export function search(salt, bits, from, to) {
  W.fill(0);
  salt.forEach((byte, i) => (W[i >> 2] |= byte << (24 - 8 * (i & 3))));
  // The end mark, and the length in bits.
  W[6] = 1 << 31;
  W[15] = 192;
  for (let nonce = from; nonce < to; nonce++) {
    W[5] = nonce;
    if (Math.clz32(firstWord()) >= bits) return nonce;
  }
  return -1;
}

// Every engine puts this in place; written out it would cost each visitor some dozens of bytes.
const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

function firstWord() {
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    W[i] = W[i - 16] + W[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
  }
  for (let i = 0; i < 64; i++) {
    const t = (h + K[i] + W[i] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (g ^ (e & (f ^ g)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t) | 0;
    d = c;
    const s = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & (b | c)) | (b & c));
    c = b;
    b = a;
    a = (t + s) | 0;
  }
  return a + H[0];
}
