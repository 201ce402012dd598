// Starts the whole product as `make demo` does, in a folder of its own and on free ports.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const binary = fileURLToPath(new URL("../../../bin/aufenthalt", import.meta.url));
const tries = 5;

/** Starts the stack; it gives the addresses that it printed, and a way to stop it and to find its platform. */
export async function start() {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run "make build" first`);
  for (let i = 1; ; i++) {
    try {
      return await startAt(randomInt(20_000, 30_000));
    } catch (error) {
      if (i === tries) throw error; // a port was busy each time, or the stack does not start at all
    }
  }
}

async function startAt(port) {
  const folder = mkdtempSync(join(tmpdir(), "aufenthalt-e2e-"));
  const child = spawn(binary, ["demo", "--data", folder, "--port", String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.once("exit", () => child.kill("SIGINT"));
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  let printed = "";
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (s) => {
        printed += s;
        if (printed.includes("Ctrl-C stops everything")) resolve(true);
      });
    }
  });
  if (!(await Promise.race([ready, ended.then(() => false)]))) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`the stack did not start: ${printed}`);
  }
  return {
    ...addresses(printed),
    stop,
    /** The process of the platform, to pause it. */
    platformPID: () => childrenOf(child.pid).find((pid) => commandOf(pid).includes("serve")),
  };
}

/** Reads what the demonstration prints for people. */
function addresses(printed) {
  const url = (what) => {
    const found = printed.split("\n").find((line) => line.trim().startsWith(what))?.match(/http:\/\/\S+/);
    if (!found) throw new Error(`no address of "${what}" in: ${printed}`);
    return found[0];
  };
  const [, user, password] = /user (\S+), password (\S+)\)/.exec(printed);
  const authority = (name) => ({ name, page: url(`${name}, web page`), hosted: url(`${name}, hosted form`), inbox: url(`${name}, inbox`) });
  const status = url("status page");
  return {
    musterland: authority("Landkreis Musterland"), beispielstadt: authority("Stadt Beispielstadt"),
    status, platform: new URL(status).origin, cases: url("reference case system"), user, password,
  };
}

const childrenOf = (pid) => readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number));

const commandOf = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");

/** Asks again until there is an answer; fails after the given time. */
export async function until(what, ask, milliseconds = 20_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${milliseconds / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
