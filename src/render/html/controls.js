// What is looked at: view, search and filters. All of it is in the address, so that a link
// shows somebody else the same, and nothing of it is stored anywhere.
const VIEWS = { people: peopleView, groups: groupsView, findings: findingsView };
const DEFAULTS = { view: "people", query: "", actions: 0, group: -1, person: -1, sort: "changes" };
const byId = (id) => document.getElementById(id);

const state = { ...DEFAULTS };
// What rows are made of: pixels of a rem, rem of a line; plan.css has the same.
const rowMeasures = { rem: 16, line: 1.5, narrow: false };
let filter = new Filter(state);
let list = null;

function measureText() {
  rowMeasures.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  rowMeasures.narrow = matchMedia("(max-width: 640px)").matches;
  rowMeasures.line = rowMeasures.narrow ? 2.75 : 1.5;
}

// The names of the actions in a sum of ACTIONS.
const actionNames = (actions) => Object.keys(ACTIONS).filter((name) => (actions & ACTIONS[name]) !== 0);

function groupByName(name) {
  for (let g = 0; g < plan.groups.count; g++) if (groupName(g) === name) return g;
  return -1;
}

function stateOfAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const named = (asked.get("action") ?? "").split(",").reduce((sum, name) => sum | (Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : 0), 0);
  return {
    view: Object.hasOwn(VIEWS, asked.get("view") ?? "") ? asked.get("view") : DEFAULTS.view,
    query: asked.get("q") ?? "",
    actions: named,
    group: asked.has("group") ? groupByName(asked.get("group")) : -1,
    person: asked.has("person") ? (personOf(asked.get("person")) ?? -1) : -1,
    sort: asked.get("sort") === "name" ? "name" : "changes",
  };
}

function addressOfState() {
  const address = new URLSearchParams();
  if (state.view !== DEFAULTS.view) address.set("view", state.view);
  if (state.query !== "") address.set("q", state.query);
  if (state.actions !== 0) address.set("action", actionNames(state.actions).join(","));
  if (state.group !== -1) address.set("group", groupName(state.group));
  if (state.person !== -1) address.set("person", personKey(state.person));
  if (state.sort !== DEFAULTS.sort) address.set("sort", state.sort);
  return address.toString();
}

let addressTimer = 0;
function rememberInAddress() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    const address = addressOfState();
    if (address !== location.hash.slice(1)) history.replaceState(null, "", "#" + address);
  }, 200);
}

function showFound(items) {
  const view = VIEWS[state.view];
  const all = view.total();
  const some = items.length === all ? `${digits(all)} ${view.name(all)}` : `${digits(items.length)} of ${digits(all)} ${view.name(all)}`;
  const hidden = items.length - list.shown;
  byId("found").textContent = hidden === 0 ? some : `${some}; the first ${digits(list.shown)} are listed: search or filter to see the others`;
  byId("nothing").hidden = items.length !== 0;
  byId("nothing").textContent = all === 0 ? `This plan has no ${view.name(0)}.` : "Nothing fits this search and these filters.";
}

function showControls() {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const selected = tab.dataset.view === state.view;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
    if (selected) byId("list").setAttribute("aria-labelledby", tab.id);
  }
  for (const button of byId("actions").children) button.setAttribute("aria-pressed", (state.actions & ACTIONS[button.dataset.action]) !== 0);
  if (byId("search").value !== state.query) byId("search").value = state.query;
  byId("group").value = state.group === -1 ? "" : String(state.group);
  byId("sort").value = state.sort;
  byId("sort-choice").hidden = state.view !== "groups";
  byId("actions").hidden = state.view === "findings";
  byId("group").parentElement.hidden = state.view === "findings";
  byId("person").hidden = state.person === -1;
  const cross = make("span", "", " ×");
  cross.setAttribute("aria-hidden", "true");
  byId("person").replaceChildren(...(state.person === -1 ? [] : ["Person: ", personName(state.person), cross, make("span", "unseen", ", show everybody again")]));
  byId("clear").hidden = state.query === "" && state.actions === 0 && state.group === -1 && state.person === -1;
}

function showState() {
  filter = new Filter(state);
  const view = VIEWS[state.view];
  if (state.view === "people" && state.person !== -1) view.open.add(state.person);
  if (state.view === "groups" && state.group !== -1) view.open.add(state.group);
  const items = view.select(filter);
  list.show(view, items);
  showControls();
  showFound(items);
}

function setFilters(changes) {
  const before = { ...state };
  Object.assign(state, changes);
  showState();
  rememberInAddress();
  const elsewhere = before.view !== state.view || before.person !== state.person || before.group !== state.group;
  showStartOfList(elsewhere);
}

// Another list is looked at from its start; `evenFromAbove` also by who was at the chart or the warnings.
function showStartOfList(evenFromAbove) {
  const top = byId("changes").getBoundingClientRect().top;
  if (top < 0 || (evenFromAbove && top > innerHeight / 2)) scrollBy(0, top);
  list.update();
}

function toggleRow(view, item) {
  if (!view.open.delete(item)) view.open.add(item);
  const position = list.items.indexOf(item);
  list.current = position;
  list.remake(position);
  list.focus(position);
}
