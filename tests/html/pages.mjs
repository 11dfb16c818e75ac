// What the browser tests and the measurement share: the pages, a browser, and a watch over
// everything that a page must not do.
import { chromium } from "playwright-core";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const program = process.env.CIPHERFORM_HTML_PAGES;
const output = process.env.CIPHERFORM_HTML_OUTPUT;
if (!program || !output) throw new Error("CIPHERFORM_HTML_PAGES (the program) and CIPHERFORM_HTML_OUTPUT (a directory) must be set");

export const screenshots = join(output, "screenshots");
const pagesDirectory = join(output, "pages");

export function writePages() {
  mkdirSync(screenshots, { recursive: true });
  execFileSync(program, [pagesDirectory]);
}

export const pageFile = (name) => join(pagesDirectory, `${name}.html`);
export const addressOf = (name, hash = "") => pathToFileURL(pageFile(name)).href + hash;

// CI runs as root in a container, where Chromium's own sandbox cannot be set up. The page gets no network either way.
export const launch = () => chromium.launch({ executablePath: process.env.CIPHERFORM_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

// A page of the plan `name`, and the list of what it did that it must not.
export async function open(browser, name, { hash = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const wrongs = [];
  page.on("console", (message) => wrongs.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== addressOf(name)) wrongs.push(`request: ${request.url()}`);
  });
  page.on("framenavigated", (frame) => {
    if (frame.url().split("#")[0] !== addressOf(name)) wrongs.push(`navigation: ${frame.url()}`);
  });
  await page.goto(addressOf(name, hash));
  return { page, wrongs, close: () => context.close() };
}
