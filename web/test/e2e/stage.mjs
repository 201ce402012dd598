// What every file of tests needs: the product, a browser, and a place for pictures.
import { mkdirSync } from "node:fs";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../browser/driver.mjs";
import { start } from "./stack.mjs";

/** Pictures are looked at by people and kept by CI. */
export const folder = fileURLToPath(new URL("pictures/", import.meta.url));

/** The two sizes in which people see it. */
export const sizes = {
  phone: { viewport: { width: 360, height: 800 }, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 900 } },
};

/** Starts the stack and a browser before the tests of a file, gives them to it, and stops them afterwards. */
export function stage(give) {
  let stack, browser;
  before(async () => {
    mkdirSync(folder, { recursive: true });
    stack = await start();
    browser = await launch();
    give({ stack, browser });
  });
  after(async () => {
    await browser?.close();
    await stack?.stop();
  });
}
