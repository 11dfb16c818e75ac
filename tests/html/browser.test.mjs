// The HTML form in Debian's Chromium: what a reviewer does with it, and what nobody can make it do.
import assert from "node:assert/strict";
import axe from "axe-core";
import { after, before, describe, test } from "node:test";
import { join } from "node:path";
import { launch, open, screenshots, writePages } from "./pages.mjs";

let browser;
before(async () => {
  writePages();
  browser = await launch();
});
after(() => browser?.close());

// A test with a page; whatever the page does that it must not fails it.
function withPage(title, name, options, body) {
  test(title, async () => {
    const { page, wrongs, close } = await open(browser, name, options);
    try {
      await body(page);
      assert.deepEqual(wrongs, []);
    } finally {
      await close();
    }
  });
}

const search = (page) => page.getByRole("searchbox");
const people = (page) => page.locator(".person .who").allTextContents();
const found = (page) => page.getByRole("status").textContent();
const row = (page, name) => page.locator(".row", { has: page.locator(".who", { hasText: name }) });
const filterButton = (page, name) => page.getByRole("group", { name: "Only these actions" }).getByRole("button", { name });
const focused = (page) => page.evaluate(() => document.activeElement.querySelector(".who")?.textContent ?? document.activeElement.id);
const inWindow = (locator) => locator.evaluate((one) => one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 0);
const frame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
async function searchFor(page, words) {
  await search(page).fill(words);
  await frame(page);
}

