// The examples as they ship, each started on a free port with a key of its own.
import { spawn, execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const programs = join(process.env.CARGO_TARGET_DIR || join(root, "target"), process.env.PROFILE || "debug");
const patience = 20_000;

export const EXAMPLES = (process.env.EXAMPLES || "axum,actix,rocket").split(",");

export class Server {
  // `port` is given where a test brings a stopped server back to its old address.
  static async start(name, { secret = randomBytes(32).toString("base64"), port = 0, env = {} } = {}) {
    const server = new Server();
    Object.assign(server, { name, secret, log: "", statistics: !!env.CAPTCHA_STATS_KEY });
    const program = join(programs, `${name}-signup`);
    server.child = spawn(program, {
      env: { ...process.env, ADDR: `127.0.0.1:${port}`, CAPTCHA_SECRET: secret, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    server.ended = new Promise((resolve) => {
      server.child.once("error", (error) => resolve(`${error.message}: build it with "cargo build -p ${name}-signup"`));
      server.child.once("exit", (code, signal) => resolve(`ended with ${code ?? signal}`));
    });
    server.base = await new Promise((resolve, reject) => {
      const fail = (why) => {
        server.child.kill("SIGKILL");
        reject(new Error(`${program} did not start: ${why}\n${server.log}`));
      };
      const timer = setTimeout(fail, patience, "it said no address in time");
      server.ended.then(fail);
      for (const stream of [server.child.stdout, server.child.stderr]) {
        stream.setEncoding("utf8").on("data", (text) => {
          server.log += text;
          if (process.env.SERVER_LOG) process.stderr.write(text);
          const [, base] = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(server.log) || [];
          if (!base) return;
          clearTimeout(timer);
          resolve(base);
        });
      }
    });
    return server;
  }

  get port() {
    return +new URL(this.base).port;
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    // At once: a browser's idle connections would hold up a polite end.
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  // What a person would find out by looking; only the holder of the secret can ask.
  async solve(challenge) {
    const solver = join(programs, "solve");
    const { stdout } = await promisify(execFile)(solver, ["signup-example", challenge], {
      env: { ...process.env, CAPTCHA_SECRET: this.secret },
    });
    return JSON.parse(stdout).answer;
  }
}
