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

// The smallest nonce in [from, to) whose stamp begins with `bits` zero bits, or -1. Salt and nonce share one block,
// so a salt has at most 47 bytes; nonces stay below 2^32, far beyond any stamp that a browser could compute.
export function search(salt, bits, from, to) {
  const block = new DataView(new ArrayBuffer(64));
  const end = salt.length + 8;
  salt.forEach((byte, i) => block.setUint8(i, byte));
  block.setUint8(end, 128);
  block.setUint16(62, end * 8);
  for (let nonce = from; nonce < to; nonce++) {
    block.setUint32(end - 4, nonce);
    if (Math.clz32(firstWord(block)) >= bits) return nonce;
  }
  return -1;
}

// Every engine puts this in place; written out it would cost each visitor some dozens of bytes.
const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

function firstWord(block) {
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  for (let i = 0; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    W[i] =
      i < 16
        ? block.getInt32(4 * i)
        : W[i - 16] +
          W[i - 7] +
          (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) +
          (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    const t =
      (h +
        K[i] +
        W[i] +
        (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
        ((e & f) ^ (~e & g))) |
      0;
    h = g;
    g = f;
    f = e;
    e = (d + t) | 0;
    d = c;
    const s =
      (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    c = b;
    b = a;
    a = (t + s) | 0;
  }
  return a + H[0];
}