describe("search and filters", () => {
  withPage("everybody is listed, by email", "rich", {}, async (page) => {
    assert.deepEqual(await people(page), ["(no email) 7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "Ada@example.com", "bob@example.com", "eve@example.com", "fay@example.com", "zoe@example.com"]);
    assert.equal(await found(page), "6 people");
  });

  for (const [what, words, names] of [
    ["a person, in any case", "ADA@", ["Ada@example.com"]],
    ["a group", "payments", ["bob@example.com"]],
    ["a ticket", "ops-411", ["Ada@example.com"]],
    ["a file and line", "audit.yaml:8", ["eve@example.com"]],
    ["a team", "via team platform", ["Ada@example.com"]],
    ["an id", "7d9f0a52", ["(no email) 7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11"]],
    ["every one of several words", "contractors bob", ["bob@example.com"]],
    ["when something ends", "2028-06-30", ["bob@example.com"]],
  ]) {
    withPage(`search finds ${what}`, "rich", {}, async (page) => {
      await searchFor(page, words);
      assert.deepEqual(await people(page), names);
      assert.equal(await found(page), "1 of 6 people");
    });
  }

  withPage("a search without a result says so, and can be cleared", "rich", {}, async (page) => {
    await searchFor(page, "nobody-of-this-name");
    assert.deepEqual(await people(page), []);
    assert.ok(await page.getByText("Nothing fits this search and these filters.").isVisible());
    await page.getByRole("button", { name: "Clear filters" }).click();
    assert.equal(await found(page), "6 people");
    assert.equal(await search(page).inputValue(), "");
  });

  for (const [action, names] of [
    ["create", ["Ada@example.com", "zoe@example.com"]],
    ["add", ["bob@example.com", "eve@example.com"]],
    ["remove", ["(no email) 7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "bob@example.com", "eve@example.com"]],
    ["blocked", ["bob@example.com", "fay@example.com"]],
    ["privileged", ["Ada@example.com", "bob@example.com"]],
  ]) {
    withPage(`the filter ${action} takes people with such a change`, "rich", {}, async (page) => {
      const button = filterButton(page, action);
      await button.click();
      assert.equal(await button.getAttribute("aria-pressed"), "true");
      assert.deepEqual(await people(page), names);
      await button.click();
      assert.equal(await found(page), "6 people");
    });
  }

  withPage("two actions are either of them", "rich", {}, async (page) => {
    await filterButton(page, "create").click();
    await filterButton(page, "blocked").click();
    assert.deepEqual(await people(page), ["Ada@example.com", "bob@example.com", "fay@example.com", "zoe@example.com"]);
  });

  withPage("a filter shows its own changes and counts the others", "rich", {}, async (page) => {
    await filterButton(page, "remove").click();
    assert.deepEqual(await row(page, "bob@").locator(".line .group").allTextContents(), ["Contractors"]);
    assert.ok(await row(page, "bob@").getByText("and 3 other changes").isVisible());
  });

  withPage("group and action hold for the same change", "rich", {}, async (page) => {
    await page.locator("#group").selectOption({ label: "Contractors" });
    assert.equal((await people(page)).length, 3);
    await filterButton(page, "blocked").click();
    assert.deepEqual(await people(page), ["fay@example.com"]); // bob has something blocked, but not in Contractors
  });
});

describe("before and after", () => {
  withPage("a person opens to the groups before and after, and why", "rich", {}, async (page) => {
    await page.getByRole("button", { name: "bob@example.com" }).click();
    const sides = row(page, "bob@").locator(".beforeafter .side");
    assert.deepEqual(await sides.nth(0).locator("li").allTextContents(), ["− Contractors leaves", "Engineering", "Old team"]);
    assert.deepEqual(await sides.nth(1).locator("li").allTextContents(), ["Engineering", "! Old team stays, removal blocked", "+ Payments joins", "+ Admins joins"]);
    const reasons = await row(page, "bob@").locator(".reason").allTextContents();
    assert.equal(reasons.length, 4);
    assert.match(reasons[1], /Adminsprivilegedasked for at groups\/admins\.yaml:5:7 and users\/bob\.yaml:2:14until 2028-06-30 \(in 17 months\)reason SEC-1 and SEC-2/);
  });

  withPage("a person who is created was nowhere before", "rich", {}, async (page) => {
    await page.getByRole("button", { name: "Ada@example.com" }).click();
    const sides = row(page, "Ada@").locator(".beforeafter .side");
    assert.match(await sides.nth(0).textContent(), /Not in the tenant/);
    assert.deepEqual(await sides.nth(1).locator("li").allTextContents(), ["+ Admins joins", "+ Engineering joins", "+ Everyone joins"]);
  });

  withPage("a plan that does not know the state before says so", "unproved", { hash: "#person=user-07@example.com" }, async (page) => {
    assert.ok(await page.getByText("does not hold what this person was in before").isVisible());
  });
});

describe("groups", () => {
  withPage("a group says who joins and who leaves, and how many members it has", "rich", { hash: "#view=groups" }, async (page) => {
    const contractors = row(page, "Contractors");
    assert.match(await contractors.locator(".toggle").textContent(), /Contractors.*−2 leave.*!1 blocked.*12 → 10/);
    await contractors.locator(".toggle").click();
    const sides = contractors.locator(".side");
    assert.match(await sides.nth(0).textContent(), /Joins 0nobody/);
    assert.deepEqual(await sides.nth(1).locator("li .link").allTextContents(), ["(no email) 7d9f0a52-90c0-4b58-8f0e-3c1f6f0f8a11", "bob@example.com"]);
    assert.deepEqual(await sides.nth(2).locator("li .link").allTextContents(), ["fay@example.com"]);
  });

  withPage("from a group to one of its people and back to everybody", "rich", { hash: "#view=groups" }, async (page) => {
    await row(page, "Payments").locator(".toggle").click();
    await row(page, "Payments").getByRole("button", { name: "bob@example.com" }).last().click();
    assert.deepEqual(await people(page), ["bob@example.com"]);
    assert.ok(await row(page, "bob@").locator(".beforeafter").isVisible());
    await page.getByRole("button", { name: /^Person: bob@example\.com.*show everybody again$/ }).click();
    assert.equal(await found(page), "6 people");
  });

  withPage("groups by number of changes, or by name", "rich", { hash: "#view=groups" }, async (page) => {
    const names = () => page.locator(".grouprow .who").allTextContents();
    assert.deepEqual((await names()).slice(0, 2), ["Contractors", "Everyone"]);
    await page.getByLabel("Order").selectOption("name");
    assert.deepEqual((await names()).slice(0, 3), ["Admins", "Auditors", "Contractors"]);
    await searchFor(page, "eve@");
    assert.deepEqual(await names(), ["Auditors", "Everyone"]);
  });

  withPage("the chart is a table that can be read", "rich", {}, async (page) => {
    const table = page.getByRole("table", { name: "Changes per group" });
    const rows = await table.getByRole("row").evaluateAll((all) => all.map((one) => [...one.cells].map((cell) => cell.textContent)));
    assert.deepEqual(rows[0], ["Group", "Leave", "Drawn", "Join", "Members"]);
    assert.deepEqual(rows[1], ["Everyone", "0", "", "+3", "180 → 183"]);
    assert.deepEqual(rows.find(([name]) => name === "Contractors"), ["Contractors", "−2", "", "0", "12 → 10"]);
    const bars = await table.getByRole("row", { name: /Everyone/ }).locator(".bar").evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    assert.equal(bars[0], 0);
    assert.ok(bars[1] > 50, `a bar of ${bars[1]} pixels`);
  });
});

describe("findings", () => {
  withPage("all of them are there and can be searched", "findings", { hash: "#view=findings" }, async (page) => {
    const all = await found(page);
    assert.match(all, /^12,4\d\d findings$/);
    await searchFor(page, "u12410@");
    assert.deepEqual(await page.locator(".finding .who").allTextContents(), ["u12410@example.com"]);
    await searchFor(page, "identity provider");
    assert.equal(await found(page), `1 of ${all}`);
  });

  withPage("what ends within 14 days stands on the page", "rich", {}, async (page) => {
    assert.ok(await page.getByText("Ada@example.com leaves Admins on 2027-01-31").isVisible());
  });
});

describe("keyboard", () => {
  withPage("/ searches, arrows walk, Enter opens, Escape goes back", "rich", {}, async (page) => {
    await page.keyboard.press("/");
    assert.equal(await focused(page), "search");
    await page.keyboard.type("example");
    await frame(page);
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "Ada@example.com");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "bob@example.com");
    await page.keyboard.press("Enter");
    assert.ok(await row(page, "bob@").locator(".beforeafter").isVisible());
    assert.equal(await page.getByRole("button", { name: "bob@example.com", expanded: true }).count(), 1);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".beforeafter").count(), 0);
    assert.equal(await focused(page), "bob@example.com");
    await page.keyboard.press("End");
    assert.equal(await focused(page), "zoe@example.com");
    await page.keyboard.press("Home");
    assert.equal(await focused(page), "Ada@example.com");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(page), "search");
    assert.equal(await search(page).inputValue(), "example");
    await page.keyboard.press("Escape");
    await frame(page);
    assert.equal(await search(page).inputValue(), "");
    assert.equal(await found(page), "6 people");
  });

  withPage("arrows go from view to view", "rich", {}, async (page) => {
    await page.getByRole("tab", { name: /People/ }).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.getByRole("tab", { selected: true }).textContent(), "Groups 7");
    assert.equal(await focused(page), "tab-groups");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await found(page), "6 people");
  });

  withPage("the first Tab offers to skip to the changes, and a focus can be seen", "rich", {}, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the changes");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "tab-people");
    assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "solid");
  });

  withPage("Tab stops at one row of the list", "company", {}, async (page) => {
    await search(page).press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator(".row .toggle[tabindex='0']").count(), 1);
    assert.equal(await page.locator(".row .toggle[tabindex='0']").evaluate((toggle) => toggle === document.activeElement), true);
  });

  withPage("the keys are explained on the page", "rich", {}, async (page) => {
    await page.getByText("Keyboard", { exact: true }).click();
    for (const key of ["/", "Enter", "Esc", "Home"]) assert.ok(await page.locator("#keys kbd").getByText(key, { exact: true }).isVisible());
  });
});

