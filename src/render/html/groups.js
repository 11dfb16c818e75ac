// The groups view: how many members before and after, and on opening a row who joins and leaves.
const MOST_NAMES = 100; // of one side of an open group

function makeSideOfGroup(title, kind, changes) {
  const heading = make("h4", "", title, make("span", "number", ` ${digits(changes.length)}`));
  if (changes.length === 0) return make("section", "side", heading, make("p", "none", "nobody"));
  const list = make("ul", "names", ...changes.slice(0, MOST_NAMES).map((change) => {
    const person = plan.changes.person[change];
    const name = makeButton("link", () => setFilters({ view: "people", person, group: -1, query: "" }), personName(person));
    return make("li", kind, name, isPrivileged(change) ? make("span", "tag", "privileged") : null, make("span", "why", why(change)));
  }));
  if (changes.length > MOST_NAMES) list.append(make("li", "more", `and ${digits(changes.length - MOST_NAMES)} more`));
  return make("section", "side", heading, list);
}

const groupsView = {
  open: new Set(),
  total: () => plan.groups.count - plan.groups.untouched,
  name: (number) => (number === 1 ? "group" : "groups"),

  select(filter) {
    const groups = indexesWhere(plan.groups.count, (g) => filter.takesGroup(g));
    const { joins, leaves, blocked } = plan.groups;
    const changes = (g) => joins[g] + leaves[g] + blocked[g];
    const byName = (a, b) => (groupName(a) < groupName(b) ? -1 : groupName(a) > groupName(b) ? 1 : a - b);
    return groups.sort(state.sort === "name" ? byName : (a, b) => changes(b) - changes(a) || byName(a, b));
  },

  expectedHeight: () => rowMeasures.rem * (rowMeasures.narrow ? 4.5 : 2.75) + 1,

  makeRow(group) {
    const { joins, leaves, blocked } = plan.groups;
    const open = this.open.has(group);
    const tallies = [[leaves[group], "remove", "leaves", "leave"], [joins[group], "add", "joins", "join"], [blocked[group], "blocked", "blocked", "blocked"]];
    const numbers = tallies.filter(([number]) => number !== 0).map(([number, kind, one, several]) =>
      make("span", `tally ${kind}`, `${SIGNS[kind]}${digits(number)} `, make("span", "verb", number === 1 ? one : several)));
    const toggle = makeButton("toggle", () => toggleRow(groupsView, group), make("span", "who", groupName(group)), makeBars(group, MOST),
      make("span", "tallies", ...numbers), make("span", "members", make("span", "unseen", "members "), membersPhrase(group)));
    toggle.setAttribute("aria-expanded", open);
    return make("div", open ? "grouprow open" : "grouprow", make("h3", "", toggle), open ? this.makeDetail(group) : null);
  },

  makeDetail(group) {
    const changes = plan.groups.changes.subarray(plan.groups.first[group], plan.groups.first[group + 1]);
    const sides = { joins: [], leaves: [], blocked: [] };
    for (const c of changes) {
      if (!filter.takesChangeOfGroup(c)) continue;
      const kind = kindOf(c);
      sides[kind === "blocked" ? "blocked" : kind === "remove" ? "leaves" : "joins"].push(c);
    }
    const columns = [makeSideOfGroup("Joins", "add", sides.joins), makeSideOfGroup("Leaves", "remove", sides.leaves)];
    if (sides.blocked.length !== 0) columns.push(makeSideOfGroup("Blocked", "blocked", sides.blocked));
    const everybody = makeButton("link", () => setFilters({ view: "people", group, person: -1 }), "Show all of them as people");
    const members = make("p", "foot", `Members before → after: ${membersPhrase(group)}. `, everybody);
    return make("div", "detail", make("div", "beforeafter", ...columns), members);
  },
};
plan.groups.untouched = plan.groups.count - indexesWhere(plan.groups.count, (g) => plan.groups.first[g + 1] !== plan.groups.first[g]).length;
