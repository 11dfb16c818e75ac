// What the page costs at 100,000 actions: node tests/html/measure.mjs. Prints a table; judges nothing.
import { statSync } from "node:fs";
import { addressOf, launch, pageFile, writePages } from "./pages.mjs";

const RUNS = 5;
const median = (numbers) => part(numbers, 0.5);
const part = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const ms = (number) => `${number.toFixed(1)} ms`;

// Runs in the page before its own script: when the first row can be seen.
function watchFirstRow() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".row")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (globalThis.firstRow = performance.now())));
  }).observe(document, { childList: true, subtree: true });
}

// Runs in the page: what each keystroke of `words` costs, from its frame's start to a finished layout.
async function typeWords(words) {
  const search = document.getElementById("search");
  const costs = [];
  for (let length = 1; length <= words.length; length++) {
    search.value = words.slice(0, length);
    search.dispatchEvent(new Event("input"));
    costs.push(await new Promise((done) => requestAnimationFrame((start) => {
      document.body.getBoundingClientRect();
      done(performance.now() - start);
    })));
  }
  return costs;
}

// Runs in the page: the time between frames while it scrolls `pixels` each frame.
async function scrollFrames(frames, pixels) {
  const times = [];
  for (let i = 0; i <= frames; i++) {
    times.push(await new Promise(requestAnimationFrame));
    scrollBy(0, pixels);
  }
  return times.slice(1).map((time, i) => time - times[i]);
}

writePages();
const browser = await launch();
const firsts = [], keystrokes = [], worst = [], frames = [], jumps = [];
let rows = 0, heap = 0;
for (let run = 0; run < RUNS; run++) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.addInitScript(watchFirstRow);
  await page.goto(addressOf("large"));
  while (!(await page.evaluate(() => globalThis.firstRow))) await page.waitForTimeout(20);
  firsts.push(await page.evaluate(() => globalThis.firstRow));
  heap = await page.evaluate(() => performance.memory.usedJSHeapSize);
  for (const words of ["cleo.chen", "ops-411", "e", "users/12.yaml:40"]) {
    const costs = await page.evaluate(typeWords, words);
    keystrokes.push(...costs);
    worst.push(Math.max(...costs));
    await page.evaluate(typeWords, " ");
  }
  frames.push(...(await page.evaluate(`(${scrollFrames})(300, 90)`)));
  jumps.push(...(await page.evaluate(`(${scrollFrames})(100, 40000)`)));
  rows = Math.max(rows, await page.locator(".row").count());
  await page.close();
}
await browser.close();

console.log(`file                          ${(statSync(pageFile("large")).size / 1e6).toFixed(1)} MB`);
console.log(`first row seen                ${ms(median(firsts))} (worst of ${RUNS}: ${ms(Math.max(...firsts))})`);
console.log(`keystroke in the search       ${ms(median(keystrokes))} (p95 ${ms(part(keystrokes, 0.95))}, worst ${ms(Math.max(...worst))})`);
console.log(`frame, scrolling 90 pixels    ${ms(median(frames))} (p95 ${ms(part(frames, 0.95))}, worst ${ms(Math.max(...frames))})`);
console.log(`frame, jumping 40,000 pixels  ${ms(median(jumps))} (p95 ${ms(part(jumps, 0.95))}, worst ${ms(Math.max(...jumps))})`);
console.log(`rows in the document          ${rows}`);
console.log(`script memory                 ${(heap / 1e6).toFixed(0)} MB`);