describe("light and dark", () => {
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  withPage("the system decides, and the button turns it round", "rich", { colorScheme: "dark" }, async (page) => {
    const dark = await paper(page);
    const button = page.getByRole("button", { name: "Dark" });
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    await button.click();
    assert.notEqual(await paper(page), dark);
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    await button.click();
    assert.equal(await paper(page), dark);
  });
});

describe("axe finds nothing that keeps anybody out", () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, hash] of [["rich", ""], ["rich", "#person=bob@example.com"], ["company", "#view=groups&group=Engineering"], ["findings", "#view=findings"], ["unproved", "#action=blocked"], ["empty", ""], ["markup", ""]]) {
      withPage(`${colorScheme}: ${name}${hash}`, name, { colorScheme, hash }, async (page) => {
        await page.evaluate(axe.source);
        const { passes, violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
        assert.ok(passes.some((rule) => rule.id === "color-contrast"));
        assert.deepEqual(violations.map(({ help, nodes }) => `${help}: ${nodes.map((node) => node.html).join(" ")}`), []);
      });
    }
  }
});

describe("without a script", () => {
  withPage("headline, warnings and counts are there", "rich", { javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.title(), "qa: Plan: 2 to create, 3 to add, 3 to remove, 2 blocked. · cipherform");
    for (const words of ["to create", "to remove", "--ack removals=37", "3 memberships are taken away", "2 privileged grants", "2 changes blocked", "Cannot be acknowledged: change the declaration.", "which is switched off here"]) {
      assert.ok(await page.getByText(words).first().isVisible(), words);
    }
    assert.match(await page.locator(".fingerprint").textContent(), /^[0-9a-f]{16}$/);
    assert.equal(await page.getByRole("link", { name: "Show" }).count(), 0);
    assert.equal(await search(page).isVisible(), false);
  });
});

