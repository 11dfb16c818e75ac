// Starts the page: fills the controls, and listens to keyboard, pointer and address.
function fillControls() {
  const { people, groups, changes } = plan;
  const numbers = { people: people.count, groups: groupsView.total(), findings: plan.findings.count };
  for (const tab of document.querySelectorAll("[role=tab]")) tab.append(make("span", "number", ` ${digits(numbers[tab.dataset.view])}`));
  let present = 0;
  for (let c = 0; c < changes.count; c++) present |= changes.actions[c];
  for (const button of byId("actions").children) button.disabled = (present & ACTIONS[button.dataset.action]) === 0;
  const named = Array.from(indexesWhere(groups.count, (g) => groups.first[g + 1] !== groups.first[g]));
  named.sort((a, b) => (groupName(a) < groupName(b) ? -1 : 1));
  byId("group").append(...named.map((group) => new Option(groupName(group), group)));
}

function listenToControls() {
  let asked = 0;
  byId("search").addEventListener("input", () => {
    cancelAnimationFrame(asked); // keystrokes within one frame are one search
    asked = requestAnimationFrame(() => setFilters({ query: byId("search").value }));
  });
  byId("actions").addEventListener("click", (event) => {
    const action = event.target.closest("button")?.dataset.action;
    if (action) setFilters({ actions: state.actions ^ ACTIONS[action] });
  });
  byId("group").addEventListener("change", () => setFilters({ group: byId("group").value === "" ? -1 : Number(byId("group").value) }));
  byId("sort").addEventListener("change", () => setFilters({ sort: byId("sort").value }));
  byId("person").addEventListener("click", () => setFilters({ person: -1 }));
  byId("clear").addEventListener("click", clearFilters);
  for (const tab of document.querySelectorAll("[role=tab]")) tab.addEventListener("click", () => setFilters({ view: tab.dataset.view }));
}

function clearFilters() {
  setFilters({ query: "", actions: 0, group: -1, person: -1 });
  byId("search").focus();
}

// Dark or light as the system has it, until the button says otherwise.
function listenToTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => byId("theme").setAttribute("aria-pressed", isDark());
  byId("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}

const isTyped = (element) => element.matches("input, select, textarea");

function moveTab(event) {
  const views = Object.keys(VIEWS);
  const step = event.key === "ArrowRight" ? 1 : views.length - 1;
  const view = views[(views.indexOf(state.view) + step) % views.length];
  setFilters({ view });
  byId(`tab-${view}`).focus();
}

// The position that a key leads to; undefined where it leads nowhere.
function targetOfKey(key) {
  switch (key) {
    case "ArrowDown": return list.current + 1;
    case "ArrowUp": return list.current - 1;
    case "Home": return 0;
    case "End": return list.shown - 1;
  }
}

// Escape undoes the innermost thing: an open row, being in the list, the search and filters.
function escape(row) {
  const item = row && list.items[Number(row.dataset.position)];
  if (row && VIEWS[state.view].open.has(item)) toggleRow(VIEWS[state.view], item);
  else if (row) byId("search").focus();
  else clearFilters();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target instanceof Element ? event.target : document.body;
  const row = at.closest(".row");
  const target = targetOfKey(event.key);
  if (event.key === "/" && !isTyped(at)) byId("search").focus();
  else if (event.key === "Escape" && (row || byId("controls").contains(at) || at === document.body)) escape(row);
  else if (at.role === "tab" && (event.key === "ArrowLeft" || event.key === "ArrowRight")) moveTab(event);
  else if (at.id === "search" && event.key === "ArrowDown") list.focus(0);
  else if (row && target !== undefined && !isTyped(at)) {
    if (event.key === "ArrowUp" && list.current === 0) byId("search").focus();
    else list.focus(target);
  } else return;
  event.preventDefault();
}

// A link of this page, or an address that somebody typed. "#changes" is a place, not a filter.
function followAddress() {
  if (location.hash.length > 1 && !location.hash.includes("=")) return;
  setFilters({ ...DEFAULTS, ...stateOfAddress() });
  showStartOfList(true);
}

function start() {
  document.documentElement.classList.add("scripts");
  list = new VirtualList(byId("rows"), byId("controls"));
  fillControls();
  makeChart();
  listenToControls();
  listenToTheme();
  byId("changes").hidden = false;
  byId("rows").addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row) list.current = Number(row.dataset.position);
  });
  addEventListener("keydown", pressed);
  addEventListener("hashchange", followAddress);
  Object.assign(state, stateOfAddress());
  showState();
  if (location.hash.length > 1) showStartOfList(true);
  (window.requestIdleCallback ?? setTimeout)(preparedSearch);
}

start();