describe("what others wrote stays text", () => {
  // What stands in the frame itself; a name can add to none of it.
  const elements = "script,style,link,meta,base,img,svg,iframe,object,embed,form,a,b:not(.warning b),template";
  const census = (page) => page.locator(elements).evaluateAll((all) => all.filter((one) => !one.closest(".row, .warning")).map((one) => one.tagName).sort());

  for (const name of ["markup", "hostile", "corpus"]) {
    withPage(`in every view of ${name}`, name, {}, async (page) => {
      const own = ["A", "LINK", "META", "META", "META", "META", "META", "SCRIPT", "SCRIPT", "STYLE", "TITLE"].filter((tag) => tag !== "TITLE");
      for (const view of ["People", "Groups", "Findings"]) {
        await page.getByRole("tab", { name: view }).click();
        const rows = await page.locator(".row h3 .toggle").count();
        for (let i = 0; i < rows; i++) await page.locator(".row h3 .toggle").nth(i).click();
        assert.deepEqual(await census(page), own);
        assert.equal(await page.locator("main :is(img, svg, iframe, script, style, base, meta, form)").count(), 0);
      }
      const links = await page.locator("a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
      assert.deepEqual(links.filter((href) => !href.startsWith("#")), []);
      const handlers = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((one) => one.getAttributeNames()).filter((attribute) => attribute.startsWith("on")));
      assert.deepEqual(handlers, []);
    });
  }

  withPage("and can be read as it was written", "markup", {}, async (page) => {
    assert.equal(await page.locator("h1").textContent(), "</title><script>alert(1)</script>");
    assert.ok((await people(page)).includes("</script><script>alert(4)</script>@example.com"));
    await searchFor(page, "</script><script>");
    assert.equal(await found(page), "1 of 5 people");
    await searchFor(page, "onerror=alert(3)");
    assert.match(await page.locator(".line").first().textContent(), /<img src=x onerror=alert\(3\)>.*]]><!--<script>/);
  });

  withPage("control, bidirectional and zero-width characters are visible escapes", "hostile", {}, async (page) => {
    const shown = await page.evaluate(() => document.body.innerText + document.title);
    for (const escape of ["\\u202e", "\\u200b", "\\x1b", "\\xff", "\\u2028"]) assert.ok(shown.includes(escape), escape);
    assert.doesNotMatch(shown, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  });

  for (const hash of ["#person=__proto__&view=constructor&action=toString,__proto__", "#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "#group=%E0%A4%A", "#=&=&&person"]) {
    withPage(`an address can do no harm: ${hash}`, "markup", { hash }, async (page) => {
      assert.match(await found(page), /of 5 people|^5 people$/);
      assert.equal(await page.locator("main :is(img, script)").count(), 0);
    });
  }

  test("the policy stops what the page does not bring", async () => {
    const { page, wrongs, close } = await open(browser, "rich");
    const ends = await page.evaluate(async () => {
      const attempt = async (deed) => {
        try {
          await deed();
          return "done";
        } catch (error) {
          return error.name;
        }
      };
      const script = () => {
        const element = document.createElement("script");
        element.append("globalThis.ran = true");
        document.body.append(element);
      };
      const style = () => document.body.setAttribute("style", "background: red");
      return {
        markup: await attempt(() => (document.createElement("p").innerHTML = "<b>")),
        fetched: await attempt(() => fetch("http://127.0.0.1:9/")),
        // Not at once: what is evaluated here may evaluate, what runs later may not.
        evaluated: await new Promise((end) => setTimeout(() => attempt(() => new Function("1")).then(end))),
        script: (await attempt(script), globalThis.ran ?? "did not run"),
        style: (await attempt(style), document.body.style.background),
        image: await new Promise((end) => {
          const image = new Image();
          image.onerror = () => end("refused");
          image.onload = () => end("loaded");
          image.src = "http://127.0.0.1:9/x.png";
        }),
      };
    });
    await close();
    assert.deepEqual(ends, { markup: "TypeError", fetched: "TypeError", evaluated: "EvalError", script: "did not run", style: "", image: "refused" });
    const refusals = wrongs.filter((wrong) => wrong.endsWith("The action has been blocked."));
    assert.ok(refusals.length >= 6, wrongs.join("\n")); // a watch that sees nothing would prove nothing above
  });
});

describe("links", () => {
  withPage("to a person, opened", "rich", { hash: "#person=BOB@example.com" }, async (page) => {
    assert.deepEqual(await people(page), ["bob@example.com"]);
    assert.ok(await inWindow(page.locator(".beforeafter")));
  });

  withPage("to a group and an action", "rich", { hash: "#view=groups&group=Contractors&action=blocked" }, async (page) => {
    assert.deepEqual(await page.locator(".grouprow .who").allTextContents(), ["Contractors"]);
    assert.equal(await filterButton(page, "blocked").getAttribute("aria-pressed"), "true");
    assert.ok(await page.getByRole("heading", { name: "Leaves" }).isVisible());
  });

  withPage("the address follows what is looked at", "rich", {}, async (page) => {
    await searchFor(page, "a b&c=#");
    await filterButton(page, "add").click();
    await page.waitForURL(/#q=a\+b%26c%3D%23&action=add$/);
  });

  withPage("a warning's link shows what it is about", "rich", {}, async (page) => {
    await page.locator(".warning.privileged").getByRole("link", { name: "Show" }).click();
    await frame(page);
    assert.deepEqual(await people(page), ["Ada@example.com", "bob@example.com"]);
    assert.ok(await inWindow(page.locator(".row").first()));
  });

  withPage("a link to somebody who is not in the plan shows everybody", "rich", { hash: "#person=gus@example.com" }, async (page) => {
    assert.equal(await found(page), "6 people");
  });
});

describe("100,000 actions", () => {
  const rowsThere = (page) => page.locator(".row").count();

  withPage("few rows are there, wherever one looks", "large", {}, async (page) => {
    const everybody = Number((await found(page)).replace(/\D/g, ""));
    assert.ok(everybody > 70_000, `${everybody} people`);
    const counts = [await rowsThere(page)];
    for (const part of [0.25, 0.5, 1]) {
      await page.evaluate((to) => scrollTo(0, document.body.scrollHeight * to), part);
      await frame(page);
      counts.push(await rowsThere(page));
      assert.ok(await page.locator(".row").first().isVisible());
    }
    assert.ok(Math.max(...counts) < 100, `${counts} rows`);
    assert.equal(await page.locator(".row").last().getAttribute("aria-posinset"), String(everybody));
  });

  withPage("search finds one of them", "large", {}, async (page) => {
    const name = "eve.haas.039999@example.com";
    await searchFor(page, "039999");
    assert.deepEqual(await people(page), [name]);
    await searchFor(page, "");
    await search(page).press("ArrowDown");
    await page.keyboard.press("End");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".row") !== null));
    await page.keyboard.press("Enter");
    assert.ok(await inWindow(page.locator(".beforeafter")));
    assert.ok((await rowsThere(page)) < 100);
  });

  withPage("another filter is looked at from the start", "large", {}, async (page) => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
    await frame(page);
    await filterButton(page, "remove").click();
    assert.ok(await inWindow(page.locator(".row[aria-posinset='1']")));
  });

  withPage("the focus is not lost by scrolling away from it", "large", {}, async (page) => {
    await search(page).press("ArrowDown");
    const first = await focused(page);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
    await frame(page);
    assert.equal(await focused(page), first);
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".row").dataset.position), "1");
    assert.ok(await inWindow(page.locator(".row[data-position='1']")));
  });

  withPage("a list that is too high for a browser says how much of it is there", "large", {}, async (page) => {
    await page.evaluate(() => (document.documentElement.style.fontSize = "64px"));
    await page.evaluate(() => dispatchEvent(new Event("resize")));
    await filterButton(page, "add").click();
    const [all, , listed] = (await found(page)).match(/[\d,]+/g).map((number) => Number(number.replaceAll(",", "")));
    assert.ok(listed > 50_000 && listed < all, await found(page));
    await search(page).press("ArrowDown");
    await page.keyboard.press("End");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".row").dataset.position), String(listed - 1));
    await searchFor(page, "cleo.chen");
    assert.doesNotMatch(await found(page), /the first/);
  });

  withPage("rows lie one under the other, opened or not", "large", {}, async (page) => {
    await search(page).press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const edges = await page.locator(".row").evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
    for (let i = 1; i < edges.length; i++) assert.ok(Math.abs(edges[i][0] - edges[i - 1][1]) < 1, `${edges[i - 1][1]} and ${edges[i][0]}`);
  });
});

describe("on paper and on a small screen", () => {
  withPage("a print has every person, and no controls", "company", {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator(".row").count(), 60);
    assert.equal(await search(page).isVisible(), false);
    assert.equal(await page.locator(".row").first().evaluate((one) => getComputedStyle(one).position), "static");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator(".row").first().evaluate((one) => getComputedStyle(one).position), "absolute");
  });

  for (const name of ["rich", "company", "hostile", "markup"]) {
    withPage(`nothing is wider than a small screen: ${name}`, name, { viewport: { width: 360, height: 740 } }, async (page) => {
      for (const view of ["Groups", "Findings", "People"]) {
        await page.getByRole("tab", { name: view }).click();
        if (await page.locator(".row h3 .toggle").count()) await page.locator(".row h3 .toggle").first().click();
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), view);
      }
    });
  }
});

describe("screenshots for people to look at", () => {
  const shots = [
    ["rich-light", "rich", { colorScheme: "light" }],
    ["rich-dark", "rich", { colorScheme: "dark" }],
    ["rich-narrow", "rich", { viewport: { width: 390, height: 844 } }],
    ["person-light", "company", { hash: "#person=ada.baker.000001@example.com" }],
    ["person-dark", "rich", { colorScheme: "dark", hash: "#person=bob@example.com" }],
    ["groups-dark", "company", { colorScheme: "dark", hash: "#view=groups&group=Engineering" }],
    ["company-light", "company", {}],
    ["markup", "markup", {}],
    ["empty", "empty", {}],
    ["no-script", "rich", { javaScriptEnabled: false }],
  ];
  for (const [file, name, options] of shots) {
    withPage(file, name, options, (page) => page.screenshot({ path: join(screenshots, `${file}.png`), fullPage: !options.hash }));
  }
  withPage("large", "large", { hash: "#q=security" }, (page) => page.screenshot({ path: join(screenshots, "large.png") }));
});
